import { sql, type RawBuilder } from 'kysely';

import { selectMessages, visibleTo, type ChatMessage } from './chat-messages.ts';
import type { Reader } from './schema.ts';

export interface FoundChatMessage<Body> extends ChatMessage<Body> {
  readonly roomKind: 'room' | 'direct';
  readonly roomName: string;
  readonly others: string;
}

/**
 * The newest messages with these words, among those the reader may see.
 * "quoted words", -without and `or` work. When no message has the words whole,
 * and none is quoted, they are taken as the beginnings of words. No text is an error.
 */
export async function searchMessages<Body>(
  r: Reader,
  reader: string,
  words: string,
  limit: number,
): Promise<FoundChatMessage<Body>[]> {
  const found = await matching<Body>(r, reader, sql`websearch_to_tsquery('simple', ${words})`, limit);
  const beginnings = prefixes(words);
  if (found.length > 0 || beginnings === '' || words.includes('"')) return found;
  return await matching<Body>(r, reader, sql`to_tsquery('simple', ${beginnings})`, limit);
}

/** Inside quotes PostgreSQL takes any text but quotes and backslashes as words. */
function prefixes(words: string): string {
  return words
    .split(/\s+/)
    .map((word) => word.replaceAll(/['"\\]/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `'${word}':*`)
    .join(' & ');
}

/**
 * The text's index finds what matches; ordering by `id + 0` keeps the planner
 * from walking the whole table by id instead, with every text on the way.
 */
async function matching<Body>(r: Reader, reader: string, query: RawBuilder<unknown>, limit: number) {
  const { rows } = await selectMessages<FoundChatMessage<Body>>(
    r,
    sql`with newest as materialized (
        select m.id from chat_messages as m
        where to_tsvector('simple', m.plain) @@ ${query} and m.deleted_at is null and ${visibleTo(reader)}
          and m.room_id not in (
            select id from chat_rooms where (kind = 'direct' or is_private) and not jsonb_exists(members, ${reader})
          )
        order by m.id + 0 desc limit ${limit}
      )`,
    sql`room.kind as room_kind, room.name as room_name, coalesce((
        select string_agg(other.name, ', ' order by other.name)
        from jsonb_array_elements_text(room.members) as member join people as other on other.id = member
        where room.kind = 'direct' and member <> ${reader}
      ), '') as others,`,
    sql`join newest on newest.id = m.id join chat_rooms as room on room.id = m.room_id order by m.id desc`,
  );
  return rows;
}
