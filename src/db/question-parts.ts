import { sql, type RawBuilder } from 'kysely';

import { SEVERITIES } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import {
  isTime,
  subjectOf,
  type Dimension,
  type Field,
  type Filter,
  type QuerySpec,
  type Subject,
  type TimeDimension,
} from '#src/questions/spec.ts';
import { knownZone, spanOf } from '#src/questions/time.ts';

import { visibleTo } from './incidents.ts';

/** Who asks, when and where: what `this week` means, and what they may see. */
export interface Asker {
  readonly viewer: Viewer;
  readonly now: Date;
  /** Days, weeks and hours are those of their clocks. */
  readonly timeZone: string;
  /** How many incidents behind a number are shown with it; five where nothing is said. */
  readonly behind?: number;
}

/** What the rows of a query are in, and all conditions that they have to meet: its time, its filters, and what the asker may see. */
export function rowsOf(spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  const subject = subjectOf(spec.metric);
  const filters = spec.filters.map((it) => filterOf(it, subject));
  if (subject === 'on-call') throw new Error('who is on call does not stand in one table');
  if (subject === 'alerts') return sql`${foldedAlerts(spec, asker)} where ${allOf(filters)}`;
  return sql`${TABLES[subject]} where ${allOf([...unfiltered(spec, asker), ...filters])}`;
}

const TABLES = {
  incidents: sql`incidents`,
  pages: sql`pages join people on people.id = pages.recipient`,
  changes: sql`changes`,
};

/** What a group is told apart by, as text. */
export function dimensionOf(dimension: Dimension, spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  const subject = subjectOf(spec.metric);
  return isTime(dimension) && subject !== 'alerts'
    ? timeOf(dimension, spec, asker)
    : columnOf(dimension, subject);
}

/**
 * Messages that say the same of an alert as one row, with how many they are (`times`) and how many of them were
 * repeats: there are hundreds of each, and what a message does not say itself, its alert is asked once for all.
 */
function foldedAlerts(spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  const used = [...new Set([...spec.group_by, ...spec.filters.map((it) => it.field as Dimension)])];
  const said = used.map((it) => sql`${saidOf(it, spec, asker)} as ${sql.ref(it)}`);
  const known = used.map((it) => sql`${knownOf(it)} as ${sql.ref(it)}`);
  const columns = used.some(isOfAlert) ? [sql`fingerprint`, ...said] : said;
  const counts = [sql`count(*) as times`, sql`count(*) filter (where duplicate) as repeats`];
  // Expressions with parameters can be grouped by only by their place.
  const places = columns.map((_, index) => sql.lit(index + 1));
  return sql`(
    select ${sql.join([sql`times`, sql`repeats`, ...known])} from (
      select ${sql.join([...columns, ...counts])} from alert_events where ${allOf(unfiltered(spec, asker))}
      ${places.length === 0 ? sql`` : sql`group by ${sql.join(places)}`} having count(*) > 0
    ) as said
  ) as folded`;
}

function saidOf(field: Dimension, spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  if (isTime(field)) return timeOf(field, spec, asker);
  return isOfAlert(field) ? sql`alert ->> ${field}::text` : sql.ref(field);
}

/** What it said when it came in; of a repeat the rest is what its alert is. */
function knownOf(field: Dimension): RawBuilder<unknown> {
  const said = sql.ref(`said.${field}`);
  if (!isOfAlert(field)) return said;
  return sql`coalesce(${said}, (select ${sql.ref(`alerts.${field}`)} from alerts where alerts.fingerprint = said.fingerprint))`;
}

function isOfAlert(field: Dimension): boolean {
  return field === 'rule' || field === 'service' || field === 'environment';
}

