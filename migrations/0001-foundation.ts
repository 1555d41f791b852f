import { sql, type Kysely } from 'kysely';

/** The whole first shape of the database. Written as SQL that PostgreSQL 15 takes, because that is what it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...PEOPLE, ...INCIDENTS, ...ALERTS, ...WORK, ...CHAT]) {
    await sql.raw(statement).execute(db);
  }
}

const PEOPLE = [
  `create table people (
    id text primary key,
    name text not null,
    email text unique,
    role text not null check (role in ('viewer', 'responder', 'admin')),
    timezone text not null default 'UTC',
    active boolean not null default true,
    created_at timestamptz not null
  )`,
  `create table teams (id text primary key, name text not null, created_at timestamptz not null)`,
  `create table team_members (
    team_id text not null references teams on delete cascade,
    person_id text not null references people on delete cascade,
    primary key (team_id, person_id)
  )`,
  `create table identities (
    platform text not null,
    external_id text not null,
    person_id text not null references people on delete cascade,
    primary key (platform, external_id)
  )`,
  `create table api_keys (
    id text primary key,
    name text not null,
    secret_hash text not null,
    role text not null check (role in ('viewer', 'responder', 'admin')),
    scopes text[] not null,
    person_id text references people on delete cascade,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  `create table sign_in_links (
    token_hash text primary key,
    person_id text not null references people on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  `create table sessions (
    token_hash text primary key,
    person_id text not null references people on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create table access_log (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor jsonb not null,
    action text not null,
    details jsonb not null
  )`,
  `create table settings (key text primary key, value jsonb not null)`,
];

const INCIDENTS = [
  `create table incident_days (day date primary key, last integer not null)`,
  `create table incidents (
    number bigint generated always as identity primary key,
    id text not null unique,
    title text not null,
    description text not null,
    impact text not null,
    severity text not null,
    status text not null,
    category text not null,
    environment text not null,
    source text not null,
    source_event_id text,
    group_key text,
    fingerprint text not null,
    resource jsonb,
    assignee text references people,
    team text references teams,
    roles jsonb not null,
    escalation_level integer not null,
    tags jsonb not null,
    labels jsonb not null,
    sla jsonb not null,
    resolution jsonb,
    related jsonb not null,
    parent bigint references incidents,
    duplicate_of bigint references incidents,
    last_update text,
    next_update_at timestamptz,
    post_mortem_url text,
    detected_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    closed_at timestamptz,
    chain_position integer not null default 0,
    chain_hash text not null default ''
  )`,
  `create index incidents_by_creation on incidents (created_at desc, number desc)`,
  `create index incidents_open on incidents (status, severity) where status not in ('RESOLVED', 'CLOSED')`,
  `create index incidents_text on incidents using gin
    (to_tsvector('simple', title || ' ' || description || ' ' || impact))`,
  `create table incident_events (
    seq bigint generated always as identity primary key,
    incident bigint not null references incidents,
    position integer not null,
    type text not null,
    at timestamptz not null,
    actor jsonb not null,
    data jsonb not null,
    hash text not null,
    dispatched_at timestamptz,
    unique (incident, position)
  )`,
  `create index incident_events_undispatched on incident_events (seq) where dispatched_at is null`,
  `create table chain_anchors (
    day date primary key,
    last_seq bigint not null,
    incidents integer not null,
    hash text not null,
    made_at timestamptz not null
  )`,
  `create table incident_views (
    person_id text not null references people on delete cascade,
    incident bigint not null references incidents,
    last_seq bigint not null,
    primary key (person_id, incident)
  )`,
];

const ALERTS = [
  /* One row per group of alerts: whoever holds its lock decides which incident the group stands for. */
  `create table alert_groups (
    key text primary key,
    incident bigint references incidents,
    touched_at timestamptz not null
  )`,
  `create table alerts (
    fingerprint text primary key,
    cross_key text,
    group_key text not null references alert_groups,
    incident bigint references incidents,
    source text not null,
    rule text not null,
    title text not null,
    severity text not null,
    service text,
    environment text not null,
    state text not null,
    labels jsonb not null,
    about jsonb not null,
    links jsonb not null,
    times integer not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    fired_at timestamptz not null,
    fired_by uuid not null,
    copies jsonb not null,
    resolved_at timestamptz
  )`,
  `create index alerts_by_incident on alerts (incident, state)`,
  `create index alerts_by_cross_key on alerts (cross_key) where cross_key is not null`,
  `create table alert_events (
    id uuid primary key,
    external_id text,
    source text not null,
    fingerprint text not null,
    incident bigint,
    duplicate boolean not null,
    duplicate_of uuid,
    state text not null,
    severity text not null,
    alert jsonb not null,
    payload jsonb not null,
    at timestamptz not null,
    received_at timestamptz not null
  )`,
  `create unique index alert_events_once on alert_events (source, external_id) where external_id is not null`,
  `create index alert_events_by_age on alert_events using brin (received_at)`,
];

