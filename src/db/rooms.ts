import type { Notice, Reader, RoomRow } from './schema.ts';

/** The rooms of an incident, one a platform at most. */
export async function roomsOf(r: Reader, incident: number): Promise<RoomRow[]> {
  return await r
    .selectFrom('rooms')
    .selectAll()
    .where('incident', '=', incident)
    .orderBy('platform')
    .execute();
}

export async function roomsOfMany(r: Reader, incidents: readonly number[]): Promise<Map<number, RoomRow[]>> {
  if (incidents.length === 0) return new Map();
  const rows = await r
    .selectFrom('rooms')
    .selectAll()
    .where('incident', 'in', incidents)
    .orderBy('platform')
    .execute();
  return Map.groupBy(rows, (row) => row.incident);
}

/** The room of an incident on a platform. */
export async function roomOn(r: Reader, incident: number, platform: string): Promise<RoomRow | null> {
  const row = await r
    .selectFrom('rooms')
    .selectAll()
    .where('incident', '=', incident)
    .where('platform', '=', platform)
    .executeTakeFirst();
  return row ?? null;
}

/** Which incident's room it is; null for any other room. */
export async function incidentOfRoom(
  r: Reader,
  room: { readonly platform: string; readonly id: string },
): Promise<number | null> {
  const row = await r
    .selectFrom('rooms')
    .select('incident')
    .where('platform', '=', room.platform)
    .where('room', '=', room.id)
    .executeTakeFirst();
  return row?.incident ?? null;
}

/** What is known of a room when it is opened. */
export type NewRoom = Pick<
  RoomRow,
  'incident' | 'platform' | 'room' | 'name' | 'url' | 'card' | 'openedAt' | 'archivedAt'
>;

/** Remembers an incident's room on a platform; said again it changes nothing but the card. */
export async function saveRoom(r: Reader, room: NewRoom): Promise<void> {
  await r
    .insertInto('rooms')
    .values(room)
    .onConflict((conflict) => conflict.columns(['incident', 'platform']).doUpdateSet({ card: room.card }))
    .execute();
}

/** What is remembered of what was last done in a room. */
export type RoomChange = Partial<
  Pick<
    RoomRow,
    | 'archivedAt'
    | 'card'
    | 'cardShown'
    | 'cardsLost'
    | 'topicShown'
    | 'line'
    | 'lineShown'
    | 'linesLost'
    | 'invited'
  >
>;

/** Changes what is remembered of this very room; of one that took its place, nothing. */
export async function changeRoom(
  r: Reader,
  { incident, platform, room }: Pick<RoomRow, 'incident' | 'platform' | 'room'>,
  { invited, ...change }: RoomChange,
): Promise<void> {
  await r
    .updateTable('rooms')
    .set({ ...change, ...(invited ? { invited: JSON.stringify(invited) } : {}) })
    .where('incident', '=', incident)
    .where('platform', '=', platform)
    .where('room', '=', room)
    .execute();
}

/** Remembers what was said in this room of an outage. Answers the room as it is then. */
export async function saveNotice(r: Reader, room: RoomRow, outage: number, notice: Notice): Promise<RoomRow> {
  const notices = { ...room.notices, [outage]: notice };
  await r
    .updateTable('rooms')
    .set({ notices: JSON.stringify(notices) })
    .where('incident', '=', room.incident)
    .where('platform', '=', room.platform)
    .where('room', '=', room.room)
    .execute();
  return { ...room, notices };
}

type Lost = Pick<RoomRow, 'incident' | 'platform' | 'room'>;

/** A room that is not there any more: its incident has none on this platform until another is opened. */
export async function forgetRoom(r: Reader, { incident, platform, room }: Lost, now: Date): Promise<void> {
  await r
    .insertInto('formerRooms')
    .values({ incident, platform, room, lostAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await r
    .deleteFrom('rooms')
    .where('incident', '=', incident)
    .where('platform', '=', platform)
    .where('room', '=', room)
    .execute();
}

/** The rooms that an incident had on a platform and lost, by the platform's ids. */
export async function formerRooms(r: Reader, incident: number, platform: string): Promise<string[]> {
  const rows = await r
    .selectFrom('formerRooms')
    .select('room')
    .where('incident', '=', incident)
    .where('platform', '=', platform)
    .execute();
  return rows.map(({ room }) => room);
}