function allOf(all: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

/** The conditions of a query but for its filters. */
function unfiltered(spec: QuerySpec, asker: Asker): RawBuilder<unknown>[] {
  const subject = subjectOf(spec.metric);
  return [...always(spec, subject), ...visible(subject, asker.viewer), ...inTime(spec, asker)];
}

function timeOf(dimension: TimeDimension, spec: QuerySpec, asker: Asker): RawBuilder<unknown> {
  const zone = knownZone(asker.timeZone);
  const local = sql`(${momentOf(spec)} at time zone ${zone})`;
  switch (dimension) {
    case 'hour':
      return sql`to_char(${local}, 'HH24') || ':00'`;
    case 'weekday':
      return sql`to_char(${local}, 'ID')`;
    case 'day':
      return sql`to_char(${local}, 'YYYY-MM-DD')`;
    case 'week':
      return sql`to_char(date_trunc('week', ${local}), 'YYYY-MM-DD')`;
    case 'month':
      return sql`to_char(${local}, 'YYYY-MM')`;
  }
}

/** What is never counted: incidents that became others, tests, alerts that only say that something is over. */
function always({ metric }: QuerySpec, subject: Subject): RawBuilder<unknown>[] {
  if (subject === 'incidents') return [sql`duplicate_of is null`];
  if (subject === 'alerts') return [sql`state = 'firing'`];
  if (subject !== 'pages') return [];
  const people = [sql`recipient_kind = 'person'`, sql`kind = 'page'`];
  const hour = sql`extract(hour from requested_at at time zone people.timezone)`;
  return metric === 'night-pages' ? [...people, sql`(${hour} >= 22 or ${hour} < 7)`] : people;
}

/** Private incidents, and what belongs to them, only for those who may see them. */
function visible(subject: Subject, { id, role }: Viewer): RawBuilder<unknown>[] {
  if (role === 'admin' || subject === 'changes') return [];
  if (subject === 'incidents') return [visibleTo(id)];
  const own = sql.ref(subject === 'alerts' ? 'alertEvents.incident' : 'pages.incident');
  return [
    sql`(${own} is null or exists (
      select from incidents where incidents.number = ${own} and ${visibleTo(id)}))`,
  ];
}

/** The column that the time is about. */
function momentOf({ metric, moment }: QuerySpec): RawBuilder<unknown> {
  const subject = subjectOf(metric);
  if (subject === 'alerts') return sql.ref('receivedAt');
  if (subject === 'pages') return sql.ref('requestedAt');
  if (subject === 'changes') return sql.ref('startedAt');
  if (moment === 'acknowledged' || moment === 'resolved' || moment === 'closed') {
    return sql.ref(`${moment}At`);
  }
  return sql.ref('createdAt');
}

/** What happens at this very moment belongs to this week. */
const UNTIL_NOW: Readonly<Record<string, true>> = { this: true, last: true, since_weekday: true };

const EVENTS: Readonly<Partial<Record<QuerySpec['moment'], readonly string[]>>> = {
  reopened: ['incident.reopened'],
  escalated: ['incident.escalated', 'incident.level_raised'],
};

function inTime(spec: QuerySpec, { now, timeZone }: Asker): RawBuilder<unknown>[] {
  const { from, to } = spanOf(spec.time, now, timeZone);
  const bounds = (column: RawBuilder<unknown>) => [
    ...(from ? [sql`${column} >= ${from}`] : []),
    ...(to ? [spec.time.kind in UNTIL_NOW ? sql`${column} <= ${to}` : sql`${column} < ${to}`] : []),
  ];
  const types = EVENTS[spec.moment];
  if (types) {
    const all = [
      sql`incident_events.incident = incidents.number`,
      sql`incident_events.type = any(${sql.val(types)}::text[])`,
      ...bounds(sql.ref('incidentEvents.at')),
    ];
    return [sql`exists (select from incident_events where ${allOf(all)})`];
  }
  const column = momentOf(spec);
  return spec.moment === 'opened' ? bounds(column) : [sql`${column} is not null`, ...bounds(column)];
}

/** A field as the rows of a subject have it, as text. */
function columnOf(field: Exclude<Field | Dimension, 'late' | 'text'>, subject: Subject): RawBuilder<unknown> {
  if (subject === 'alerts') return sql.ref(field);
  if (field === 'person') return sql.ref('recipient');
  if (subject === 'incidents' && field === 'service') return sql`resource ->> 'name'`;
  if (field === 'rule') return RULE;
  return subject === 'pages' ? sql.ref(`pages.${field}`) : sql.ref(field);
}

/** The rule that opened an incident stands in its first event. */
const RULE = sql`(select data ->> 'rule' from incident_events
  where incident_events.incident = incidents.number and incident_events.position = 1)`;

function filterOf({ field, op, values }: Filter, subject: Subject): RawBuilder<unknown> {
  if (field === 'text') {
    return sql`words @@ plainto_tsquery('simple', ${values.join(' ')})`;
  }
  if (field === 'late') return late(values, op === 'is_not');
  if (field === 'acknowledged') {
    const isWanted = values.includes('yes') === (op === 'is');
    return isWanted ? sql`acknowledged_at is not null` : sql`acknowledged_at is null`;
  }
  const column = columnOf(field, subject);
  if (op === 'is_empty') return sql`${column} is null`;
  if (op === 'at_least') {
    const worst = SEVERITIES.slice(0, SEVERITIES.findIndex((it) => it === values[0]) + 1);
    return sql`${column} = any(${sql.val(worst)}::text[])`;
  }
  const isOne = sql`${column} = any(${sql.val(values)}::text[])`;
  // What has none is not that one either.
  return op === 'is_not' ? sql`(${isOne}) is not true` : isOne;
}

function late(values: readonly string[], isNot: boolean): RawBuilder<unknown> {
  const broken = [
    ...(values.includes('acknowledgment') ? [sql`sla ->> 'acknowledgmentBreached' = 'true'`] : []),
    ...(values.includes('resolution') ? [sql`sla ->> 'resolutionBreached' = 'true'`] : []),
  ];
  const any = sql`(${sql.join(broken, sql` or `)})`;
  return isNot ? sql`${any} is not true` : any;
}