const WORK = [
  `create table timers (
    key text primary key,
    kind text not null,
    incident bigint references incidents,
    due_at timestamptz not null
  )`,
  `create index timers_due on timers (due_at)`,
  `create table jobs (
    id text primary key,
    kind text not null,
    lane text not null,
    payload jsonb not null,
    priority integer not null,
    run_at timestamptz not null,
    attempts integer not null default 0,
    interrupted integer not null default 0,
    locked_until timestamptz,
    dead_at timestamptz,
    last_error text,
    created_at timestamptz not null,
    seq bigint generated always as identity
  )`,
  `create index jobs_ready on jobs (priority, run_at, seq) where dead_at is null`,
  `create index jobs_running on jobs (lane) where locked_until is not null`,
  `create table deliveries (
    key text primary key,
    destination text not null,
    incident bigint references incidents,
    result jsonb not null,
    at timestamptz not null
  )`,
  `create table idempotency_keys (
    owner text not null,
    key text not null,
    request_hash text not null,
    status integer,
    body jsonb,
    created_at timestamptz not null,
    primary key (owner, key)
  )`,
  `create table rooms (
    incident bigint not null references incidents,
    platform text not null,
    room text not null,
    name text not null,
    url text not null,
    card text,
    opened_at timestamptz not null,
    archived_at timestamptz,
    primary key (incident, platform),
    unique (platform, room)
  )`,
];

/* The built-in chat keeps its own rooms and messages; the other platforms keep theirs. */
const CHAT = [
  `create table chat_rooms (
    id text primary key,
    kind text not null check (kind in ('room', 'direct')),
    name text not null,
    topic text not null,
    members jsonb not null,
    created_at timestamptz not null,
    last_at timestamptz not null,
    archived_at timestamptz
  )`,
  `create unique index chat_rooms_by_name on chat_rooms (name) where kind = 'room'`,
  `create table chat_messages (
    id bigint generated always as identity primary key,
    room_id text not null references chat_rooms,
    thread_of bigint references chat_messages,
    key text unique,
    author text references people,
    only_for text references people,
    body jsonb not null,
    plain text not null,
    posted_at timestamptz not null,
    edited_at timestamptz,
    deleted_at timestamptz,
    pinned_at timestamptz
  )`,
  `create index chat_messages_by_room on chat_messages (room_id, id)`,
  `create index chat_messages_by_thread on chat_messages (thread_of, id) where thread_of is not null`,
  `create index chat_messages_text on chat_messages using gin (to_tsvector('simple', plain))`,
  `create table chat_reactions (
    message_id bigint not null references chat_messages,
    person_id text not null references people,
    emoji text not null,
    at timestamptz not null,
    primary key (message_id, person_id, emoji)
  )`,
  `create table chat_reads (
    room_id text not null references chat_rooms,
    person_id text not null references people,
    last_id bigint not null,
    primary key (room_id, person_id)
  )`,
];
