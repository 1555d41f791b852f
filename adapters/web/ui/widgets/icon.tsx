/** Line drawings on a grid of 16; they say nothing that words beside them do not say. */
const PATHS = {
  alert:
    'M8 5v3.5M8 11v.01M6.9 2.6 1.7 11.8A1.3 1.3 0 0 0 2.8 13.7h10.4a1.3 1.3 0 0 0 1.1-1.9L9.1 2.6a1.3 1.3 0 0 0-2.2 0Z',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  attach: 'M12.5 7.5 7.9 12a2.8 2.8 0 0 1-4-4l5-4.8a1.9 1.9 0 0 1 2.7 2.7L6.8 10.5a.9.9 0 0 1-1.3-1.3l4-3.9',
  bell: 'M3.5 11.5h9c-1-1-1.3-2.2-1.3-4.2a3.2 3.2 0 0 0-6.4 0c0 2-.3 3.2-1.3 4.2ZM6.8 13.6a1.3 1.3 0 0 0 2.4 0M8 4.1V2.8',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  chevron: 'm4 6 4 4 4-4',
  clock: 'M8 4.5V8l2.3 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM10 3H3v7',
  edit: 'M10.5 3.2l2.3 2.3L6 12.3l-3 .7.7-3z',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 9.7A1.7 1.7 0 1 0 8 6.3a1.7 1.7 0 0 0 0 3.4Z',
  help: 'M6 6.2a2 2 0 1 1 2.8 1.9c-.5.2-.8.6-.8 1.1v.3M8 11.5v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0Z',
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.8V13h8V6.8',
  level: 'M8 13V3M4 7l4-4 4 4',
  link: 'M6.5 9.5l3-3M7 4.8l1-1a2.5 2.5 0 0 1 3.5 3.5l-1 1M9 11.2l-1 1a2.5 2.5 0 0 1-3.5-3.5l1-1',
  lock: 'M4 7.5h8v6H4zM5.7 7.5V5.3a2.3 2.3 0 0 1 4.6 0v2.2',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  note: 'M3.5 2.5h9v11h-9zM6 6h4M6 9h4',
  panel: 'M2.5 3h11v10h-11zM9.5 3v10',
  person: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3 13.5c.4-2.4 2.4-3.7 5-3.7s4.6 1.3 5 3.7',
  people:
    'M6 7.8a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6ZM1.5 13c.3-2.2 2.1-3.4 4.5-3.4s4.2 1.2 4.5 3.4M10.5 3.4a2.3 2.3 0 0 1 0 4.2M12 9.9c1.4.4 2.3 1.5 2.5 3.1',
  pin: 'M9.7 2.5l3.8 3.8-2 .5-2.7 2.7-.3 2.5L4 7.5l2.5-.3 2.7-2.7zM5.8 10.2 2.5 13.5',
  play: 'M5 3.5v9l7.5-4.5z',
  plus: 'M8 3v10M3 8h10',
  reply: 'M6.5 4 3 7.5 6.5 11M3 7.5h6.5a3.5 3.5 0 0 1 3.5 3.5v1.5',
  search: 'm13.5 13.5-3.3-3.3M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Z',
  send: 'M2.5 8 13.5 3l-4 10.5-2.2-4.3z',
  smile:
    'M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM5.7 9.5c.5.8 1.3 1.3 2.3 1.3s1.8-.5 2.3-1.3M6.2 6.5v.01M9.8 6.5v.01',
  thread: 'M13.5 3h-11v8H5v2.5L8 11h5.5z',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
