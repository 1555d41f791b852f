import { sql, type Kysely } from 'kysely';

/** What was looked into, what was found, and who was right. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table investigations (
    id text primary key,
    /* The order in which they were asked for. */
    seq bigint not null generated always as identity,
    incident bigint not null references incidents,
    /* The one that the incident named when it began, for the scoreboard. */
    service text,
    state text not null,
    asked_by jsonb not null,
    /* Where people asked to look. */
    notes jsonb not null default '[]',
    /* How many of them the model was told. */
    notes_told integer not null default 0,
    steps jsonb not null default '[]',
    /* What rules take for the cause. */
    rules jsonb not null default '[]',
    hypotheses jsonb not null default '[]',
    /* What these cite. */
    cited jsonb not null default '[]',
    /* Why there is no more than what rules say. */
    why text,
    model text,
    tokens bigint not null default 0,
    usd double precision,
    /* How often it was begun: a process may die under it. */
    runs integer not null default 0,
    /* What people said of each hypothesis, by its place from 1. */
    verdicts jsonb not null default '{}',
    /* By people, and by what they wrote down at the end: 0 to 100. */
    grade_by_people integer,
    grade_at_closure integer,
    created_at timestamptz not null,
    begun_at timestamptz,
    ended_at timestamptz
  )`,
  /* Never two at once. */
  `create unique index investigations_open on investigations (incident) where state in ('queued', 'running')`,
  `create index investigations_incident on investigations (incident, seq)`,
  `create index investigations_created on investigations (created_at)`,
  `create table investigation_messages (
    investigation text not null references investigations,
    platform text not null,
    /* The room that it stands in; of one that took its place nothing is known yet. */
    room text not null,
    message text,
    shown text,
    lost integer not null default 0,
    /* Steps that were told below it. */
    told integer not null default 0,
    primary key (investigation, platform)
  )`,
];
