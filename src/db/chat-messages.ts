import { sql, type RawBuilder } from 'kysely';

import type { Reader } from './schema.ts';

export interface ChatMessage<Body> {
  readonly id: number;
  readonly room: string;
  readonly threadOf: number | null;
  readonly replies: number;
  readonly author: string | null;
  readonly authorName: string | null;
  readonly onlyFor: string | null;
  readonly body: Body;
  readonly postedAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly pinnedAt: Date | null;
  readonly reactions: readonly { readonly emoji: string; readonly people: readonly string[] }[];
}

export interface NewChatMessage<Body> {
  readonly room: string;
  readonly key: string;
  readonly threadOf: number | null;
  readonly author: string | null;
  readonly onlyFor: string | null;
  readonly body: Body;
  readonly plain: string;
  readonly at: Date;
  readonly pinned: boolean;
}

export interface ChatPage {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/**
 * Adds a message, or finds the one that was added under its key before. The
 * room's row is locked first: in one room ids rise in the order in which
 * messages become visible, so that whoever catches up from an id misses none.
 *
 * @returns null when there is no such room, or nobody whom it is for
 */
export async function addMessage<Body extends object>(
  r: Reader,
  message: NewChatMessage<Body>,
): Promise<{ message: ChatMessage<Body>; fresh: boolean } | null> {
  const { room, author, onlyFor, at } = message;
  const { rows } = await sql<{ id: number }>`
    with room as (
      update chat_rooms set
        last_at = case when ${onlyFor}::text is null then greatest(last_at, ${at}) else last_at end,
        members = case
          when kind = 'room' and ${author}::text is not null and not jsonb_exists(members, ${author})
          then members || to_jsonb(${author}::text) else members
        end
      where id = ${room}
        and (${onlyFor}::text is null or exists (select from people where id = ${onlyFor}))
        and (${author}::text is null or exists (select from people where id = ${author}))
      returning id
    )
    insert into chat_messages
      (room_id, thread_of, key, author, only_for, body, plain, posted_at, pinned_at)
    select id, ${message.threadOf}::bigint, ${message.key}, ${author}, ${onlyFor},
      ${JSON.stringify(message.body)}::jsonb, ${message.plain}, ${at}, ${message.pinned ? at : null}::timestamptz
    from room
    on conflict (key) do nothing
    returning id`.execute(r);
  const [added] = rows;
  const found = added ? await findMessage<Body>(r, added.id) : await messageByKey<Body>(r, message.key);
  return found && { message: found, fresh: added !== undefined };
}

export async function findMessage<Body>(r: Reader, id: number): Promise<ChatMessage<Body> | null> {
  return (await messages<Body>(r, sql`where m.id = ${id}`))[0] ?? null;
}

export async function messageByKey<Body>(r: Reader, key: string): Promise<ChatMessage<Body> | null> {
  return (await messages<Body>(r, sql`where m.key = ${key}`))[0] ?? null;
}

/** The main flow of a room, oldest first: the newest, or those next to an id. */
export async function pageOf<Body>(
  r: Reader,
  room: string,
  reader: string,
  { before, after, limit }: ChatPage,
): Promise<ChatMessage<Body>[]> {
  const flow = sql`where m.room_id = ${room} and m.thread_of is null and ${visibleTo(reader)}`;
  if (after !== undefined) {
    return await messages<Body>(r, sql`${flow} and m.id > ${after} order by m.id limit ${limit}`);
  }
  const older = before === undefined ? sql`` : sql`and m.id < ${before}`;
  const newestFirst = await messages<Body>(r, sql`${flow} ${older} order by m.id desc limit ${limit}`);
  return newestFirst.toReversed();
}

/** The pinned messages of a room, oldest first. People pin by hand, so there are few. */
export async function pinsOf<Body>(r: Reader, room: string, reader: string): Promise<ChatMessage<Body>[]> {
  return await messages<Body>(
    r,
    sql`where m.room_id = ${room} and m.pinned_at is not null and ${visibleTo(reader)} order by m.id`,
  );
}

/** The root and its replies, oldest first; `after` goes on where a page ended. */
export async function threadOf<Body>(
  r: Reader,
  root: number,
  reader: string,
  { after = 0, limit }: ChatPage,
): Promise<ChatMessage<Body>[]> {
  return await messages<Body>(
    r,
    sql`where (m.id = ${root} or m.thread_of = ${root}) and ${visibleTo(reader)} and m.id > ${after}
      order by m.id limit ${limit}`,
  );
}

/** Messages as they are read, with whatever follows `from`; `m` is the message. */
async function messages<Body>(r: Reader, rest: RawBuilder<unknown>): Promise<ChatMessage<Body>[]> {
  return (await selectMessages<ChatMessage<Body>>(r, sql``, sql``, rest)).rows;
}

/** The same with something said before, more columns in front, and joins in `rest`. */
export function selectMessages<Row>(
  r: Reader,
  before: RawBuilder<unknown>,
  more: RawBuilder<unknown>,
  rest: RawBuilder<unknown>,
) {
  return sql<Row>`
    ${before} select ${more} m.id, m.room_id as room, m.thread_of, m.author, author.name as author_name, m.only_for,
      m.body, m.posted_at, m.edited_at, m.deleted_at, m.pinned_at,
      (
        select count(*)::int from chat_messages as reply
        where reply.thread_of = m.id and reply.only_for is null and reply.deleted_at is null
      ) as replies,
      coalesce((
        select jsonb_agg(jsonb_build_object('emoji', emoji, 'people', people) order by first, emoji)
        from (
          select emoji, min(at) as first, jsonb_agg(person_id order by at, person_id) as people
          from chat_reactions where message_id = m.id group by emoji
        ) as reaction
      ), '[]') as reactions
    from chat_messages as m left join people as author on author.id = m.author ${rest}`.execute(r);
}

export function visibleTo(reader: string): RawBuilder<unknown> {
  return sql`(m.only_for is null or m.only_for = ${reader})`;
}
