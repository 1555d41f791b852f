import { sql, type Kysely } from 'kysely';

/** Changes that other systems tell of, and the catalogue of services. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table changes (
    /* The reader and the vendor's id: what is told of it later has the same. */
    id text primary key,
    source text not null,
    kind text not null,
    /* As the sender names it, which may be an alias of the catalogue. */
    service text,
    environment text,
    title text not null,
    author text,
    url text,
    started_at timestamptz not null,
    ended_at timestamptz,
    status text not null,
    size bigint,
    details jsonb not null,
    heard_at timestamptz not null
  )`,
  /* Windows of time are asked for by when a change was last at work; one that goes on has its beginning. */
  `create index changes_by_time on changes ((coalesce(ended_at, started_at)) desc)`,
  `create index changes_by_service on changes (lower(service), (coalesce(ended_at, started_at)) desc)`,
  `create table services (
    id text primary key,
    definition jsonb not null,
    updated_at timestamptz not null
  )`,
];
