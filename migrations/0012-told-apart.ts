import { sql, type Kysely } from 'kysely';

/** What people and rooms are told about no incident: pages of a hand-off or a test, and messages in the chat. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  /* What kind of notice it is, and, where it is about no incident, what it is about in one line. */
  `alter table pages add column kind text not null default 'page', add column title text`,
  `create table outgoing (
    id text primary key,
    platform text not null,
    /* Whom or where to: a person, by our id; a room, by the platform's; a message of ours, as the platform calls it. */
    to_kind text not null,
    to_id text not null,
    message jsonb not null,
    created_at timestamptz not null,
    /* The message as the platform calls it, once it is there. */
    posted text,
    /* Why it will never be there. */
    failed text
  )`,
];
