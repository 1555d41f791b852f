import { sql, type RawBuilder } from 'kysely';

import type { Reader } from './schema.ts';

export interface ChatRoom {
  readonly id: string;
  readonly kind: 'room' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly members: readonly string[];
  readonly lastAt: Date;
  readonly archivedAt: Date | null;
  /** Only its members find it and see it. */
  readonly isPrivate: boolean;
}

export interface ChatRoomForReader extends ChatRoom {
  readonly reader: string;
  readonly others: string;
  readonly unread: number;
  readonly mentions: number;
}

interface NewChatRoom extends Omit<ChatRoom, 'lastAt' | 'archivedAt'> {
  readonly at: Date;
}

/** How far unread messages are counted: enough for a badge, and a bound on the work. */
const COUNTED = 100;

/** The room of this id; a new one when there is none. Asked twice at once, one of them makes it. */
export async function openRoom(
  r: Reader,
  { at, members, ...room }: NewChatRoom,
): Promise<{ room: ChatRoom; fresh: boolean }> {
  const made = await r
    .insertInto('chatRooms')
    .values({ ...room, members: JSON.stringify(members), createdAt: at, lastAt: at, archivedAt: null })
    // Whichever unique index the other one is met at: by id, or by the name that goes with it.
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (made) return { room: made, fresh: true };
  const found = await rooms(r).where('id', '=', room.id).executeTakeFirstOrThrow();
  return { room: found, fresh: false };
}

export async function findRoom(r: Reader, id: string): Promise<ChatRoom | null> {
  return (await rooms(r).where('id', '=', id).executeTakeFirst()) ?? null;
}

/** @returns false when it is so already, or there is no such room */
export async function changeRoom(
  r: Reader,
  id: string,
  change: { readonly topic: string } | { readonly archivedAt: Date | null },
): Promise<boolean> {
  const update = r.updateTable('chatRooms').set(change).where('id', '=', id);
  if ('topic' in change) return isChanged(await update.where('topic', '<>', change.topic).execute());
  const archived = change.archivedAt === null ? 'is not' : 'is';
  return isChanged(await update.where('archivedAt', archived, null).execute());
}

/** Adds the ones who exist, are active and are not in there yet; answers who that was. */
export async function addMembers(r: Reader, id: string, people: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ added: string[] }>`
    with room as (select id, members from chat_rooms where id = ${id} for update),
    added as (
      select coalesce(jsonb_agg(people.id order by people.id), '[]') as ids from people, room
      where people.active and not jsonb_exists(room.members, people.id)
        and people.id in (select jsonb_array_elements_text(${JSON.stringify(people)}::jsonb))
    )
    update chat_rooms set members = room.members || added.ids from room, added
    where chat_rooms.id = room.id
    returning added.ids as added`.execute(r);
  return rows[0]?.added ?? [];
}

/**
 * The rooms a person may see, the liveliest first, with what they have not read: one statement. Of those that are
 * archived the last ones; others are still found by their id. There may be a million.
 */
export async function roomsOf(r: Reader, reader: string): Promise<ChatRoomForReader[]> {
  const own = sql`(kind = 'direct' or is_private) and members ? ${reader}`;
  const among = sql`room.id in (
    (select id from chat_rooms where archived_at is null and kind = 'room' and not is_private order by last_at desc limit ${LIVE})
    union (select id from chat_rooms where ${own} order by last_at desc limit ${LIVE})
    union (select id from chat_rooms where archived_at is not null and kind = 'room' and not is_private
      order by archived_at desc limit ${OVER}))`;
  return await seenBy(r, [reader], among);
}

/** More rooms that are not archived nobody reads in a list. */
const LIVE = 2000;
const OVER = 200;

/** One room, as each of these people sees it; those who may not are left out. */
export async function roomFor(
  r: Reader,
  id: string,
  readers: readonly string[],
): Promise<ChatRoomForReader[]> {
  return readers.length === 0 ? [] : await seenBy(r, readers, sql`room.id = ${id}`);
}

/**
 * Remembers that somebody has read up to a message; never backwards. Whoever
 * has read the newest message of the main flow has read the threads as well.
 */
export async function markRead(r: Reader, room: string, person: string, last: number): Promise<void> {
  await sql`
    insert into chat_reads (room_id, person_id, last_id)
    select ${room}, ${person}, case
      when exists (
        select from chat_messages
        where room_id = ${room} and id > ${last} and thread_of is null
          and (only_for is null or only_for = ${person})
      ) then ${last}
      else coalesce((select max(id) from chat_messages where room_id = ${room}), 0)
    end
    on conflict (room_id, person_id)
    do update set last_id = greatest(chat_reads.last_id, excluded.last_id)`.execute(r);
}

/**
 * Archived rooms and rooms that were quiet since the reader came count nothing,
 * so that the work is bounded by what is going on and not by what ever was.
 */
async function seenBy(r: Reader, readers: readonly string[], which: RawBuilder<unknown>) {
  const { rows } = await sql<ChatRoomForReader>`
    select room.id, room.kind, room.name, room.topic, room.members, room.last_at, room.archived_at, room.is_private,
      reader.id as reader,
      coalesce((
        select string_agg(other.name, ', ' order by other.name)
        from jsonb_array_elements_text(room.members) as member join people as other on other.id = member
        where room.kind = 'direct' and member <> reader.id
      ), '') as others,
      news.unread, news.mentions
    from people as reader
    cross join chat_rooms as room
    left join chat_reads as read on read.room_id = room.id and read.person_id = reader.id
    cross join lateral (
      select count(*) filter (where thread_of is null)::int as unread,
        count(*) filter (where jsonb_exists(body -> 'mentions', reader.id))::int as mentions
      from (
        select thread_of, body from chat_messages
        where room_id = room.id and id > coalesce(read.last_id, 0)
          and room.archived_at is null and room.last_at >= reader.created_at
          and author is distinct from reader.id and deleted_at is null
          and (only_for is null or only_for = reader.id)
        order by id limit ${COUNTED}
      ) as newer
    ) as news
    where reader.id in (select jsonb_array_elements_text(${JSON.stringify(readers)}::jsonb))
      and ((room.kind = 'room' and not room.is_private) or jsonb_exists(room.members, reader.id))
      and ${which}
    order by room.last_at desc, room.id`.execute(r);
  return rows;
}

const COLUMNS = ['id', 'kind', 'name', 'topic', 'members', 'lastAt', 'archivedAt', 'isPrivate'] as const;

function rooms(r: Reader) {
  return r.selectFrom('chatRooms').select(COLUMNS);
}

function isChanged(results: readonly { readonly numUpdatedRows: bigint }[]): boolean {
  return results.some((it) => it.numUpdatedRows > 0n);
}
