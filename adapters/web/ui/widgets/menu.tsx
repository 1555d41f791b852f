import { useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';

export interface MenuItem {
  readonly value: string;
  readonly label: string;
  /** Small print beside the label. */
  readonly hint?: string;
  /** One of the items may be the one that holds now. */
  readonly checked?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly onPick: (value: string) => void;
  readonly className: string;
  readonly disabled?: boolean;
  readonly layout?: 'list' | 'row';
  readonly title?: string;
  /** The button's own words name it already. */
  readonly named?: boolean;
  readonly children: ReactNode;
}

/**
 * A button that opens a list to pick from. The list lies in the browser's top
 * layer, so nothing cuts it off, and Escape or a click beside it closes it.
 */
export function Menu(props: MenuProps) {
  const { label, items, onPick, className, disabled = false, layout = 'list', children } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  function pick(value: string): void {
    list.current?.hidePopover();
    button.current?.focus();
    onPick(value);
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        disabled={disabled}
        title={props.title}
        aria-label={props.named ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => show(button, list)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          show(button, list);
        }}
      >
        {children}
      </button>
      <div
        ref={list}
        id={id}
        role="menu"
        tabIndex={-1}
        aria-label={label}
        popover="auto"
        className={`menu menu-${layout}`}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => walk(event, list)}
      >
        {open && items.map((item) => <Item key={item.value} item={item} onPick={pick} />)}
      </div>
    </>
  );
}

function Item({ item, onPick }: { readonly item: MenuItem; readonly onPick: (value: string) => void }) {
  const checked = item.checked;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="menu-item"
      role={checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={checked}
      onClick={() => onPick(item.value)}
    >
      <span>{item.label}</span>
      {item.hint !== undefined && <span className="menu-hint">{item.hint}</span>}
    </button>
  );
}

function show(button: RefObject<HTMLButtonElement | null>, list: RefObject<HTMLDivElement | null>): void {
  const shown = list.current;
  if (!shown || !button.current) return;
  if (shown.matches(':popover-open')) {
    shown.hidePopover();
    return;
  }
  shown.showPopover();
  // The items are drawn by the toggle event; only then the list has its size.
  const at = button.current;
  requestAnimationFrame(() => {
    place(shown, at.getBoundingClientRect());
    const items = itemsOf(shown);
    (items.find((it) => it.ariaChecked === 'true') ?? items[0])?.focus();
  });
}

/** Below the button, or above where there is more room; always within the window. */
function place(list: HTMLElement, button: DOMRect): void {
  const gap = 4;
  const edge = 8;
  const { width, height } = list.getBoundingClientRect();
  const below = globalThis.innerHeight - button.bottom - edge;
  const up = height > below && button.top > below;
  const left = Math.min(button.left, globalThis.innerWidth - width - edge);
  list.style.left = `${Math.max(edge, left)}px`;
  list.style.top = up ? `${Math.max(edge, button.top - gap - height)}px` : `${button.bottom + gap}px`;
  list.style.maxHeight = `${up ? button.top - gap - edge : below - gap}px`;
}

function walk(event: KeyboardEvent, list: RefObject<HTMLDivElement | null>): void {
  const items = list.current ? itemsOf(list.current) : [];
  const at = items.findIndex((it) => it === document.activeElement);
  const to = target(event.key, at, items);
  if (event.key === 'Tab') list.current?.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

function target(key: string, at: number, items: readonly HTMLElement[]): HTMLElement | undefined {
  if (key === 'ArrowDown' || key === 'ArrowRight') return items[(at + 1) % items.length];
  if (key === 'ArrowUp' || key === 'ArrowLeft') return items.at(at - 1);
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  if (key.length !== 1 || key === ' ') return undefined;
  const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return rest.find((it) => it.textContent.toLowerCase().startsWith(key.toLowerCase()));
}

function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('.menu-item')];
}
