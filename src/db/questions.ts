import { sql, type RawBuilder } from 'kysely';

import { UserError } from '#src/errors.ts';
import { SEVERITIES, type Severity, type Status } from '#src/incident/incident.ts';
import { faultOf, isTime, subjectOf, unitOf, type QuerySpec } from '#src/questions/spec.ts';

import { dimensionOf, rowsOf, type Asker } from './question-parts.ts';
import type { Db, Reader } from './schema.ts';

/** The rows of an answer as they come: keys of the groups, the value, and how many rows stand behind it. */
export interface AnswerRow {
  /** In the order of `group_by`; null where a row has none, as of incidents without a team. */
  readonly keys: readonly (string | null)[];
  /** Counts, seconds, or a share from 0 to 1; null where there is nothing to take a mean of. */
  readonly value: number | null;
  /** How many rows the value was made of. */
  readonly n: number;
}

/** An incident behind an answer. */
export interface BehindRow {
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly assignee: string | null;
  readonly createdAt: Date;
  /** Seconds until it was resolved, or until now. */
  readonly seconds: number;
}

export interface QuestionAnswer {
  readonly rows: readonly AnswerRow[];
  /** Incidents: all of a list, else the first behind the numbers. */
  readonly incidents: readonly BehindRow[];
  /** Incidents, messages, pages or changes that the question is about, in all. */
  readonly total: number;
}

/** A question may keep the database busy for this long. */
const PATIENCE_MS = 8000;
/** Incidents shown beside a number. */
const BEHIND = 5;

/**
 * Answers a query with what `viewer` may see. All that is in it goes to the database as parameters, never as
 * text. Merged incidents count once: as the one that they became.
 * @throws UserError `bad_arguments` for a query that makes no sense, `busy` where it takes too long
 */
