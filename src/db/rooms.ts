import type { Reader, RoomRow } from './schema.ts';

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

/** Remembers an incident's room on a platform; said again it changes nothing but the card. */
export async function saveRoom(r: Reader, room: RoomRow): Promise<void> {
  await r
    .insertInto('rooms')
    .values(room)
    .onConflict((conflict) => conflict.columns(['incident', 'platform']).doUpdateSet({ card: room.card }))
    .execute();
}

export async function markArchived(
  r: Reader,
  room: Pick<RoomRow, 'incident' | 'platform'>,
  archivedAt: Date | null,
): Promise<void> {
  await r
    .updateTable('rooms')
    .set({ archivedAt })
    .where('incident', '=', room.incident)
    .where('platform', '=', room.platform)
    .execute();
}
