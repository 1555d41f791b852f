import type { MessagesView, MessageView, RoomView } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';
import {
  lastId,
  joined,
  logOf,
  shortened,
  withNewer,
  withNewest,
  withOlder,
  type Log,
} from '../state/log.ts';
import { addressOf } from '../state/places.ts';
import { withMessage, withRoom } from '../state/pushed.ts';
import { meOf, roomShown, withEntry, without, type Place, type State } from '../state/state.ts';
import { firstUnread } from '../state/unread.ts';
import { attempt, quietly } from './attempt.ts';
import { findIncidentOf, refreshShown } from './incidents.ts';

export function showRoom(app: App, room: string, message: number | null = null): void {
  showPlace(app, { type: 'room', room }, { message });
}

/** Goes to a place of this page; the address follows, unless it was there first. */
export function showPlace(
  app: App,
  place: Place,
  {
    message = null,
    keepAddress = false,
  }: { readonly message?: number | null; readonly keepAddress?: boolean } = {},
): void {
  const address = addressOf(place);
  if (!keepAddress && location.pathname !== address) history.pushState(null, '', address);
  app.store.set({ place, thread: null, drawer: null, editing: null, dialog: null, unreadFrom: null });
  if (place.type !== 'room') return;
  void openRoom(app, place.room, message);
}

/** Loads what a room shows, down to where the reader left it, or to one message. */
export async function openRoom(app: App, room: string, message: number | null): Promise<void> {
  const unread = app.store.get().rooms?.get(room)?.unread ?? 0;
  void findIncidentOf(app, room).then(() => refreshShown(app));
  if (message !== null) {
    await goTo(app, room, message);
    return;
  }
  if (app.store.get().logs.get(room)?.newer) app.store.set(({ logs }) => ({ logs: without(logs, room) }));
  await loadRoom(app, room);
  app.store.set((state) => {
    const log = state.logs.get(room);
    const me = meOf(state);
    if (!log || !me || roomShown(state) !== room) return {};
    return { unreadFrom: firstUnread(log.messages, unread, me.id) };
  });
}

/** The newest messages and the pinned ones; what is known already stays. */
export async function loadRoom(app: App, room: string): Promise<void> {
  const [page] = await Promise.all([ask(app, `${roomPath(room)}/messages`), loadPins(app, room)]);
  if (!page) return;
  const known = app.store.get().logs.get(room);
  // Somebody who reads in the past stays there.
  if (known?.newer) return;
  keep(app, room, known ? await closeGap(app, room, known, page.view) : logOf(page.view), page.pushed);
}

/** Reads forward from what is known until it meets the newest page. After a very long absence it begins anew there. */
async function closeGap(app: App, room: string, known: Log, newest: MessagesView): Promise<Log> {
  let log = known;
  for (let pages = 0; pages < 10; pages += 1) {
    const closed = withNewest(log, newest);
    if (closed) return closed;
    const last = lastId(log);
    const page = await ask(app, `${roomPath(room)}/messages?after=${last}`);
    if (!page) break;
    log = withNewer(log, last, page.view);
  }
  return logOf(newest);
}

/** False when there was nothing to load, or it did not come. */
export async function loadOlder(app: App, room: string): Promise<boolean> {
  const log = app.store.get().logs.get(room);
  const first = log?.messages[0];
  if (!log?.older || !first) return false;
  const page = await ask(app, `${roomPath(room)}/messages?before=${first.id}`);
  if (!page) return false;
  change(app, room, (it) => withOlder(it, first.id, page.view));
  retell(app, page.pushed);
  return true;
}

/** False when there was nothing to load, or it did not come. */
export async function loadNewer(app: App, room: string): Promise<boolean> {
  const log = app.store.get().logs.get(room);
  if (!log?.newer) return false;
  const last = lastId(log);
  const page = await ask(app, `${roomPath(room)}/messages?after=${last}`);
  if (!page) return false;
  change(app, room, (it) => withNewer(it, last, page.view));
  retell(app, page.pushed);
  return true;
}

/** Lets go of what the reader, who is at the end, has long passed. */
export function shorten(app: App, room: string): void {
  const log = app.store.get().logs.get(room);
  if (log && shortened(log) !== log) change(app, room, shortened);
}