export async function answerQuestion(db: Db, spec: QuerySpec, asker: Asker): Promise<QuestionAnswer> {
  const fault = faultOf(spec);
  if (fault !== null) throw new UserError('bad_arguments', fault);
  try {
    return await db.transaction().execute(async (tx) => {
      await sql`select set_config('statement_timeout', ${String(PATIENCE_MS)}, true)`.execute(tx);
      return await answerIn(tx, spec, asker);
    });
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

async function answerIn(r: Reader, spec: QuerySpec, asker: Asker): Promise<QuestionAnswer> {
  const isList = spec.metric === 'list';
  const found = isList ? [] : (await numbersQuery(spec, asker).execute(r)).rows;
  const rows = found.map(({ keys, value, n }) => ({ keys, value, n }));
  const counted = isList ? (await totalQuery(spec, asker).execute(r)).rows : found;
  const total = counted[0]?.total ?? 0;
  const isOfIncidents = subjectOf(spec.metric) === 'incidents';
  const incidents = isOfIncidents ? (await behindQuery(spec, asker).execute(r)).rows : [];
  return { rows, incidents, total };
}

/** One row for each group, or one in all; with each, how many rows all groups were made of. */
export function numbersQuery(spec: QuerySpec, asker: Asker): RawBuilder<AnswerRow & { total: number }> {
  const { group_by, order, limit, metric } = spec;
  const keys = group_by.map((it) => dimensionOf(it, spec, asker));
  const array = keys.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(keys)}]::text[]`;
  const byKey = order.by === 'time' && group_by.some(isTime);
  const direction = order.direction === 'asc' ? sql`asc` : sql`desc`;
  const sorted = byKey ? sql`keys ${direction}` : sql`value ${direction} nulls last, n desc, keys`;
  // Expressions with parameters can be grouped by only as columns.
  return sql`
    select keys, value, n, (sum(times) over ())::int as total from (
      select keys, ${valueOf(metric)} as value, ${nOf(metric)} as n, sum(times) as times
      from (
        select ${array} as keys, ${measureOf(metric)} as measure, ${timesOf(metric)} as times
        from ${rowsOf(spec, asker)}
      ) as found
      group by keys
    ) as answer
    order by ${sorted} limit ${limit}`;
}

/** How many incidents a list is about. */
export function totalQuery(spec: QuerySpec, asker: Asker): RawBuilder<{ total: number }> {
  return sql`select count(*)::int as total from ${incidentsOf(spec, asker)}`;
}

/** The incidents of a list, or the first behind a number. */
export function behindQuery(spec: QuerySpec, asker: Asker): RawBuilder<BehindRow> {
  const { order, metric } = spec;
  const isList = metric === 'list';
  const limit = isList ? spec.limit : (asker.behind ?? BEHIND);
  const direction = order.direction === 'asc' ? sql`asc` : sql`desc`;
  const length = sql`extract(epoch from coalesce(resolved_at, ${asker.now}) - created_at)`;
  const severity = sql`array_position(${sql.val(SEVERITIES.toReversed())}::text[], severity)`;
  const key = { value: sql`created_at`, time: sql`created_at`, duration: length, severity }[order.by];
  const sorted = isList ? sql`${key} ${direction}` : sql`created_at desc`;
  return sql<BehindRow>`
    select number, title, severity, status, assignee, created_at as "createdAt", (${length})::float8 as seconds
    from ${incidentsOf(spec, asker)}
    order by ${sorted}, number desc limit ${limit}`;
}

function incidentsOf(spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  if (subjectOf(spec.metric) !== 'incidents') throw new Error(`${spec.metric} is not about incidents`);
  return rowsOf(spec, asker);
}

/** What is averaged or summed: seconds, whether something is so, or how many. */
function measureOf(metric: QuerySpec['metric']): RawBuilder<unknown> {
  if (metric === 'mttd') return sql`greatest(0, extract(epoch from created_at - detected_at))::float8`;
  if (metric === 'mtta' || metric.startsWith('acknowledge-p')) return secondsUntil('acknowledgedAt');
  if (metric === 'mttr' || metric.startsWith('resolve-p')) return secondsUntil('resolvedAt');
  if (metric === 'acknowledged-in-time') return KEPT.acknowledgment;
  if (metric === 'resolved-in-time') return KEPT.resolution;
  if (metric === 'noise') return sql`repeats`;
  return timesOf(metric);
}

/** How many rows of what was asked for stand in one row here: messages that say the same are folded. */
function timesOf(metric: QuerySpec['metric']): RawBuilder<unknown> {
  return subjectOf(metric) === 'alerts' ? sql`times` : sql`1`;
}

/** Null where it has not come to that yet: `greatest` would make a zero of it. */
function secondsUntil(column: 'acknowledgedAt' | 'resolvedAt'): RawBuilder<unknown> {
  const end = sql.ref(column);
  return sql`case when ${end} is not null
    then greatest(0, extract(epoch from ${end} - created_at))::float8 end`;
}

/**
 * 1 where a promise was kept, 0 where it was broken; null where it was never made (P4), or is open still.
 */
const KEPT = {
  acknowledgment: sql`case
    when sla ->> 'acknowledgmentDeadline' is null then null
    when sla ->> 'acknowledgmentBreached' = 'true' then 0.0
    when acknowledged_at is not null then 1.0 end`,
  resolution: sql`case
    when sla ->> 'resolutionDeadline' is null then null
    when sla ->> 'resolutionBreached' = 'true' then 0.0
    when resolved_at is not null then 1.0 end`,
};

function valueOf(metric: QuerySpec['metric']): RawBuilder<unknown> {
  if (unitOf(metric) === 'count') return sql`sum(measure)::int`;
  // Interpolated between the two nearest (Hyndman and Fan's type 7).
  if (metric.endsWith('-p50')) return sql`percentile_cont(0.5) within group (order by measure)`;
  if (metric.endsWith('-p95')) return sql`percentile_cont(0.95) within group (order by measure)`;
  return sql`avg(measure)::float8`;
}

/** Of means and shares only what has a value counts: who was never acknowledged has no time to acknowledge. */
function nOf(metric: QuerySpec['metric']): RawBuilder<unknown> {
  return unitOf(metric) === 'count' ? sql`sum(times)::int` : sql`count(measure)::int`;
}

/** PostgreSQL ended the statement, or does not know the zone of somebody who was paged. */
function refusalOf(error: unknown): UserError | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code === '22023') {
    return new UserError(
      'bad_arguments',
      'A time zone of somebody who was paged is none that the database knows.',
    );
  }
  if (code !== '57014') return null;
  return new UserError('busy', 'That takes too long to count; ask for a shorter time, or for less of it.');
}
