import { sql, type Kysely } from 'kysely';

/** Shifts that two people exchange, covers that one person is asked for, and alerts that are silent for a time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `alter table cover_requests
    /* Who alone is asked; null: whoever is of the team. */
    add column offered_to text references people on delete cascade,
    /* When they said that they will not. */
    add column declined_at timestamptz`,
  `create table swap_requests (
    id text primary key,
    schedule text not null references schedules on delete cascade,
    /* Who asks, and the part of their shift that they give. */
    person text not null references people on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    /* Who is asked, and the part of theirs that is wanted for it. */
    other text not null references people on delete cascade,
    other_starts_at timestamptz not null,
    other_ends_at timestamptz not null,
    asked_at timestamptz not null,
    /* Null: nobody has answered yet. */
    answer text,
    answered_at timestamptz
  )`,
  `create table mutes (
    id text primary key,
    /* Which alerts: those of a service or a rule of this name, with this label, or of this incident. */
    kind text not null,
    name text not null,
    value text,
    incident bigint references incidents,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    /* Whether those that are critical are silent too. */
    even_critical boolean not null,
    reason text,
    created_by text not null,
    /* How many messages it silenced, and when the last one came. */
    silenced bigint not null default 0,
    last_at timestamptz,
    /* Null: it holds until its end. */
    ended_at timestamptz,
    ended_by text
  )`,
  `create index mutes_that_hold on mutes (ends_at) where ended_at is null`,
  `create index mutes_by_incident on mutes (incident) where ended_at is null`,
  /* The mute that kept it from an incident when it last fired. */
  `alter table alerts add column muted_by text references mutes`,
  `create index alerts_by_mute on alerts (muted_by) where muted_by is not null`,
];
