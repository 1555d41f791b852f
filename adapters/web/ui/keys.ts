import { useEffect } from 'react';

import { showPlace, showRoom, showThread } from './actions/rooms.ts';
import type { App } from './app.ts';
import { useApp } from './context.ts';
import { messageAt, placeAt } from './state/places.ts';
import { sections } from './state/rooms.ts';
import { roomShown } from './state/state.ts';
import { narrowness } from './widgets/narrow.ts';

/** The keys that work everywhere on the page; the `?` dialog lists them. Also follows the browser's Back and Forward. */
export function useKeys(): void {
  const app = useApp();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => onKey(app, event);
    const moved = () => {
      const { href } = location;
      showPlace(app, placeAt(href), { message: messageAt(href), keepAddress: true });
    };
    document.addEventListener('keydown', pressed);
    globalThis.addEventListener('popstate', moved);
    return () => {
      document.removeEventListener('keydown', pressed);
      globalThis.removeEventListener('popstate', moved);
    };
  }, [app]);
}

function onKey(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const work = chord(app, event) ?? (isWriting(event.target) ? undefined : plain(app, event));
  if (!work) return;
  event.preventDefault();
  work();
}

function chord(app: App, event: KeyboardEvent): (() => void) | undefined {
  const { key, code, altKey, shiftKey } = event;
  if ((event.ctrlKey || event.metaKey) && !altKey && key.toLowerCase() === 'k') {
    return () => toggleSearch(app);
  }
  if (isDialogOpen()) return undefined;
  if (key === 'Escape') return escape(app);
  if (event.ctrlKey || event.metaKey || !altKey || isFillingIn(event.target)) return undefined;
  if (key === 'ArrowDown') return () => step(app, 1, shiftKey);
  if (key === 'ArrowUp') return () => step(app, -1, shiftKey);
  if (code === 'KeyI') return () => toggleSide(app);
  return undefined;
}

function plain(app: App, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): (() => void) | undefined {
  if (ctrlKey || metaKey || altKey || isDialogOpen()) return undefined;
  if (key === '?') return () => app.store.set({ dialog: { type: 'help' } });
  const composer = document.querySelector<HTMLTextAreaElement>('.composer textarea');
  if (key === '/' && composer) return () => composer.focus();
  return undefined;
}

function toggleSearch(app: App): void {
  if (app.store.get().dialog?.type === 'search') app.store.set({ dialog: null });
  else if (!isDialogOpen()) app.store.set({ dialog: { type: 'search' } });
}

/** Closes what was opened last. */
function escape(app: App): (() => void) | undefined {
  const { drawer, thread } = app.store.get();
  if (thread !== null && drawer !== 'rooms') return () => void showThread(app, null);
  if (drawer !== null) return () => app.store.set({ drawer: null });
  return undefined;
}

/** The incident beside the room: shown or hidden; on narrow screens a drawer. */
export function toggleSide(app: App): void {
  if (narrowness() === 'no') app.store.set(({ sideShown }) => ({ sideShown: !sideShown, thread: null }));
  else app.store.set(({ drawer }) => ({ drawer: drawer === 'side' ? null : 'side', thread: null }));
}

/** To the next or previous room of the list; `unread`: to one in which something is new. */
function step(app: App, by: 1 | -1, unread: boolean): void {
  const state = app.store.get();
  const {
    open,
    over,
    plain: others,
    direct,
  } = sections(state.rooms?.values() ?? [], state.incidents.values());
  const rooms = [...[...open, ...over].map(({ room }) => room), ...others, ...direct];
  const at = rooms.findIndex(({ id }) => id === roomShown(state));
  const ahead = by === 1 ? [...rooms.slice(at + 1), ...rooms.slice(0, at + 1)] : before(rooms, at);
  const next = ahead.find((it) => it.id !== roomShown(state) && (!unread || it.unread > 0));
  if (next) showRoom(app, next.id);
}

function before<T>(rooms: readonly T[], at: number): T[] {
  const from = at === -1 ? 0 : at;
  return [...rooms.slice(from), ...rooms.slice(0, from)].toReversed();
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

/** Where these keys mean something else, such as to open a drop-down, and what is not saved would be left. */
function isFillingIn(target: EventTarget | null): boolean {
  return isWriting(target) && !(target instanceof HTMLElement && target.closest('.composer'));
}

/** Some pages have dialogs of their own, which the page as a whole does not know. */
function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
