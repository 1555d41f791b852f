import { sql } from 'kysely';

import type { AlertRow, Reader, Tx } from './schema.ts';

export interface AlertCount {
  readonly firing: number;
  readonly total: number;
  /** How often they were reported in all. */
  readonly times: number;
}

export async function alertCounts(r: Reader, incidents: readonly number[]): Promise<Map<number, AlertCount>> {
  if (incidents.length === 0) return new Map();
  const { rows } = await sql<AlertCount & { incident: number }>`
    with repeated as (
      select incident, sum(times) as times from repeats_of_incidents
      where incident = any(${incidents}::bigint[]) group by incident
    )
    select incident, count(*) as total, count(*) filter (where state = 'firing') as firing,
      (sum(alerts.times) + coalesce(max(repeated.times), 0))::bigint as times
    from alerts left join repeated using (incident)
    where incident = any(${incidents}::bigint[]) group by incident`.execute(r);
  return new Map(rows.map(({ incident, ...count }) => [incident, count]));
}

/** Groups and alerts of one incident that a transaction has locked. */
export interface LockedAlerts {
  readonly groups: readonly string[];
  readonly alerts: readonly string[];
}

/**
 * Locks the groups that stand for an incident or have an alert in it, then its
 * alerts, both in the order ingest takes them. Once its own lock is held too,
 * nothing joins or leaves it; until then it may, so ask `hasUnlockedAlerts`.
 */
export async function lockAlertsOf(tx: Tx, incident: number): Promise<LockedAlerts> {
  const groups = await sql<{ key: string }>`
    select key from alert_groups where ${standsFor(incident)} order by key for update`.execute(tx);
  const alerts = await sql<{ fingerprint: string }>`
    select fingerprint from alerts where incident = ${incident} order by fingerprint for update`.execute(tx);
  return { groups: groups.rows.map((it) => it.key), alerts: alerts.rows.map((it) => it.fingerprint) };
}

/** True when the incident has got more since they were locked. */
export async function hasUnlockedAlerts(tx: Tx, incident: number, locked: LockedAlerts): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    select exists (
      select from alert_groups where ${standsFor(incident)} and key <> all(${locked.groups}::text[])
    ) or exists (
      select from alerts where incident = ${incident} and fingerprint <> all(${locked.alerts}::text[])
    ) as more`.execute(tx);
  return rows[0]?.more ?? false;
}

function standsFor(incident: number) {
  return sql<boolean>`(incident = ${incident} or key in (select group_key from alerts where incident = ${incident}))`;
}

/** Gives an incident's alerts and groups to another one; answers how many alerts. */
export async function moveAlerts(tx: Tx, from: number, to: number): Promise<number> {
  await tx.updateTable('alertGroups').set({ incident: to }).where('incident', '=', from).execute();
  const moved = await tx
    .updateTable('alerts')
    .set({ incident: to })
    .where('incident', '=', from)
    .executeTakeFirst();
  return Number(moved.numUpdatedRows);
}

/**
 * Makes and locks the groups of a batch, in the order of their keys, so that
 * two batches never wait for each other. Answers what they stand for.
 */
export async function lockGroups(
  tx: Tx,
  keys: readonly string[],
  now: Date,
): Promise<Map<string, { incident: number | null; touchedAt: Date }>> {
  const { rows } = await sql<{ key: string; incident: number | null; touchedAt: Date }>`
    insert into alert_groups (key, incident, touched_at)
    select key, null, ${now} from unnest(${keys}::text[]) as key order by key
    on conflict (key) do update set key = excluded.key
    returning key, incident, touched_at`.execute(tx);
  return new Map(rows.map(({ key, ...group }) => [key, group]));
}

/** What is known of alerts with these fingerprints, locked. */
export async function lockAlerts(tx: Tx, fingerprints: readonly string[]): Promise<KnownAlertRow[]> {
  const { rows } = await sql<KnownAlertRow>`
    select fingerprint, group_key, incident, state, severity, fired_at, fired_by, copies, muted_by
    from alerts where fingerprint = any(${fingerprints}::text[])
    order by fingerprint for update`.execute(tx);
  return rows;
}

/** The groups of alerts that were heard of before: an alert stays in its first one, whatever later messages of it say. */
export async function findGroupKeys(tx: Tx, fingerprints: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ fingerprint: string; groupKey: string }>`
    select fingerprint, group_key from alerts where fingerprint = any(${fingerprints}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.fingerprint, row.groupKey]));
}

/** Enough to find the copy of one alert among those that fire; the newest ones where there are more. */
const TWINS_READ = 500;

/** Alerts that fire under one of these cross keys: candidates to be the same alert by another way. */
export async function findTwins(
  tx: Tx,
  crossKeys: readonly string[],
): Promise<Pick<AlertRow, 'fingerprint' | 'crossKey' | 'groupKey' | 'about'>[]> {
  if (crossKeys.length === 0) return [];
  return await tx
    .selectFrom('alerts')
    .select(['fingerprint', 'crossKey', 'groupKey', 'about'])
    .where('crossKey', '=', sql<string>`any(${crossKeys}::text[])`)
    .where('state', '=', 'firing')
    .orderBy('lastAt', 'desc')
    .limit(TWINS_READ)
    .execute();
}

