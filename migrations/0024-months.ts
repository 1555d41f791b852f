import { sql, type Kysely } from 'kysely';

/**
 * What monitoring sent is kept by the month in which it came in, so that old months go at once and new ones stay
 * small. Rows that are there are moved, which takes about a minute for ten million, and nothing is answered meanwhile.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table alert_events rename to alert_events_whole`,
  `create table alert_events (
    id uuid not null,
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
    received_at timestamptz not null,
    constraint alert_events_by_id primary key (id, received_at)
  ) partition by range (received_at)`,
  `create index alert_events_by_time on alert_events using brin (received_at)`,
  /* What belongs to no month that was made: nothing is ever refused. */
  `create table alert_events_rest partition of alert_events default`,
  `do $$
    declare
      month timestamp;
    begin
      for month in select distinct date_trunc('month', received_at at time zone 'UTC') from alert_events_whole loop
        execute format(
          'create table %I partition of alert_events for values from (%L) to (%L)',
          'alert_events_' || to_char(month, 'YYYY_MM'),
          month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      end loop;
    end $$`,
  `insert into alert_events
    (id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at)
    select id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at
    from alert_events_whole order by received_at`,
  /*
   * The ids that senders gave their messages. Nothing that is cut by time can be unique in anything but time,
   * so they have a table of their own: small rows and one index, in which an id is 16 bytes of its hash.
   * It is made by the program too: src/db/event-names.ts.
   */
  `create table alert_event_names (
    key uuid not null,
    event uuid not null,
    received_at timestamptz not null
  )`,
  `insert into alert_event_names (key, event, received_at)
    select encode(substr(sha256(convert_to(octet_length(source) || ':' || source || external_id, 'UTF8')), 1, 16), 'hex')::uuid,
      id, received_at
    from alert_events_whole where external_id is not null order by received_at`,
  `alter table alert_event_names add primary key (key)`,
  `create index alert_event_names_by_time on alert_event_names using brin (received_at)`,
  `drop table alert_events_whole`,
];
