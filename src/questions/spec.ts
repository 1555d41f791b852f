import { z } from 'zod';

import { CATEGORIES, ENVIRONMENTS, SEVERITIES, STATUSES } from '#src/incident/incident.ts';

/** What rows a question is about. */
export type Subject = 'incidents' | 'alerts' | 'pages' | 'changes' | 'on-call';

/**
 * What can be asked for. Means are arithmetic; percentiles interpolate between the two nearest
 * values (Hyndman and Fan's type 7, PostgreSQL's `percentile_cont`). Contracts 1.10 name them.
 */
export const METRICS = [
  'count',
  'list',
  'mttd',
  'mtta',
  'mttr',
  'acknowledge-p50',
  'acknowledge-p95',
  'resolve-p50',
  'resolve-p95',
  'acknowledged-in-time',
  'resolved-in-time',
  'alerts',
  'noise',
  'pages',
  'night-pages',
  'changes',
  'on-call',
] as const;
export type Metric = (typeof METRICS)[number];

/** Which moment of an incident the time is about. */
export const MOMENTS = ['opened', 'acknowledged', 'resolved', 'closed', 'reopened', 'escalated'] as const;
export type Moment = (typeof MOMENTS)[number];

/** What rows are counted by and chosen by. */
const NAMED = [
  'service',
  'severity',
  'category',
  'team',
  'assignee',
  'source',
  'environment',
  'status',
  'rule',
  'person',
  'kind',
  'author',
] as const;

export const DIMENSIONS = [...NAMED, 'hour', 'weekday', 'day', 'week', 'month'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What rows can be chosen by. `late`: a promise that was broken; `acknowledged`: whether anybody did. */
export const FIELDS = [...NAMED, 'schedule', 'acknowledged', 'late', 'text'] as const;
export type Field = (typeof FIELDS)[number];

/** `at_least` is of severities: this bad or worse. `is_empty` has no values. `has_words`: title, description or impact. */
const OPS = ['is', 'is_not', 'at_least', 'is_empty', 'has_words'] as const;
export type Op = (typeof OPS)[number];

export const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write a day like 2026-03-01');

/** A time as people say it, so that it means another one when it is asked again. Days are those of the asker's zone. */
const Time = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  /** From the beginning of this week until now. Weeks begin on Monday (ISO 8601). */
  z.strictObject({ kind: z.literal('this'), unit: z.enum(UNITS) }),
  /** All of the week before this one. */
  z.strictObject({ kind: z.literal('previous'), unit: z.enum(UNITS) }),
  /** So many of them up to now. */
  z.strictObject({ kind: z.literal('last'), unit: z.enum(UNITS), count: z.int().min(1).max(1000) }),
  /** From the last such weekday on, until now. 1 is Monday. */
  z.strictObject({ kind: z.literal('since_weekday'), weekday: z.int().min(1).max(7) }),
  /** That day, the last time that it was. */
  z.strictObject({ kind: z.literal('weekday'), weekday: z.int().min(1).max(7) }),
  /** The last time that it was that month, or is. */
  z.strictObject({ kind: z.literal('month'), month: z.int().min(1).max(12) }),
  /** From the first day to the last, both included; null: without an end. */
  z.strictObject({ kind: z.literal('between'), from: Day.nullable(), to: Day.nullable() }),
]);
export type TimeRange = z.infer<typeof Time>;

const Filter = z.strictObject({
  field: z.enum(FIELDS),
  op: z.enum(OPS),
  values: z.array(z.string().min(1).max(200)).max(20),
});
export type Filter = z.infer<typeof Filter>;

/** A question in a closed vocabulary. What is not in it cannot be asked, so an unknown field is refused. */
export const QuerySpec = z.strictObject({
  metric: z.enum(METRICS),
  moment: z.enum(MOMENTS),
  group_by: z.array(z.enum(DIMENSIONS)).max(2),
  filters: z.array(Filter).max(8),
  time: Time,
  order: z.strictObject({
    by: z.enum(['value', 'time', 'severity', 'duration']),
    direction: z.enum(['asc', 'desc']),
  }),
  limit: z.int().min(1).max(100),
});
export type QuerySpec = z.infer<typeof QuerySpec>;

export function subjectOf(metric: Metric): Subject {
  if (metric === 'alerts' || metric === 'noise') return 'alerts';
  if (metric === 'pages' || metric === 'night-pages') return 'pages';
  return metric === 'changes' || metric === 'on-call' ? metric : 'incidents';
}

export function unitOf(metric: Metric): 'count' | 'seconds' | 'share' {
  if (/^mtt|-p\d\d$/.test(metric)) return 'seconds';
  return metric.endsWith('-in-time') ? 'share' : 'count';
}

const TIMES = ['hour', 'weekday', 'day', 'week', 'month'] as const satisfies readonly Dimension[];

export type TimeDimension = (typeof TIMES)[number];

export function isTime(dimension: Dimension): dimension is TimeDimension {
  return TIMES.some((it) => it === dimension);
}