export type KnownAlertRow = Pick<
  AlertRow,
  | 'fingerprint'
  | 'groupKey'
  | 'incident'
  | 'state'
  | 'severity'
  | 'firedAt'
  | 'firedBy'
  | 'copies'
  | 'mutedBy'
>;

/** How many alerts fire, by incident. */
export async function countFiring(tx: Tx, incidents: readonly number[]): Promise<Map<number, number>> {
  const counts = await alertCounts(tx, incidents);
  return new Map([...counts].map(([incident, { firing }]) => [incident, firing]));
}

export interface AlertWrite {
  readonly fingerprint: string;
  readonly crossKey: string | null;
  readonly groupKey: string;
  readonly incident: number | null;
  readonly source: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  readonly environment: string;
  readonly state: 'firing' | 'resolved';
  readonly labels: unknown;
  readonly about: unknown;
  readonly links: unknown;
  /** How often this batch reports it. */
  readonly times: number;
  readonly at: Date;
  readonly firedAt: Date;
  readonly firedBy: string;
  readonly copies: unknown;
  readonly mutedBy: string | null;
}

/**
 * Writes what a batch made of its alerts: one row each, in the order of their
 * fingerprints. In another incident an alert is counted anew. Answers how many it wrote: fewer, when another batch was first
 * to hear of one and put it in another group.
 */
export async function saveAlerts(tx: Tx, alerts: readonly AlertWrite[]): Promise<number> {
  if (alerts.length === 0) return 0;
  const { rows } = await sql<{ written: number }>`
    with written as (insert into alerts
      (fingerprint, cross_key, group_key, incident, source, rule, title, severity, service, environment,
       state, labels, about, links, times, first_at, last_at, fired_at, fired_by, copies, muted_by, resolved_at)
    select fingerprint, "crossKey", "groupKey", incident, source, rule, title, severity, service, environment,
       state, labels, about, links, times, at, at, "firedAt", "firedBy", copies, "mutedBy", case when state = 'resolved' then at end
    from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb) as it(
      fingerprint text, "crossKey" text, "groupKey" text, incident bigint, source text, rule text, title text,
      severity text, service text, environment text, state text, labels jsonb, about jsonb, links jsonb, times integer,
      at timestamptz, "firedAt" timestamptz, "firedBy" uuid, copies jsonb, "mutedBy" text)
    order by fingerprint
    on conflict (fingerprint) do update set
      incident = excluded.incident, title = excluded.title, severity = excluded.severity, state = excluded.state,
      labels = excluded.labels, about = excluded.about, links = excluded.links,
      times = excluded.times + case when alerts.incident <> excluded.incident then 0 else alerts.times end,
      last_at = excluded.last_at, fired_at = excluded.fired_at, fired_by = excluded.fired_by, copies = excluded.copies,
      resolved_at = excluded.resolved_at, muted_by = excluded.muted_by
    where alerts.group_key = excluded.group_key
    returning 1) select count(*)::int as written from written`.execute(tx);
  return rows[0]?.written ?? 0;
}

export async function saveGroups(
  tx: Tx,
  groups: readonly { readonly key: string; readonly incident: number | null; readonly touchedAt: Date }[],
): Promise<void> {
  if (groups.length === 0) return;
  await sql`
    update alert_groups set incident = it.incident, touched_at = it."touchedAt"
    from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) as it(key text, incident bigint, "touchedAt" timestamptz)
    where alert_groups.key = it.key`.execute(tx);
}

/** Has the cards of these incidents show their counts some time after `at`, unless that is planned already; true where it was not. */
export async function wakeCards(tx: Tx, incidents: readonly number[], at: Date): Promise<boolean> {
  if (incidents.length === 0) return false;
  const { numAffectedRows = 0n } = await sql`
    insert into timers (key, kind, incident, due_at)
    select 'card-refresh-' || number, 'card-refresh', number,
      count_due(number, created_at, ${at}, (select count(*) from timers where kind = 'card-refresh'))
    from incidents where number = any(${incidents}::bigint[]) order by 1
    on conflict (key) do nothing`.execute(tx);
  return numAffectedRows > 0n;
}

/** A card that alerts join shows them so late at most, and up to half of it sooner. */
const JOINED_MS = 750;

/**
 * Has the cards of these incidents, which alerts joined, drawn soon: in a storm that is once for many. Each by another
 * part of that time, see `count_due` of migration 0038. What is planned already only comes sooner.
 */
export async function wakeCardsSoon(tx: Tx, incidents: readonly number[], at: Date): Promise<void> {
  if (incidents.length === 0) return;
  await sql`
    insert into timers (key, kind, incident, due_at)
    select 'card-refresh-' || number, 'card-refresh', number,
      ${at}::timestamptz + interval '1 ms' * ${JOINED_MS}::integer * (1 - (number * 619 % 1000) / 2000.0)
    from unnest(${[...new Set(incidents)]}::bigint[]) as number order by 1
    on conflict (key) do update set due_at = excluded.due_at where excluded.due_at < timers.due_at`.execute(
    tx,
  );
}
