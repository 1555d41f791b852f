import { sql } from 'kysely';

import type { Reader } from './schema.ts';

/** Up to where one has looked: the last event, and the last message of the built-in chat. */
export interface Marks {
  readonly event: number;
  readonly message: number;
}

export interface News {
  /** Of incidents to which something has happened. */
  readonly incidents: readonly number[];
  /** New in the built-in chat, or changed in the rooms of those incidents. */
  readonly messages: readonly number[];
}

/** More than this nobody can be shown one by one. */
const MOST = 500;
/** Cards are drawn a moment after what they show has happened. */
const DRAWN_MS = 10_000;

export async function newsMarks(r: Reader): Promise<Marks> {
  const { rows } = await sql<Marks>`
    select (select coalesce(max(seq), 0) from incident_events) as event,
      (select coalesce(max(id), 0) from chat_messages) as message`.execute(r);
  return rows[0] ?? { event: 0, message: 0 };
}

/** What has come since, in no order. Numbers are given before they are seen, so look from a mark before the last one. */
export async function newsSince(r: Reader, { event, message }: Marks, now: Date): Promise<News> {
  const from = new Date(now.getTime() - DRAWN_MS);
  const { rows } = await sql<News>`
    with changed as (
      select distinct incident from (
        select incident from incident_events where seq > ${event} order by seq desc limit ${MOST}
      ) as latest
    ), shown as (
      select id from (select id from chat_messages where id > ${message} order by id desc limit ${MOST}) as latest
      union
      select chat_messages.id from rooms
      join changed on changed.incident = rooms.incident
      join chat_messages on chat_messages.room_id = rooms.room
      where rooms.platform = 'web' and chat_messages.edited_at >= ${from}
    )
    select coalesce((select jsonb_agg(incident) from changed), '[]') as incidents,
      coalesce((select jsonb_agg(id) from shown), '[]') as messages`.execute(r);
  return rows[0] ?? { incidents: [], messages: [] };
}
