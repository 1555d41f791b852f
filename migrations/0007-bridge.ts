import { sql, type Kysely } from 'kysely';

/** What people say in the rooms of an incident, kept while it is carried between them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table said (
    id bigint generated always as identity primary key,
    incident bigint not null references incidents,
    platform text not null,
    message text not null,
    name text not null,
    text text not null,
    files jsonb not null,
    below text,
    at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    unique (platform, message)
  )`,
  `create table said_copies (
    said_id bigint not null references said on delete cascade,
    platform text not null,
    message text not null,
    primary key (said_id, platform)
  )`,
  `create unique index said_copies_by_message on said_copies (platform, message)`,
  `create table said_reactions (
    said_id bigint not null references said on delete cascade,
    platform text not null,
    person text not null,
    emoji text not null,
    primary key (said_id, platform, person, emoji)
  )`,
];
