import { sql, type Kysely } from 'kysely';

/** `record_repeats` is called as before and answers the same. `alert_repeats` stays, empty, for the program before. */
export const additive = true;

/**
 * Repeats are counted by incident, which is all that anybody asks for, and a batch writes one row of counts. A row for
 * each alert that was written anew with each repeat took a sixth of the statement, and left as much for the vacuum.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  await sql.raw(RECORD_REPEATS).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table incident_repeats (
    incident bigint primary key,
    times bigint not null
  ) with (fillfactor = 50)`,
  /* Counts of a batch each, until they are added to those of their incidents. */
  `create table repeat_counts (
    id bigint generated always as identity primary key,
    incidents bigint[] not null,
    times integer[] not null
  )`,
  `create view repeats_of_incidents as
    select incident, times from incident_repeats
    union all
    select it.incident, it.times from repeat_counts, unnest(repeat_counts.incidents, repeat_counts.times) as it(incident, times)`,
  /* Each table in one order by everybody, and nothing else after it. Every 64th batch does it, so whoever reads has few rows to add. */
  `create function fold_repeats() returns void language sql as $$
    with gone as (
      delete from repeat_counts where id = any (array(select id from repeat_counts order by id for update))
      returning incidents, times
    )
    insert into incident_repeats (incident, times)
    select it.incident, sum(it.times) from gone, unnest(gone.incidents, gone.times) as it(incident, times)
    group by it.incident order by it.incident
    on conflict (incident) do update set times = incident_repeats.times + excluded.times
  $$`,
  `lock table alert_repeats in exclusive mode`,
  `insert into incident_repeats (incident, times)
    select incident, sum(alert_repeats.times) from alert_repeats join alerts using (fingerprint)
    where incident is not null group by incident`,
  `delete from alert_repeats`,
];

const RECORD_REPEATS = `create or replace function record_repeats(
      said_fingerprints text, said_severities text, said_copies text, said_titles text,
      told_alerts text, told_ids text, told_keys text, told_externals text, told_sources text,
      told_docs text, told_payloads text, told_times text,
      at_now timestamptz, touch_before timestamptz
    ) returns json language plpgsql
    set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off set enable_mergejoin = off
    as $$
  declare
    sep constant text := chr(31);
    answer json;
    counted bigint;
  begin
    with said as materialized (
      select (place - 1)::int as n, fingerprint, severity, copies::jsonb, title
      from rows from (
        string_to_table(said_fingerprints, sep), string_to_table(said_severities, sep),
        string_to_table(said_copies, sep), string_to_table(said_titles, sep)
      ) with ordinality as it(fingerprint, severity, copies, title, place)
    ), held as materialized (
      select said.n, said.fingerprint, said.severity, said.title, alert.incident, alert.fired_by, alert.group_key,
        open.id as incident_id, open.created_at, alert.title <> said.title or alert.last_at < at_now - interval '1 minute' as is_news
      from said cross join lateral (
        select incident, fired_by, group_key, title, last_at from alerts
        where fingerprint = said.fingerprint and state = 'firing' and severity = said.severity
          and alerts.copies @> said.copies
        for no key update
      ) as alert cross join lateral (
        select id, created_at from incidents where number = alert.incident and status not in ('RESOLVED', 'CLOSED') offset 0
      ) as open
    ), told as materialized (
      select id::uuid, key::uuid, external_id, source, alert, payload, at,
        held.fingerprint, held.incident, held.created_at, held.severity, held.fired_by
      from rows from (
        string_to_table(told_alerts, sep), string_to_table(told_ids, sep), string_to_table(told_keys, sep, ''),
        string_to_table(told_externals, sep, ''), string_to_table(told_sources, sep), string_to_table(told_docs, sep),
        string_to_table(told_payloads, sep), string_to_table(told_times, sep)
      ) as it(n, id, key, external_id, source, alert, payload, at)
      join held on held.n = it.n::int
    ), fresh as materialized (
      insert into alert_event_names (key, event, received_at)
      select key, id, at_now from told where key is not null order by key
      on conflict (key) do nothing
      returning event
    ), sorted as materialized (
      select told.*, key is null or id in (select event from fresh) as is_new from told
    ), written as (
      insert into alert_events
        (id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at)
      select id, external_id, source, fingerprint, incident, true, fired_by, 'firing', severity, alert::jsonb,
        payload::jsonb, at::timestamptz, at_now
      from sorted where is_new
    ), counts as materialized (
      select incident, min(created_at) as created_at, count(*)::integer as times from sorted where is_new group by incident
    ), counted as (
      insert into repeat_counts (incidents, times)
      select array_agg(incident), array_agg(times) from counts having count(*) > 0
      returning id
    ), retold as (
      update alerts set last_at = at_now,
        title = (select jsonb_object_agg(fingerprint, title) from held where is_news) ->> fingerprint
      where fingerprint = any (array(select fingerprint from held where is_news))
    ), touched as (
      update alert_groups set touched_at = at_now where key = any (array(
        select key from alert_groups
        where key = any (array(select distinct group_key from held)) and touched_at < touch_before
        for update skip locked
      ))
    ), woken as (
      insert into timers (key, kind, incident, due_at)
      select 'card-refresh-' || incident, 'card-refresh', incident,
        count_due(incident, created_at, at_now, (select count(*) from timers where kind = 'card-refresh'))
      from counts as of_it
      where (select true from timers where key = 'card-refresh-' || of_it.incident limit 1) is null order by 1
      on conflict (key) do nothing returning 1
    )
    select json_build_object(
      'held', (select coalesce(json_agg(json_build_array(n, incident, incident_id, fired_by)), '[]') from held),
      'unwritten', (select coalesce(json_agg(id), '[]') from sorted where not is_new),
      'wakes', exists (select 1 from woken)
    ), (select id from counted) into answer, counted;
    if counted % 64 = 0 then
      perform fold_repeats();
    end if;
    return answer;
  end $$`;
