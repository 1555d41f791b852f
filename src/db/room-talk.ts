import { sql } from 'kysely';

import type { Reader } from './schema.ts';

export interface RoomWords {
  readonly by: string;
  readonly text: string;
  readonly at: Date;
}

/**
 * What people last said in an incident's rooms, oldest first, as far as it is kept: what the bridge
 * carries, and else what stands in the built-in chat. What was taken back, or was for one person, is not in it.
 */
export async function lastWords(r: Reader, incident: number, most: number): Promise<RoomWords[]> {
  const carried = await r
    .selectFrom('said')
    .select(['name as by', 'text', 'at'])
    .where('incident', '=', incident)
    .where('deletedAt', 'is', null)
    .where('text', '<>', '')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  if (carried.length > 0) return carried.toReversed();
  const built = await r
    .selectFrom('rooms')
    .innerJoin('chatMessages', 'chatMessages.roomId', 'rooms.room')
    .innerJoin('people', 'people.id', 'chatMessages.author')
    .select(['people.name as by', 'chatMessages.plain as text', 'chatMessages.postedAt as at'])
    .where('rooms.incident', '=', incident)
    .where('rooms.platform', '=', sql.lit('web'))
    .where('chatMessages.onlyFor', 'is', null)
    .where('chatMessages.deletedAt', 'is', null)
    .where('chatMessages.plain', '<>', '')
    .orderBy('chatMessages.id', 'desc')
    .limit(most)
    .execute();
  return built.toReversed();
}
