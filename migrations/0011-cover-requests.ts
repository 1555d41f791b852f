import { sql, type Kysely } from 'kysely';

/** What people asked others to take of their shifts. What was taken is an override; this is the question and its answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table cover_requests (
    id text primary key,
    schedule text not null references schedules on delete cascade,
    person text not null references people on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text,
    asked_at timestamptz not null,
    /* Whoever took it, or the one who asked and took it back. */
    taken_by text references people on delete cascade,
    taken_at timestamptz
  )`,
  `create index cover_requests_open on cover_requests (ends_at) where taken_by is null`,
];