/** Back to the newest messages, from wherever the reader is. */
export async function loadNewest(app: App, room: string): Promise<void> {
  const page = await ask(app, `${roomPath(room)}/messages`);
  if (page) keep(app, room, logOf(page.view), page.pushed);
}

/** Shows one message, however old it is. */
export async function goTo(app: App, room: string, message: number): Promise<void> {
  const has = (it: Log | undefined) => it?.messages.some(({ id }) => id === message) === true;
  if (!has(app.store.get().logs.get(room))) {
    const page = await ask(app, `${roomPath(room)}/messages?before=${message + 1}`);
    if (!page) return;
    app.store.set(({ logs }) => ({ logs: withEntry(logs, room, { ...logOf(page.view), newer: true }) }));
    await loadNewer(app, room);
  }
  void loadPins(app, room);
  app.store.set({ goal: { room, message } });
}

async function loadPins(app: App, room: string): Promise<void> {
  const page = await ask(app, `${roomPath(room)}/pins`);
  if (!page) return;
  app.store.set(({ pins }) => ({ pins: withEntry(pins, room, page.view.messages) }));
  retell(app, page.pushed);
}

/** Opens the thread below a message, beside the room. */
export async function showThread(app: App, root: number | null): Promise<void> {
  app.store.set({ thread: root, drawer: root === null ? null : 'side' });
  if (root !== null) await loadThread(app, root);
}

/** The thread that is open, as it now is. */
export function refreshThread(app: App): void {
  const { thread } = app.store.get();
  if (thread !== null) void loadThread(app, thread);
}

/** All of it: threads are short, and a very long one still ends somewhere. */
async function loadThread(app: App, root: number): Promise<void> {
  const path = `/web/messages/${root}/thread`;
  let after = '';
  for (let pages = 0; pages < 20; pages += 1) {
    const mark = app.recent.mark();
    const view = await quietly(app, app.api.get<MessagesView>(`${path}${after}`));
    if (!view) return;
    app.store.set(({ threads }) => {
      const known = threads.get(root) ?? { messages: [], older: false, newer: false };
      return { threads: withEntry(threads, root, joined(known, view.messages)) };
    });
    retell(app, () => app.recent.since(mark));
    if (!view.more) return;
    after = `?after=${view.messages.at(-1)?.id}`;
  }
}

/** Tells the server how far the reader has read. */
export function markRead(app: App, room: string): void {
  const { rooms, logs } = app.store.get();
  const view = rooms?.get(room);
  const log = logs.get(room);
  if (!view || !log || log.newer || (view.unread === 0 && view.mentions === 0)) return;
  app.store.set({ rooms: withRoom(rooms, { ...view, unread: 0, mentions: 0 }) });
  void quietly(app, app.api.post(`${roomPath(room)}/read`, { last: lastId(log) }));
}

/** The conversation with one person, opened when there is none yet. */
export async function writeTo(app: App, person: string): Promise<void> {
  const room = await attempt(app, app.api.post<RoomView>('/web/direct', { person }));
  if (!room) return;
  app.store.set(({ rooms }) => ({ rooms: withRoom(rooms, room) }));
  showRoom(app, room.id);
}

export function roomPath(room: string): string {
  return `/web/rooms/${encodeURIComponent(room)}`;
}

interface Page {
  readonly view: MessagesView;
  /** What was pushed while the page was on its way, and may be newer than what is in it. */
  readonly pushed: () => readonly MessageView[];
}

async function ask(app: App, path: string): Promise<Page | undefined> {
  const mark = app.recent.mark();
  const view = await quietly(app, app.api.get<MessagesView>(path));
  return view && { view, pushed: () => app.recent.since(mark) };
}

function keep(app: App, room: string, log: Log, meanwhile: Page['pushed']): void {
  app.store.set(({ logs }) => ({ logs: withEntry(logs, room, log) }));
  retell(app, meanwhile);
}

function retell(app: App, meanwhile: Page['pushed']): void {
  for (const message of meanwhile()) app.store.set((state) => withMessage(state, message));
}

function change(app: App, room: string, how: (log: Log) => Log): void {
  app.store.set(({ logs }: State) => {
    const log = logs.get(room);
    return log ? { logs: withEntry(logs, room, how(log)) } : {};
  });
}
