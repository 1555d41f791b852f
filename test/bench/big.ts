import { sql } from 'kysely';

import type { Db } from '#src/db/schema.ts';
import { DIMENSIONS, HASHING } from '#src/search/hashing.ts';

export interface Size {
  readonly incidents: number;
  readonly events: number;
}

/**
 * Fills an empty, migrated database: three years of incidents with their timelines, alerts, rooms, talk, pages and
 * memories, and ninety days of what monitoring sent, which is as long as it is kept. Everything is made inside the
 * database, by plain numbers, so that two runs of a size have the same. A million incidents and ten million
 * messages take some ten minutes and 20 GB.
 */
export async function fill(db: Db, { incidents, events }: Size, now: Date): Promise<void> {
  for (const [name, text] of Object.entries(steps({ incidents, events }, now))) {
    const start = performance.now();
    await db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`set local synchronous_commit = off`.execute(tx);
      await sql.raw(text).execute(tx);
    });
    process.stderr.write(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  }
}

const YEARS_MS = 3 * 365 * 86_400_000;
const KEPT_MS = 89 * 86_400_000;
const PEOPLE = 300;

/** By name; each is one statement. */
function steps({ incidents, events }: Size, now: Date): Record<string, string> {
  const nowText = `'${now.toISOString()}'::timestamptz`;
  const opened = (n: string) =>
    `${nowText} - interval '1 ms' * (${YEARS_MS}::float8 * (${incidents} - ${n}) / ${incidents})`;
  /** Of ten thousand, a number that looks like chance and is the same in every run. */
  const dice = (n: string, salt: number) => `(abs(hashint8(${n}::bigint * 31 + ${salt})) % 10000)`;
  const pick = (list: string, n: string, salt: number) =>
    `(${list})[1 + ${dice(n, salt)} % array_length(${list}, 1)]`;
  const words = (n: string, salt: number, count: number) =>
    Array.from(
      { length: count },
      (_, at) => `'w' || (${dice(n, salt + at)} * ${dice(n, salt + 50 + at)} / 33000)`,
    ).join(` || ' ' || `);
  const service = (n: string) => `'service-' || (${dice(n, 1)} * ${dice(n, 2)} / 400000)`;
  const rule = (n: string) => pick(RULES, n, 3);
  const severity = (n: string) =>
    `case when ${dice(n, 4)} < 100 then 'P0' when ${dice(n, 4)} < 600 then 'P1' when ${dice(n, 4)} < 2600 then 'P2' when ${dice(n, 4)} < 7000 then 'P3' else 'P4' end`;
  const person = (n: string, salt: number) => `'person-' || (${dice(n, salt)} % ${PEOPLE})`;
  const isOpen = (n: string) => `(${n} > ${Math.round(incidents * 0.9985)} or ${n} % 5000 = 7)`;
  const first = Math.max(1, Math.round(incidents * (1 - KEPT_MS / YEARS_MS)));
  const of = (i: string) => `(${first} + (${i}::bigint * ${incidents - first}) / ${events})`;
  const at = (i: string) =>
    `(${nowText} - interval '1 ms' * (${KEPT_MS}::float8 * (${events} - ${i}) / ${events}))`;
  const eventId = (i: string, when: string) =>
    `(lpad(to_hex((extract(epoch from ${when}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${i}::text), 1, 3) || '8' || substr(md5(${i}::text), 4, 15))::uuid`;
  const span = Math.max(1, incidents - first);
  /** The message that opened it, and the one after it, which has the words that all later ones refer to. */
  const firstEvent = (n: string) => `(((${n} - ${first})::bigint * ${events} + ${span - 1}) / ${span})`;
  const isOver = (i: string) => `(${i} % 20 = 19)`;
  const firstRepeat = (n: string) => `(${firstEvent(n)} + 1 + ${isOver(`(${firstEvent(n)} + 1)`)}::int)`;
  return {
    people: `insert into people (id, name, email, role, created_at)
      select 'person-' || n, 'Person ' || n, 'person-' || n || '@example.org', case when n % 10 = 0 then 'admin' else 'responder' end, ${nowText} - interval '3 years'
      from generate_series(0, ${PEOPLE - 1}) as n`,
    incidents: `insert into incidents (number, id, title, description, impact, severity, status, category, environment, source,
        source_event_id, group_key, fingerprint, resource, assignee, team, roles, is_private, insiders, escalation_level, tags, labels, sla,
        resolution, related, detected_at, created_at, updated_at, acknowledged_at, resolved_at, closed_at, chain_position, chain_hash)
      overriding system value
      select n, 'INC-' || to_char(opened, 'YYYYMMDD') || '-' || lpad((n % 100000)::text, 5, '0'),
        rule || ' on ' || service, 'The alert ' || rule || ' fires on ' || service || ': ' || ${words('n', 100, 12)}, case when n % 3 = 0 then 'Customers see ' || ${words('n', 130, 4)} else '' end,
        ${severity('n')}, status, ${pick(CATEGORIES, 'n', 5)}, case when ${dice('n', 6)} < 8000 then 'production' when ${dice('n', 6)} < 9500 then 'staging' else 'development' end,
        ${pick(SOURCES, 'n', 7)}, null, 'g-' || n, 'f-' || n,
        jsonb_build_object('type', 'service', 'id', service, 'name', service, 'metadata', '{}'::jsonb),
        case when ${dice('n', 8)} < 8500 then ${person('n', 9)} end, null, '{}', ${dice('n', 10)} < 30,
        '[]', 0, jsonb_build_object('service', service, 'rule', rule), '[]',
        jsonb_build_object('acknowledgmentDeadline', opened + interval '5 min', 'resolutionDeadline', opened + interval '4 hours', 'acknowledgmentBreached', ${dice('n', 11)} < 500, 'resolutionBreached', ${dice('n', 12)} < 1500),
        null, '[]', opened, opened, opened + interval '1 s' * (60 + ${dice('n', 13)}),
        case when status <> 'NEW' then opened + interval '1 s' * (${dice('n', 14)} / 20) end,
        case when status in ('RESOLVED', 'CLOSED') then opened + interval '1 s' * (600 + ${dice('n', 15)}) end,
        case when status = 'CLOSED' then opened + interval '1 s' * (1200 + ${dice('n', 15)} * 2) end, 4, 'x'
      from (select n, ${opened('n')} as opened, ${rule('n')} as rule, ${service('n')} as service,
        case when not ${isOpen('n')} then case when ${dice('n', 16)} < 100 then 'RESOLVED' else 'CLOSED' end
          else ${pick("array['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED']", 'n', 17)} end as status
        from generate_series(1, ${incidents}) as n) as it`,
    'numbers of incidents': `select setval(pg_get_serial_sequence('incidents', 'number'), ${incidents})`,
    timelines: `insert into incident_events (incident, position, type, at, actor, data, hash, dispatched_at)
      select n, p, (array['incident.declared', 'incident.acknowledged', 'incident.noted', 'incident.resolved'])[p], ${opened('n')} + interval '1 min' * p,
        case when p = 1 then '{"type": "system", "id": "system", "name": "Incident Manager"}'::jsonb else jsonb_build_object('type', 'user', 'id', ${person('n', 9)}, 'name', 'Person') end,
        case p
          when 1 then jsonb_build_object('title', ${rule('n')}, 'severity', ${severity('n')}, 'category', 'performance', 'source', 'prometheus', 'rule', ${rule('n')}, 'why', null)
          when 2 then '{"from": "NEW", "to": "ACKNOWLEDGED", "notes": null}'::jsonb
          when 3 then jsonb_build_object('comment', 'c-' || n, 'content', ${words('n', 160, 10)})
          else '{"from": "ACKNOWLEDGED", "to": "RESOLVED", "rootCause": null, "notes": null, "playbookUsed": null}'::jsonb end,
        md5(n::text), ${opened('n')}
      from generate_series(1, ${incidents}) as n, generate_series(1, 4) as p`,
    'groups of alerts': `insert into alert_groups (key, incident, touched_at) select 'g-' || n, n, ${opened('n')} from generate_series(1, ${incidents}) as n`,
    alerts: `insert into alerts (fingerprint, cross_key, group_key, incident, source, rule, title, severity, service, environment, state, labels, about, links, times, first_at, last_at, fired_at, fired_by, copies, resolved_at)
      select 'f-' || n, 'c-' || n, 'g-' || n, n, ${pick(SOURCES, 'n', 7)}, ${rule('n')}, ${rule('n')} || ' on ' || ${service('n')}, ${severity('n')}, ${service('n')}, 'production',
        case when ${isOpen('n')} then 'firing' else 'resolved' end, jsonb_build_object('service', ${service('n')}), '{}', '[]', 10, ${opened('n')}, ${opened('n')}, ${opened('n')},
        ${eventId(firstEvent('n'), at(firstEvent('n')))}, '[]', case when not ${isOpen('n')} then ${opened('n')} end
      from generate_series(1, ${incidents}) as n`,
    rooms: `insert into chat_rooms (id, kind, name, topic, members, created_at, last_at, archived_at)
      select 'room-' || n, 'room', 'inc-' || n || '-' || lower(${rule('n')}), 'P3', '[]', ${opened('n')}, ${opened('n')}, case when not ${isOpen('n')} then ${opened('n')} end
      from generate_series(1, ${incidents}) as n`,
    'rooms of incidents': `insert into rooms (incident, platform, room, name, url, opened_at, archived_at)
      select n, 'web', 'room-' || n, 'inc-' || n, 'http://localhost/#room-' || n, ${opened('n')}, case when not ${isOpen('n')} then ${opened('n')} end
      from generate_series(1, ${incidents}) as n`,
    talk: `insert into chat_messages (room_id, key, author, body, plain, posted_at)
      select 'room-' || n, null, ${person('n', 20)}, jsonb_build_object('text', said), said, ${opened('n')}
      from (select n, ${words('n', 190, 8)} as said from generate_series(1, ${incidents}) as n) as it`,
    pages: `insert into pages (id, incident, key, recipient_kind, recipient, level, cycle, urgency, severity, reason, requested_by, requested_at)
      select 'page-' || n, n, 'k-' || n, 'person', ${person('n', 9)}, 1, 1, 'high', ${severity('n')}, '', '{"type": "system", "id": "system", "name": "Incident Manager"}', ${opened('n')}
      from generate_series(1, ${incidents}, 2) as n`,
    'some vectors': `create table bench_vectors as select k, array(
        select case when random() < 0.15 then (random() - 0.5)::real else 0::real end from generate_series(1, ${DIMENSIONS}) where k >= 0) as vector
      from generate_series(0, 1999) as k`,
    memories: `insert into incident_memories (incident, service, rules, text, words, cause, fix, over_at, lasted_ms, model, dimensions, vector)
      select number, resource ->> 'name', array[tags ->> 'rule'], title || ' ' || description,
        lower(title || ' ' || description), null, null, resolved_at, 600000, '${HASHING}', ${DIMENSIONS}, bench_vectors.vector
      from incidents join bench_vectors on k = number % 2000
      where status in ('RESOLVED', 'CLOSED') and severity <> 'P4'`,
    months: `do $$ declare month timestamptz; begin
      for month in select distinct date_trunc('month', ${at('0')} + interval '1 day' * d) from generate_series(0, 90) as d loop
        if to_regclass('alert_events_' || to_char(month, 'YYYY_MM')) is null then
          execute format('create table %I partition of alert_events for values from (%L) to (%L)', 'alert_events_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
        end if;
      end loop; end $$`,
    /* As the program stores them: of a repeat only what is its own, and the id of one of the last ten minutes that has the words. */
    messages: `insert into alert_events (id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at)
      select id, 'e-' || i, source, 'f-' || n, n, is_repeat, case when is_repeat then fired_by end, case when is_over then 'resolved' else 'firing' end, severity,
        case when is_like then jsonb_build_object('like', words_in, 'ownPayload', true, 'metrics', metrics)
          else said || case when is_repeat then '{}' else jsonb_build_object('rule', rule, 'service', service, 'environment', 'production') end end,
        case when is_like then own else own || said || jsonb_build_object('source', source) end, at, at
      from (
        select *, is_repeat and i > ${firstRepeat('n')} and at - words_at < interval '10 minutes'
            and date_trunc('month', at at time zone 'UTC') = date_trunc('month', words_at at time zone 'UTC') as is_like,
          ${eventId(firstRepeat('n'), 'words_at')} as words_in, ${eventId(firstEvent('n'), at(firstEvent('n')))} as fired_by,
          jsonb_build_object('event_id', 'e-' || i, 'timestamp', at, 'metrics', metrics) as own,
          jsonb_build_object('title', rule || ' on ' || service, 'description', words, 'labels', jsonb_build_object('alertname', rule, 'service', service), 'metrics', metrics) as said
        from (
          select i, n, at, ${eventId('i', 'at')} as id, ${at(firstRepeat('n'))} as words_at, ${pick(SOURCES, 'n', 7)} as source, ${severity('n')} as severity,
            ${isOver('i')} and i <> ${firstEvent('n')} as is_over, not ${isOver('i')} and i <> ${firstEvent('n')} as is_repeat,
            ${rule('n')} as rule, ${service('n')} as service, ${words('n', 100, 5)} as words, jsonb_build_object('value', i % 1000) as metrics
          from (select i, ${of('i')} as n, ${at('i')} as at from generate_series(0, ${events - 1}) as i) as it
        ) as told
      ) as parts`,
    'ids of messages': `insert into alert_event_names (key, event, received_at)
      select encode(substr(sha256(convert_to(octet_length(source) || ':' || source || external_id, 'UTF8')), 1, 16), 'hex')::uuid, id, received_at from alert_events`,
  };
}

const RULES = `array['HighErrorRate', 'HighLatency', 'DiskAlmostFull', 'PodCrashLooping', 'QueueBacklog', 'CertificateExpires', 'CpuThrottled', 'MemoryPressure', 'TargetDown', 'ReplicationLag', 'SlowQueries', 'TooManyConnections', 'BackupFailed', 'SyntheticCheckFailed', 'ErrorBudgetBurn', 'KafkaLag', 'RedisEvictions', 'LoginFailures', 'PaymentDeclines', 'NodeNotReady']`;
const CATEGORIES = `array['performance', 'security', 'availability', 'compliance', 'cost', 'other']`;
const SOURCES = `array['prometheus', 'grafana', 'datadog', 'sentinel']`;
