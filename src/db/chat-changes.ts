import { sql, type RawBuilder } from 'kysely';

import { findMessage, type ChatMessage } from './chat-messages.ts';
import type { Reader } from './schema.ts';

/** One person may leave this many different reactions on a message. */
const REACTIONS = 20;

interface Words<Body> {
  readonly body: Body;
  readonly plain: string;
  readonly at: Date;
}

/** @returns null when the message says so already, is deleted or does not exist */
export async function rewriteMessage<Body extends object>(
  r: Reader,
  id: number,
  { body, plain, at }: Words<Body>,
): Promise<ChatMessage<Body> | null> {
  const json = JSON.stringify(body);
  return await change<Body>(
    r,
    id,
    sql`update chat_messages set body = ${json}::jsonb, plain = ${plain}, edited_at = ${at}
      where id = ${id} and deleted_at is null and body <> ${json}::jsonb returning id`,
  );
}

/**
 * Puts `body` where the words were and takes the pin and the reactions away.
 *
 * @returns null when it is deleted already
 */
export async function wipeMessage<Body extends object>(
  r: Reader,
  id: number,
  { body, plain, at }: Words<Body>,
): Promise<ChatMessage<Body> | null> {
  return await change<Body>(
    r,
    id,
    sql`with gone as (delete from chat_reactions where message_id = ${id})
      update chat_messages
      set body = ${JSON.stringify(body)}::jsonb, plain = ${plain}, deleted_at = ${at}, pinned_at = null
      where id = ${id} and deleted_at is null returning id`,
  );
}

/** @returns null when it is so already */
export async function pinMessage<Body>(
  r: Reader,
  id: number,
  at: Date | null,
): Promise<ChatMessage<Body> | null> {
  const differs = at === null ? sql`pinned_at is not null` : sql`pinned_at is null and deleted_at is null`;
  return await change<Body>(
    r,
    id,
    sql`update chat_messages set pinned_at = ${at} where id = ${id} and ${differs} returning id`,
  );
}

/** @returns null when it is so already, or this person has left too many here */
export async function react<Body>(
  r: Reader,
  id: number,
  reaction: { readonly person: string; readonly emoji: string; readonly at: Date; readonly on: boolean },
): Promise<ChatMessage<Body> | null> {
  const { person, emoji, at, on } = reaction;
  if (!on) {
    return await change<Body>(
      r,
      id,
      sql`delete from chat_reactions
        where message_id = ${id} and person_id = ${person} and emoji = ${emoji} returning message_id`,
    );
  }
  return await change<Body>(
    r,
    id,
    sql`insert into chat_reactions (message_id, person_id, emoji, at)
      select id, ${person}, ${emoji}, ${at} from chat_messages
      where id = ${id} and deleted_at is null and ${REACTIONS} > (
        select count(*) from chat_reactions where message_id = ${id} and person_id = ${person}
      )
      on conflict do nothing returning message_id`,
  );
}

async function change<Body>(r: Reader, id: number, statement: RawBuilder<unknown>) {
  const { rows } = await statement.execute(r);
  return rows.length === 0 ? null : await findMessage<Body>(r, id);
}
