import { sql, type Kysely } from 'kysely';

/** Who is on call, how an incident is escalated, how people want to be told, and what became of every page. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...PEOPLE, ...SETUP, ...COUNTED, ...PAGING]) await sql.raw(statement).execute(db);
}

const PEOPLE = [
  `alter table people add column skills text[] not null default '{}', add column region text`,
  `alter table teams
    add column description text not null default '',
    add column lead text references people,
    add column schedule text,
    add column policy text`,
  `create table contact_methods (
    id text primary key,
    person_id text not null references people on delete cascade,
    kind text not null,
    address text not null,
    verified_at timestamptz,
    enabled boolean not null default true,
    created_at timestamptz not null,
    unique (person_id, kind, address)
  )`,
  /* The proof that somebody has a contact: of a code only the hash is kept. */
  `create table contact_codes (
    contact text primary key references contact_methods on delete cascade,
    code_hash text not null,
    expires_at timestamptz not null,
    tries integer not null default 0
  )`,
  `create table personal_rules (
    person_id text primary key references people on delete cascade,
    rules jsonb not null,
    quiet jsonb
  )`,
];

const SETUP = [
  /* Counts every change of what follows, so that whoever holds it read and compiled knows when that is old. */
  `create table on_call_version (single boolean primary key default true check (single), version bigint not null)`,
  `create function count_on_call_change() returns trigger language plpgsql as $$
    begin
      -- By no fixed step: a database that was set back to an older copy must not come by the same number twice.
      insert into on_call_version as it values (true, (random() * 1000000)::bigint)
        on conflict (single) do update set version = it.version + 1 + excluded.version;
      return null;
    end $$`,
  `create table schedules (
    id text primary key,
    definition jsonb not null,
    updated_at timestamptz not null
  )`,
  `create table overrides (
    id text primary key,
    schedule text not null references schedules on delete cascade,
    change jsonb not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text,
    created_by text not null,
    created_at timestamptz not null
  )`,
  `create index overrides_by_schedule on overrides (schedule, ends_at)`,
  `create table policies (id text primary key, definition jsonb not null, updated_at timestamptz not null)`,
  `create table routing_rules (id text primary key, definition jsonb not null, updated_at timestamptz not null)`,
];

const COUNTED = [
  'people',
  'teams',
  'team_members',
  'settings',
  'schedules',
  'overrides',
  'policies',
  'routing_rules',
].map(
  (table) => `create trigger count_on_call_change after insert or update or delete on ${table}
    for each statement execute function count_on_call_change()`,
);

const PAGING = [
  `create table escalations (
    incident bigint primary key references incidents,
    run jsonb not null,
    /* The last event that it acted on. */
    seen bigint not null,
    updated_at timestamptz not null
  )`,
  `create table escalation_turns (key text primary key, turns bigint not null)`,
  /* One row for whoever is paged, once a level and round; manual ones have neither. */
  `create table pages (
    id text primary key,
    incident bigint references incidents,
    key text not null unique,
    recipient_kind text not null,
    recipient text not null,
    level integer not null,
    cycle integer not null,
    urgency text not null,
    severity text not null,
    reason text not null,
    requested_by jsonb not null,
    requested_at timestamptz not null,
    answered_by text,
    answered_at timestamptz
  )`,
  `create index pages_by_incident on pages (incident, requested_at)`,
  `create index pages_by_recipient on pages (recipient_kind, recipient, requested_at)`,
  /* What is sent for a page, or why it is not: the receipt. */
  `create table notifications (
    id text primary key,
    page text not null references pages on delete cascade,
    step integer not null,
    channel text not null,
    contact text,
    address text not null,
    why text not null,
    due_at timestamptz,
    state text not null,
    attempts integer not null default 0,
    tried_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    provider_id text,
    detail text,
    unique (page, step)
  )`,
  `create index notifications_recent on notifications (contact, due_at) where contact is not null`,
  `create index notifications_by_provider on notifications (channel, provider_id) where provider_id is not null`,
  /* A timer of something other than an incident, or one of many of an incident, says what it is for. */
  `alter table timers add column subject text`,
  `create table spent_tokens (id text primary key, at timestamptz not null)`,
];
