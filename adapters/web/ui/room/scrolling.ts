import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import { loadNewer, loadOlder, markRead, shorten } from '../actions/rooms.ts';
import { useApp, useKnown } from '../context.ts';
import type { Log } from '../state/log.ts';

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

  // Before the reader who follows is taken to the end.
  const hold = useHeldPlace(scroller, log);
  useLayoutEffect(() => {
    if (!follows.current || log?.newer !== false) return;
    shorten(app, room);
    toEnd();
  }, [app, room, log, toEnd]);

  useSize(scroller, () => {
    if (follows.current && !app.store.get().logs.get(room)?.newer) toEnd();
  });
  useArrival(scroller, room, follows);
  useReading(room, atEnd);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const moved = () => {
      const below = box.scrollHeight - box.scrollTop - box.clientHeight;
      follows.current = below < END;
      setAtEnd(below < END);
      hold();
      // At an edge nothing scrolls any more, so the next page after this one has to be asked for here.
      if (box.scrollTop < AHEAD) once(`older ${room}`, () => loadOlder(app, room), moved);
      if (below < AHEAD) once(`newer ${room}`, () => loadNewer(app, room), moved);
    };
    moved();
    box.addEventListener('scroll', moved, { passive: true });
    return () => box.removeEventListener('scroll', moved);
  }, [app, room, scroller, hold]);

  return { atEnd, toEnd };
}

/**
 * Messages that come in above push down what is read: the row at the top of the
 * window is put back where it was. Browsers do that by themselves, but not where
 * the room's first row is that row, and Safari never.
 */
function useHeldPlace(scroller: RefObject<HTMLDivElement | null>, log: Log | undefined): () => void {
  const held = useRef<{ readonly id: string; readonly top: number } | null>(null);
  const hold = useCallback(() => {
    const box = scroller.current;
    const rows = [...(box?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
    const row = box && rows.find((it) => topIn(box, it) + it.offsetHeight > 0);
    held.current = row ? { id: row.dataset.id ?? '', top: topIn(box, row) } : null;
  }, [scroller]);
  useLayoutEffect(() => {
    const box = scroller.current;
    const { id, top } = held.current ?? { id: '', top: 0 };
    const row = box?.querySelector<HTMLElement>(`[data-id="${id}"]`);
    const moved = box && row ? topIn(box, row) - top : 0;
    // To set it to what it is would end a scroll that still runs.
    if (box && Math.abs(moved) >= 1) box.scrollTop += moved;
    hold();
  }, [scroller, log, hold]);
  return hold;
}

function topIn(box: HTMLElement, row: HTMLElement): number {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
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

/** Not again while it still runs. `work` says whether there was anything to do; then `after` runs, once it is drawn. */
function once(key: string, work: () => Promise<boolean>, after: () => void): void {
  if (!running.has(key)) void run(key, work, after);
}

async function run(key: string, work: () => Promise<boolean>, after: () => void): Promise<void> {
  running.add(key);
  const did = await work();
  running.delete(key);
  if (did) requestAnimationFrame(after);
}
