import { isOpen, STATUSES } from '#src/incident/incident.ts';

import { nameOf, type Vocabulary } from './names.ts';
import { sayMetric, subjectOf, unitOf, type Filter, type QuerySpec, type TimeRange } from './spec.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * A query in words, so that people see what was understood: `Incidents opened last month, severity P1,
 * per service, most first`. The one who was meant by `me` is named.
 */
export function wordsFor(spec: QuerySpec, vocabulary: Pick<Vocabulary, 'names'>): string {
  const { metric, moment, group_by, filters, time } = spec;
  const subject = subjectOf(metric);
  const isCounted = metric === 'count' || metric === 'list';
  const head =
    subject === 'incidents' && !isCounted
      ? `${sayMetric(metric)}, of incidents ${moment}`
      : subject === 'incidents'
        ? `Incidents ${moment}`
        : sayMetric(metric);
  const parts = [
    metric === 'on-call' ? head : `${head} ${sayTime(time)}`,
    ...filters.map((it) => sayFilter(it, vocabulary)),
    ...(group_by.length > 0 ? [`per ${group_by.map(sayDimension).join(' and ')}`] : []),
    ...sayOrder(spec),
  ];
  return parts.join(', ');
}

/** `last month`, `in the last 7 days`. */
export function sayTime(time: TimeRange): string {
  switch (time.kind) {
    case 'all':
      return 'at any time';
    case 'this':
      return time.unit === 'day' ? 'today' : `this ${time.unit}`;
    case 'previous':
      return time.unit === 'day' ? 'yesterday' : `in the ${time.unit} before this one`;
    case 'last':
      return `in the last ${time.count === 1 ? '' : `${time.count} `}${time.unit}${time.count === 1 ? '' : 's'}`;
    case 'since_weekday':
      return `since ${WEEKDAYS[time.weekday - 1] ?? ''}`;
    case 'weekday':
      return `on ${WEEKDAYS[time.weekday - 1] ?? ''}`;
    case 'month':
      return `in ${MONTHS[time.month - 1] ?? ''}`;
    case 'between':
      return sayBetween(time.from, time.to);
  }
}

function sayBetween(from: string | null, to: string | null): string {
  if (from !== null && from === to) return `on ${from}`;
  if (from !== null && to !== null) return `from ${from} to ${to}`;
  if (from !== null) return `since ${from}`;
  return to === null ? 'at any time' : `until ${to}`;
}

const OPEN = STATUSES.filter((status) => isOpen({ status }));

function sayFilter({ field, op, values }: Filter, vocabulary: Pick<Vocabulary, 'names'>): string {
  const named = values.map((it) =>
    field === 'status' ? it.toLowerCase().replace('_', ' ') : nameOf(vocabulary, field, it),
  );
  const any = named.join(' or ');
  if (op === 'is_empty') {
    return `without ${field === 'assignee' || field === 'environment' ? 'an' : 'a'} ${field}`;
  }
  if (op === 'has_words') return `with the words "${any}"`;
  if (op === 'at_least') return `severity ${any} or worse`;
  if (field === 'late') {
    return values.map((it) => (it === 'resolution' ? 'resolved late' : 'acknowledged late')).join(' or ');
  }
  if (field === 'acknowledged') {
    return (op === 'is') === values.includes('yes') ? 'acknowledged' : 'not acknowledged yet';
  }
  const isAllOpen =
    field === 'status' && values.length === OPEN.length && OPEN.every((it) => values.includes(it));
  if (isAllOpen) return op === 'is' ? 'open now' : 'not open now';
  return `${field} ${op === 'is_not' ? 'not ' : ''}${any}`;
}

function sayDimension(dimension: QuerySpec['group_by'][number]): string {
  return dimension === 'hour' ? 'hour of the day' : dimension;
}

function sayOrder({ metric, group_by, order, limit }: QuerySpec): string[] {
  const first = {
    value:
      unitOf(metric) === 'seconds'
        ? { asc: 'shortest first', desc: 'longest first' }
        : { asc: 'fewest first', desc: 'most first' },
    time: { asc: 'oldest first', desc: 'newest first' },
    severity: { asc: 'mildest first', desc: 'worst first' },
    duration: { asc: 'shortest first', desc: 'longest first' },
  }[order.by][order.direction];
  if (metric === 'list') return [first, `at most ${limit}`];
  return group_by.length > 0 ? [order.by === 'time' ? 'by time' : first, `at most ${limit}`] : [];
}
