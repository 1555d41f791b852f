import { sql, type Kysely } from 'kysely';

/**
 * Each chat platform works by itself: its jobs have lanes and slots of their own,
 * a room remembers what was last shown in it, and a platform that does not
 * answer is written down.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...JOBS, ...ROOMS, ...OUTAGES]) await sql.raw(statement).execute(db);
}

const JOBS = [
  `alter table jobs add column whole boolean not null default false`,
  `alter table jobs add column class text not null generated always as (split_part(lane, '@', 2)) stored`,
  `drop index jobs_ready`,
  `create index jobs_ready on jobs (class, priority, run_at, seq) where dead_at is null`,
  `create index jobs_in_order on jobs (lane, kind, seq) where dead_at is null`,
  // What waits for a chat is now work for one platform; until now there was only one.
  `update jobs set kind = kind || '@web', payload = payload || jsonb_build_object('reaction', kind || '@web')
   where kind in ('announce', 'archive-room', 'invite', 'open-room', 'refresh-card', 'set-topic', 'tell-room')`,
];

const ROOMS = [
  `alter table rooms
    add column card_shown text,
    add column cards_lost integer not null default 0,
    add column topic_shown text,
    add column line text,
    add column line_shown text,
    add column lines_lost integer not null default 0,
    add column invited jsonb not null default '[]',
    add column notices jsonb not null default '{}'`,
  `create table former_rooms (
    platform text not null,
    room text not null,
    incident bigint not null references incidents,
    lost_at timestamptz not null,
    primary key (platform, room)
  )`,
  `create index former_rooms_by_incident on former_rooms (incident, platform)`,
];

const OUTAGES = [
  `create table outages (
    id bigint generated always as identity primary key,
    platform text not null,
    since timestamptz not null,
    over_at timestamptz
  )`,
  `create unique index outages_running on outages (platform) where over_at is null`,
];
