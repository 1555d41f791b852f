import { sql, type Kysely } from 'kysely';

/** What was told of who is on call, the shifts that nobody has taken yet, and the groups that follow the shifts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  /* One row for each schedule: what is told next is the difference from this. */
  `create table handoff_plans (
    schedule text primary key references schedules on delete cascade,
    /* Who was on call as it was last told, and since when. */
    people jsonb not null,
    since timestamptz not null,
    looked_at timestamptz not null,
    /* Reminders and look-aheads up to then were sent. */
    reminded_at timestamptz not null,
    ahead_at timestamptz not null
  )`,
  `create table handoffs (
    id text primary key,
    schedule text not null references schedules on delete cascade,
    at timestamptz not null,
    /* When the shift before it began. */
    since timestamptz not null,
    leaving jsonb not null,
    coming jsonb not null
  )`,
  `create index handoffs_by_schedule on handoffs (schedule, at)`,
  /* A shift that stays with the one before until it is taken. */
  `create table handoff_holds (
    id text primary key,
    handoff text not null references handoffs on delete cascade,
    schedule text not null references schedules on delete cascade,
    person text not null,
    held_by text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    grace_at timestamptz not null,
    state text not null,
    taken_by text,
    taken_at timestamptz
  )`,
  `create index handoff_holds_open on handoff_holds (schedule) where state in ('waiting', 'late')`,
  `create index handoff_holds_by_handoff on handoff_holds (handoff)`,
  `create trigger count_on_call_change after insert or update or delete on handoff_holds
    for each statement execute function count_on_call_change()`,
  /* What was resolved lately, and may come back. */
  `create index incidents_by_resolution on incidents (resolved_at) where resolved_at is not null`,
  /* Who was last made the members of a group, and what a platform says that cannot. */
  `create table on_call_groups (
    platform text not null,
    name text not null,
    people jsonb not null,
    failed text,
    set_at timestamptz not null,
    primary key (platform, name)
  )`,
];
