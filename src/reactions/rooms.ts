import { viewFor } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import { say } from '#src/chat/message.ts';
import type { OpenedRoom, Ref, WantedRoom } from '#src/chat/platform.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { changeRoom, forgetRoom, formerRooms, incidentOfRoom, roomOn } from '#src/db/rooms.ts';
import type { RoomRow } from '#src/db/schema.ts';
import { BUILT_IN } from '#src/engine/notifications.ts';
import { recordRoom } from '#src/engine/rooms.ts';
import { ProviderError } from '#src/errors.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';

import { isFirst, isGone, type Here } from './on-platform.ts';
import { cardKey, digest, topicOf } from './shown.ts';

export interface InRoom {
  readonly room: RoomRow;
  readonly incident: Incident;
}

/**
 * Does something in the incident's room on this platform, and makes sure of the
 * room first: one that is missing is opened, one that was put away comes back when
 * its incident does, and one that turns out to have been deleted is replaced.
 * Nothing is done where the incident is to have no room here.
 */
export async function inRoom(here: Here, act: (it: InRoom) => Promise<void>): Promise<void> {
  const known = await roomOn(here.deps.db, here.number, here.platform.name);
  try {
    await actIn(here, known, act);
    return;
  } catch (error) {
    if (!known || !isGone(error, 'room')) throw error;
  }
  await forgetRoom(here.deps.db, known, here.deps.now());
  await actIn(here, null, act);
}

export function refOf({ platform, room }: Pick<RoomRow, 'platform' | 'room'>): Ref {
  return { platform, id: room };
}

async function actIn(here: Here, known: RoomRow | null, act: (it: InRoom) => Promise<void>): Promise<void> {
  const incident = await findIncident(here.deps.db, here.number);
  if (!known && !shallHaveRoom(here, incident)) return;
  const room = known ? await revived(here, known, incident) : await open(here, incident);
  await act({ room, incident });
}

/** What is over needs no room; but the built-in chat keeps one of everything that happened. */
function shallHaveRoom({ platform }: Here, incident: Incident): boolean {
  if (incident.isPrivate && !platform.limits.privateRooms) return false;
  return isOpen(incident) || (platform.name === BUILT_IN && incident.status === 'RESOLVED');
}

async function revived(here: Here, room: RoomRow, { status }: Incident): Promise<RoomRow> {
  if (status === 'CLOSED' || !room.archivedAt) return room;
  await here.call((it) => it.reviveRoom(refOf(room)));
  await changeRoom(here.deps.db, room, { archivedAt: null });
  return { ...room, archivedAt: null };
}

/** Every step finds what an earlier try left: the room by its name, the card by its key. */
async function open(here: Here, incident: Incident): Promise<RoomRow> {
  const { number, platform, deps } = here;
  const former = await formerRooms(deps.db, number, platform.name);
  const isNew = await isFirst(here, `room-${number}-${former.length}`);
  const topic = topicOf(incident, platform.limits.topic);
  const opened = await openAnother(here, await wanted(here, incident, topic), former);
  try {
    const cardShown = await furnish(here, opened, former.length);
    await changeRoom(deps.db, rowOf(here, opened), { cardShown, topicShown: isNew ? topic : null });
  } catch (error) {
    if (!isGone(error, 'room')) throw error;
    await forgetRoom(deps.db, rowOf(here, opened), deps.now());
    const text = 'the room was deleted while it was being opened';
    throw new ProviderError(platform.name, text, { retry: true, cause: error });
  }
  const room = await roomOn(deps.db, number, platform.name);
  if (!room) throw new Error(`the room of ${shortName(number)} on ${platform.name} was not remembered`);
  return room;
}

function rowOf({ number, platform }: Here, { id }: Ref): Pick<RoomRow, 'incident' | 'platform' | 'room'> {
  return { incident: number, platform: platform.name, room: id };
}

/** Puts in what a room has from the first, and remembers it. Answers what the card shows, if that is certain. */
async function furnish(here: Here, opened: OpenedRoom, former: number): Promise<string | null> {
  const { number, platform, deps } = here;
  const incident = await findIncident(deps.db, number);
  const view = await viewFor(deps.db, incident, deps.settings.publicUrl, deps.now());
  const { id, name, url } = opened;
  const rooms = [...view.rooms, { platform: platform.name, name, url }];
  const message = card({ ...view, rooms: rooms.toSorted((a, b) => (a.platform < b.platform ? -1 : 1)) });
  const key = cardKey(number, former, 0);
  const isNew = await isFirst(here, key);
  const posted = await here.call((it) => it.post(opened, message, { key, pin: true }));
  if (former > 0) {
    const words = say(`The former room of ${shortName(number)} was deleted. It goes on here.`);
    await here.call((it) => it.post(opened, words, { key: `moved-${number}-${former}` }));
  }
  await recordRoom(deps.system, number, { platform: platform.name, room: id, name, url, card: posted.id });
  return isNew ? digest(message) : null;
}

async function wanted(
  { number, platform, deps }: Here,
  incident: Incident,
  topic: string,
): Promise<WantedRoom> {
  // The title it was opened with: a later change of it must not make a second room.
  const [declared] = await eventsOf(deps.db, number, { types: ['incident.declared'], limit: 1 });
  const title = declared?.type === 'incident.declared' ? declared.data.title : shortName(number);
  return {
    // What stands at a room may be seen by those who may not see the room.
    name: roomName(number, incident.isPrivate ? '' : title, platform.limits.roomName),
    topic,
    title: incident.isPrivate ? shortName(number) : incident.title,
    isPrivate: incident.isPrivate,
    links: [{ title: 'Incident page', url: `${deps.settings.publicUrl}/incidents/${number}` }],
  };
}

/** A name that somebody else has, or that still belongs to a room that was deleted, gets one of these. */
const SUFFIXES = ['', '-2', '-3', '-4'];

/** Opens a room that is none of the former ones, and nobody else's. */
async function openAnother(here: Here, room: WantedRoom, former: readonly string[]): Promise<OpenedRoom> {
  const { number, platform, deps } = here;
  let refusal: unknown;
  for (const suffix of SUFFIXES) {
    const name = `${room.name.slice(0, platform.limits.roomName - suffix.length)}${suffix}`;
    try {
      const opened = await here.call((it) => it.openRoom({ ...room, name }));
      const holder = await incidentOfRoom(deps.db, opened);
      if (!former.includes(opened.id) && (holder === null || holder === number)) return opened;
    } catch (error) {
      if (!(error instanceof ProviderError) || error.retry) throw error;
      refusal ??= error;
    }
  }
  throw (
    refusal ?? new ProviderError(platform.name, `all rooms called ${room.name} are taken`, { retry: false })
  );
}

/** `inc-42-checkout-is-down`: what every platform takes as a channel's name. */
export function roomName(number: number, title: string, max: number): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `inc-${number}-${words}`.slice(0, Math.min(max, 60)).replace(/-+$/, '');
}
