import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import { loadNewer, loadOlder, markRead } from '../actions/rooms.ts';
import { useApp, useKnown } from '../context.ts';

/** This close to the end, in pixels, the reader follows what comes. */
const END = 60;
/** This close to an edge of what is loaded, the next page is fetched. */
const AHEAD = 800;

/**
 * Keeps the reader where they are: at the end while they follow, at what they
 * read while older messages come in above, and at what is new when they come
 * into the room.
 */
export function useScrolling(scroller: RefObject<HTMLDivElement | null>, room: string) {
  const app = useApp();
  const [atEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const log = useKnown(({ logs }) => logs.get(room));

  const toEnd = useCallback(() => {
    follows.current = true;
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [scroller]);

  useLayoutEffect(() => {
    if (follows.current && log?.newer === false) toEnd();
  }, [log, toEnd]);

  useSize(scroller, () => {
    if (follows.current && !app.store.get().logs.get(room)?.newer) toEnd();
  });
  usePrepending(scroller, log?.messages[0]?.id);
  useArrival(scroller, room, follows);
  useReading(room, atEnd);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const moved = () => {
      const below = box.scrollHeight - box.scrollTop - box.clientHeight;
      follows.current = below < END;
      setAtEnd(below < END);
      if (box.scrollTop < AHEAD) once(`older ${room}`, () => loadOlder(app, room));
      if (below < AHEAD) once(`newer ${room}`, () => loadNewer(app, room));
    };
    moved();
    box.addEventListener('scroll', moved, { passive: true });
    return () => box.removeEventListener('scroll', moved);
  }, [app, room, scroller, log]);

  return { atEnd, toEnd };
}

/** When messages come in above the very top the browser does not hold the place; elsewhere it does. */
function usePrepending(scroller: RefObject<HTMLDivElement | null>, first: number | undefined): void {
  const before = useRef({ first, height: 0 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const grown = box.scrollHeight - before.current.height;
    const came = first !== undefined && before.current.first !== undefined && first < before.current.first;
    if (came && (box.scrollTop === 0 || !CSS.supports('overflow-anchor', 'auto'))) box.scrollTop += grown;
    before.current = { first, height: box.scrollHeight };
  });
}

/** Shows the first new message of a room just entered, or the message that was asked for. */
function useArrival(
  scroller: RefObject<HTMLDivElement | null>,
  room: string,
  follows: RefObject<boolean>,
): void {
  const app = useApp();
  const unreadFrom = useKnown((state) => state.unreadFrom);
  const goal = useKnown((state) => state.goal);
  useLayoutEffect(() => {
    const box = scroller.current;
    const line = unreadFrom === null ? null : box?.querySelector('.divider-unread');
    if (!box || !line || line.getBoundingClientRect().top > box.getBoundingClientRect().top) return;
    follows.current = false;
    line.scrollIntoView({ block: 'start' });
  }, [scroller, unreadFrom, follows]);
  useEffect(() => {
    const row =
      goal?.room === room
        ? scroller.current?.querySelector<HTMLElement>(`[data-id="${goal.message}"]`)
        : null;
    if (!row) return;
    follows.current = false;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
    row.classList.add('message-sought');
    setTimeout(() => row.classList.remove('message-sought'), 2500);
    app.store.set({ goal: null });
  }, [app, room, goal, follows, scroller]);
}

/** A room counts as read when its end is on the screen and the window has the reader's attention. */
function useReading(room: string, atEnd: boolean): void {
  const app = useApp();
  const unread = useKnown(({ rooms }) => rooms?.get(room)?.unread ?? 0);
  const newest = useKnown(({ logs }) => logs.get(room)?.messages.at(-1)?.id);
  useEffect(() => {
    if (!atEnd || newest === undefined || unread === 0) return undefined;
    const read = () => document.hasFocus() && document.visibilityState === 'visible' && markRead(app, room);
    const timer = setTimeout(read, 400);
    globalThis.addEventListener('focus', read);
    return () => {
      clearTimeout(timer);
      globalThis.removeEventListener('focus', read);
    };
  }, [app, room, atEnd, unread, newest]);
}

function useSize(scroller: RefObject<HTMLDivElement | null>, changed: () => void): void {
  const latest = useRef(changed);
  useEffect(() => {
    latest.current = changed;
  });
  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, [scroller]);
}

const running = new Set<string>();

/** Not again while it still runs. */
function once(key: string, work: () => Promise<void>): void {
  if (running.has(key)) return;
  running.add(key);
  void work().finally(() => running.delete(key));
}
