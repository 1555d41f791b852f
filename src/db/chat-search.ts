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
 * they are taken as the beginnings of words. No text is an error.
 */
export async function searchMessages<Body>(
  r: Reader,
  reader: string,
  words: string,
  limit: number,
): Promise<FoundChatMessage<Body>[]> {
  const found = await matching<Body>(r, reader, sql`websearch_to_tsquery('simple', ${words})`, limit);
  const beginnings = prefixes(words);
  if (found.length > 0 || beginnings === '') return found;
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

/** What matches is found by the index before anything is joined or ordered: the planner would walk the table. */
async function matching<Body>(r: Reader, reader: string, query: RawBuilder<unknown>, limit: number) {
  const { rows } = await selectMessages<FoundChatMessage<Body>>(
    r,
    sql`with hit as materialized (select id from chat_messages where to_tsvector('simple', plain) @@ ${query})`,
    sql`room.kind as room_kind, room.name as room_name, coalesce((
        select string_agg(other.name, ', ' order by other.name)
        from jsonb_array_elements_text(room.members) as member join people as other on other.id = member
        where room.kind = 'direct' and member <> ${reader}
      ), '') as others,`,
    sql`join chat_rooms as room on room.id = m.room_id
      where m.id in (select id from hit) and m.deleted_at is null and ${visibleTo(reader)}
        and (room.kind = 'room' or jsonb_exists(room.members, ${reader}))
      order by m.id desc limit ${limit}`,
  );
  return rows;
}
