import { sql, type Kysely } from 'kysely';

/** Questions that are asked again by themselves, and what makes answers quick. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table digests (
    id text primary key,
    /* Whoever asks: it is answered with what they may see. */
    person text not null references people on delete cascade,
    question text not null,
    spec jsonb not null,
    /* How it is asked again: every day, week or month, at a time of the asker's clocks. */
    every text not null check (every in ('day', 'week', 'month')),
    /* Of a week from 1 (Monday) to 7, of a month from 1 to 28; null for every day. */
    day integer,
    at_time text not null,
    /* Where it is said; null: to the person alone. */
    platform text,
    room text,
    created_at timestamptz not null,
    next_at timestamptz not null,
    last_at timestamptz,
    /* When it stopped, and why. */
    stopped_at timestamptz,
    why text
  )`,
  `create index digests_by_person on digests (person) where stopped_at is null`,
  /* Few events are of these types, and questions ask for them by their time. */
  `create index incident_events_returning on incident_events (incident, at)
    where type in ('incident.reopened', 'incident.escalated', 'incident.level_raised')`,
  `create index pages_by_time on pages (requested_at)`,
];
