import { sql, type Kysely } from 'kysely';

/** Private rooms, files and the bot's own reactions in the built-in chat. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table chat_rooms add column is_private boolean not null default false`.execute(db);
  // The bot reacts too, and is nobody of the people.
  await sql`alter table chat_reactions drop constraint chat_reactions_person_id_fkey`.execute(db);
  await sql`
    create table chat_files (
      id text primary key,
      room_id text not null references chat_rooms,
      name text not null,
      type text not null,
      bytes bytea not null,
      at timestamptz not null
    )`.execute(db);
}
