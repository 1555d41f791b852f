import type { MenuView, MeView, Push, RoomsView } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';
import { now } from '../clock.ts';
import { ApiError, explain } from '../net/api.ts';
import { waitBefore } from '../net/backoff.ts';
import { connectLive } from '../net/live.ts';
import { messageAt, placeAt } from '../state/places.ts';
import { pushed } from '../state/pushed.ts';
import { meOf, roomShown } from '../state/state.ts';
import { notice, quietly } from './attempt.ts';
import { loadIncidents, refreshIncident, refreshShown } from './incidents.ts';
import { loadRoom, openRoom, refreshThread } from './rooms.ts';
import { flush } from './sending.ts';
import { announce } from './speech.ts';

/** After this attempt, counted from 0, it is 3 to 6 s until what did not come is asked for again. */
const FIFTH = 4;

/** Signs the visitor in and begins to listen. */
export async function start(app: App): Promise<void> {
  app.store.set({ session: { type: 'loading' } });
  try {
    const view = await app.api.get<MeView>('/web/me');
    app.store.set({ session: { type: 'in', view }, online: onlineIn(view) });
  } catch (error) {
    const out = error instanceof ApiError && error.status === 401;
    app.store.set({ session: out ? { type: 'signed out' } : { type: 'failed', reason: explain(error) } });
    return;
  }
  app.missed = () => app.timers.later('missed', waitBefore(FIFTH, Math.random()), () => askAgain(app));
  app.live = connectLive(liveAddress(app.as), {
    heard: (push) => heard(app, push),
    lost: (attempt) => lost(app, attempt),
  });
  // What is asked after the connection stands misses nothing; where none comes about, the page still works.
  app.timers.later('arrive', 1500, () => void arrive(app));
}

async function arrive(app: App): Promise<void> {
  app.timers.cancel('arrive');
  app.arrived = true;
  await Promise.all([loadRooms(app), loadIncidents(app), loadMenu(app)]);
  // The place is shown already, and what the visitor has opened there meanwhile stays open.
  const place = placeAt(location.href);
  if (place.type === 'room') void openRoom(app, place.room, messageAt(location.href));
  flush(app, 'now');
}

export function stop(app: App): void {
  app.live?.stop();
  app.timers.stop();
}

/** Picks another demo person for this tab; null: the visitor again. */
export async function actAs(app: App, person: string | null): Promise<void> {
  try {
    if (person !== null) await app.api.post('/web/act-as', { person });
    app.actAs(person);
  } catch (error) {
    notice(app, explain(error));
  }
}

/** Without a live connection there is nothing to ask; when it comes back, all is asked for anyway. */
function askAgain(app: App): void {
  if (app.store.get().link === 'live') void catchUp(app);
}

/** Asks for all that may have changed while nothing was heard. */
export async function catchUp(app: App): Promise<void> {
  flush(app, 'now');
  await loadMe(app);
  const room = roomShown(app.store.get());
  await Promise.all([
    loadRooms(app),
    loadIncidents(app),
    app.store.get().menu.length === 0 && loadMenu(app),
    room !== null && loadRoom(app, room),
  ]);
  refreshThread(app);
  refreshShown(app);
}

/** Who the reader is, and who else is here. */
export async function loadMe(app: App): Promise<void> {
  const view = await quietly(app, app.api.get<MeView>('/web/me'));
  if (view) app.store.set({ session: { type: 'in', view } });
}

export async function loadRooms(app: App): Promise<void> {
  const mark = app.recentRooms.mark();
  const view = await quietly(app, app.api.get<RoomsView>('/web/rooms'));
  if (!view) return;
  const known = [...view.rooms, ...app.recentRooms.since(mark)];
  app.store.set({ rooms: new Map(known.map((it) => [it.id, it])) });
}

async function loadMenu(app: App): Promise<void> {
  const view = await quietly(app, app.api.get<MenuView>('/web/menu'));
  if (view) app.store.set({ menu: view.entries });
}

function heard(app: App, push: Push): void {
  const before = app.store.get();
  if (push.type === 'message') app.recent.add(push.message);
  if (push.type === 'room') app.recentRooms.add(push.room);
  app.store.set(pushed(before, push, now()));
  if (push.type === 'hello') void (app.arrived ? catchUp(app) : arrive(app));
  if (push.type === 'incident') refreshIncident(app, push.number);
  if (push.type === 'typing') app.timers.later('typing', 5100, () => forgetTyping(app));
  if (push.type === 'message' && push.message.author?.id !== meOf(before)?.id) {
    if (push.message.room === roomShown(before)) announce(app, push.message);
    // The page counts by itself; what it may have counted wrongly does not stay so.
    app.timers.later('counts', 5000, () => void loadRooms(app));
  }
}

function forgetTyping(app: App): void {
  const time = now();
  app.store.set(({ typing }) => ({ typing: typing.filter(({ until }) => until > time) }));
  if (app.store.get().typing.length > 0) app.timers.later('typing', 1000, () => forgetTyping(app));
}

/**
 * Without a live connection the page still asks now and then over plain HTTP,
 * which works through proxies that refuse WebSockets. An answer that says
 * "not signed in" ends the session.
 */
function lost(app: App, attempt: number): void {
  app.store.set({ link: 'down' });
  if (attempt > 1) void catchUp(app);
}

function onlineIn(view: MeView): ReadonlySet<string> {
  return new Set(view.people.filter(({ online }) => online).map(({ id }) => id));
}

function liveAddress(as: string | null): string {
  const url = new URL('/web/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  if (as !== null) url.searchParams.set('as', as);
  return url.href;
}
