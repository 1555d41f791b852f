import { saveRoom, roomsOf } from '#src/db/rooms.ts';
import { unchanged } from '#src/incident/changes.ts';
import { decided, event } from '#src/incident/decision.ts';
import type { Incident } from '#src/incident/incident.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

export interface OpenedRoom {
  readonly platform: string;
  readonly room: string;
  readonly name: string;
  readonly url: string;
  /** The card's message in it. */
  readonly card: string;
}

/** Remembers an incident's room on a platform and says so in the timeline; said again it changes nothing. */
export async function recordRoom(ctx: Context, number: number, room: OpenedRoom): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    const known = await roomsOf(tx, number);
    if (known.some((it) => it.platform === room.platform)) return unchanged(before);
    await saveRoom(tx, { ...room, incident: number, openedAt: who.at, archivedAt: null });
    const { platform, room: id, name, url } = room;
    return decided(
      before,
      [event(before, 'incident.room_opened', { platform, room: id, name, url }, who)],
      who,
    );
  });
}