interface Has {
  readonly groups: readonly Dimension[];
  readonly filters: readonly Field[];
}

const OF_INCIDENTS = [
  'service',
  'severity',
  'category',
  'team',
  'assignee',
  'source',
  'environment',
  'status',
  'rule',
] as const;
const OF_ALERTS = ['service', 'severity', 'source', 'environment', 'rule'] as const;
const OF_CHANGES = ['service', 'environment', 'source', 'kind', 'author'] as const;

/** What each kind of row can be grouped and chosen by. */
const HAS: Readonly<Record<Subject, Has>> = {
  incidents: {
    groups: [...OF_INCIDENTS, ...TIMES],
    filters: [...OF_INCIDENTS, 'acknowledged', 'late', 'text'],
  },
  alerts: { groups: [...OF_ALERTS, ...TIMES], filters: OF_ALERTS },
  pages: { groups: ['person', 'severity', ...TIMES], filters: ['person', 'severity'] },
  changes: { groups: [...OF_CHANGES, ...TIMES], filters: OF_CHANGES },
  'on-call': { groups: [], filters: ['schedule'] },
};

/** The values that are the same everywhere; null: any. */
export function valuesOf(field: Field): readonly string[] | null {
  switch (field) {
    case 'severity':
      return SEVERITIES;
    case 'category':
      return CATEGORIES;
    case 'environment':
      return ENVIRONMENTS;
    case 'status':
      return STATUSES;
    case 'kind':
      return ['deploy', 'config', 'flag', 'other'];
    case 'acknowledged':
      return ['yes', 'no'];
    case 'late':
      return ['acknowledgment', 'resolution'];
    default:
      return null;
  }
}

/** Why a query of the right form makes no sense, as a sentence; null where it does. */
export function faultOf({ metric, moment, group_by, filters, order, time }: QuerySpec): string | null {
  const subject = subjectOf(metric);
  const { groups, filters: fields } = HAS[subject];
  const group = group_by.find((it) => !groups.includes(it));
  if (group) return `${sayMetric(metric)} cannot be told apart by ${group}.`;
  if (new Set(group_by).size < group_by.length) return 'It is grouped twice by the same.';
  const filter = filters.find(({ field }) => !fields.includes(field));
  if (filter) return `${sayMetric(metric)} cannot be chosen by ${filter.field}.`;
  const wrong = filters.map(faultOfFilter).find((it) => it !== null);
  if (wrong) return wrong;
  if (subject !== 'incidents' && moment !== 'opened') return `${sayMetric(metric)} have no such moment.`;
  if (metric === 'list' && group_by.length > 0) return 'A list has no groups.';
  if (metric !== 'list' && order.by !== 'value' && order.by !== 'time') {
    return 'Only a list can be in order of severity or length.';
  }
  const isByEvent = moment === 'reopened' || moment === 'escalated';
  if (isByEvent && group_by.some(isTime)) {
    return `An incident can be ${moment} several times, so that cannot be told apart by ${group_by.find(isTime) ?? ''}.`;
  }
  if (subject === 'on-call' && time.kind !== 'all') return 'I can only say who is on call now.';
  return null;
}

function faultOfFilter({ field, op, values }: Filter): string | null {
  if (op === 'is_empty') {
    if (values.length > 0) return 'What is empty has no values.';
    return ['assignee', 'team', 'service', 'environment', 'author'].includes(field)
      ? null
      : `${field} is never empty.`;
  }
  if (values.length === 0) return `Say which ${field}.`;
  if (op === 'at_least' && field !== 'severity') return `Only severities have an order, ${field} has none.`;
  if ((op === 'has_words') !== (field === 'text')) return `${field} cannot be looked at that way.`;
  if (op === 'at_least' && values.length > 1) return 'Say one severity.';
  const known = valuesOf(field);
  const unknown = known && values.find((it) => !known.includes(it));
  return unknown ? `There is no ${field} ${unknown.slice(0, 40)}.` : null;
}

const NAMES: Readonly<Record<Metric, string>> = {
  count: 'Incidents',
  list: 'Incidents',
  mttd: 'Mean time to detect',
  mtta: 'Mean time to acknowledge',
  mttr: 'Mean time to resolve',
  'acknowledge-p50': 'Median time to acknowledge',
  'acknowledge-p95': '95th percentile of the time to acknowledge',
  'resolve-p50': 'Median time to resolve',
  'resolve-p95': '95th percentile of the time to resolve',
  'acknowledged-in-time': 'Share acknowledged in time',
  'resolved-in-time': 'Share resolved in time',
  alerts: 'Alert messages',
  noise: 'Alert messages that only repeated another',
  pages: 'Pages to people',
  'night-pages': 'Pages at night (22:00 to 07:00 where each person lives)',
  changes: 'Changes',
  'on-call': 'Who is on call now',
};

export function sayMetric(metric: Metric): string {
  return NAMES[metric];
}
