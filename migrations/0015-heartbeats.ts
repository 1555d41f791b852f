import { sql, type Kysely } from 'kysely';

/** Calls that are expected from outside, the weekly test page, and whether the program can write. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table heartbeats (
    id text primary key,
    name text not null,
    every_ms bigint not null,
    grace_ms bigint not null,
    severity text not null,
    team text,
    service text,
    environment text not null,
    paused boolean not null,
    /* Stands in its address, by which anybody may say that it was heard. */
    key text not null,
    created_at timestamptz not null,
    heard_at timestamptz,
    /* From when on it is missing unless it is heard before; null: nothing is expected. */
    missing_at timestamptz,
    /* When it was last said that it is missing; null: that is not said now. */
    alarmed_at timestamptz,
    /* It goes as soon as its alert is taken back. */
    removed_at timestamptz
  )`,
  `create table synthetic_pages (
    id text primary key,
    due_at timestamptz not null,
    people text[] not null,
    checked_at timestamptz,
    /* From its time until a provider had taken it for everybody. */
    latency_ms bigint,
    failed text
  )`,
  /* A row that is written to see whether anything can be. */
  `create table write_checks (name text primary key, at timestamptz not null)`,
];
