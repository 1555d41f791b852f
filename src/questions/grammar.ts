import { STATUSES } from '#src/incident/incident.ts';

import { closest } from './examples.ts';
import { groupsIn } from './grammar-groups.ts';
import { gatherFilters, Unclear } from './grammar-values.ts';
import { metricOf } from './metric.ts';
import type { Vocabulary } from './names.ts';
import type { Piece, Sense } from './senses.ts';
import {
  faultOf,
  isTime,
  type Dimension,
  type Filter,
  type Metric,
  type Moment,
  type QuerySpec,
  type Subject,
  type TimeRange,
} from './spec.ts';
import { piecesOf, wordsOf } from './tokens.ts';

/** What a question asks, or why that is not certain and what can be asked in its place. */
export type Reading =
  | { readonly ok: true; readonly spec: QuerySpec; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly instead: readonly string[] };

/**
 * Reads a question by rules alone. It rather refuses than guesses: every word must mean something here,
 * and what it means must fit together in one way only.
 */
export function readQuestion(question: string, vocabulary: Vocabulary): Reading {
  const refuse = (why: string): Reading => ({ ok: false, why, instead: closest(question) });
  if (wordsOf(question).length === 0) return refuse('Ask something, like `how many incidents this week?`');
  const read = piecesOf(question, vocabulary);
  if (!read.ok) return refuse(`I do not know what to do with \`${read.unknown.slice(0, 40)}\`.`);
  try {
    const spec = specOf(read.pieces, vocabulary);
    const fault = faultOf(spec);
    return fault === null ? { ok: true, spec, notes: read.slips } : refuse(fault);
  } catch (error) {
    if (error instanceof Unclear) return refuse(error.message);
    throw error;
  }
}

function specOf(pieces: readonly Piece[], { me }: Vocabulary): QuerySpec {
  const subject = subjectIn(pieces);
  const gathered = gatherFilters(pieces, subject);
  const { groups, rest } = groupsIn(gathered, subject);
  const { metric, moment } = metricOf(rest, { subject, groups });
  const filters = filtersIn(rest, me, subject);
  const time = timeIn(rest);
  const filled = groups.length > 0 ? groups : usualGroups(rest, metric, subject);
  const isList = metric === 'list';
  refuseDoers(filters, moment);
  refuseNow(rest, subject, filters);
  const isOpen = has(rest, 'open');
  if (isOpen && moment !== 'opened') throw new Unclear(`What was ${moment} is not open.`);
  if (isOpen && time.kind !== 'all' && !hasOpened(rest)) {
    throw new Unclear('Are those meant that were opened in that time and are still open?');
  }
  if (metric === 'list' && filled.length > 0) throw new Unclear('A list has no groups.');
  return {
    metric,
    moment,
    group_by: [...filled],
    filters: [...filters, ...(isOpen ? [OPEN] : [])],
    time,
    order: orderIn(rest, filled, isList),
    limit: limitIn(rest, filled, isList),
  };
}

/** Who is assigned now need not be who did it then. */
function refuseDoers(filters: readonly Filter[], moment: Moment): void {
  if (moment === 'opened' || !filters.some(({ field }) => field === 'assignee')) return;
  throw new Unclear(`I know who is assigned, not who ${moment} it.`);
}

/** What is `now` must be a state; of all that ever was there is no now. */
function refuseNow(pieces: readonly Piece[], subject: Subject, filters: readonly Filter[]): void {
  const isState =
    has(pieces, 'open') || filters.some(({ field }) => field === 'status' || field === 'acknowledged');
  if (!has(pieces, 'now') || isState || subject === 'on-call') return;
  throw new Unclear('Are those meant that are open now?');
}

const OPEN: Filter = {
  field: 'status',
  op: 'is',
  values: STATUSES.filter((it) => it !== 'RESOLVED' && it !== 'CLOSED'),
};

function subjectIn(pieces: readonly Piece[]): Subject {
  const said = new Set(pieces.flatMap(({ sense }) => (sense.is === 'subject' ? [sense.subject] : [])));
  if (has(pieces, 'on-call')) said.add('on-call');
  if (has(pieces, 'night')) said.add('pages');
  if (has(pieces, 'noise')) said.add('alerts');
  if (pieces.some(({ sense }) => sense.is === 'filter' && sense.filter.field === 'kind')) said.add('changes');
  const [one, ...others] = said;
  if (others.length > 0) throw new Unclear(`That is about ${[...said].join(' and ')}; ask for one of them.`);
  if (one) return one;
  // Nothing else of these is open, has a deadline, or takes its time.
  const speaks = pieces.some(
    ({ sense }) =>
      sense.is === 'open' ||
      sense.is === 'span' ||
      sense.is === 'in-time' ||
      (sense.is === 'filter' && ['severity', 'late', 'category'].includes(sense.filter.field)) ||
      (sense.is === 'moment' && sense.moment !== 'opened') ||
      (sense.is === 'dimension' && sense.dimension !== 'rule' && has(pieces, 'order')),
  );
  if (speaks) return 'incidents';
  throw new Unclear('Say what you ask for: incidents, alerts, pages or changes.');
}

function filtersIn(pieces: readonly Piece[], me: string | null, subject: Subject): Filter[] {
  const filters = pieces.flatMap(({ sense }) => (sense.is === 'filter' ? [sense.filter] : []));
  if (has(pieces, 'mine')) {
    if (me === null) throw new Unclear('This key belongs to nobody, so nothing is yours.');
    filters.push({ field: subject === 'pages' ? 'person' : 'assignee', op: 'is', values: [me] });
  }
  const fields = filters.map(({ field }) => field);
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice) throw new Unclear(`It says twice which ${twice}; put \`or\` between them.`);
  if (has(pieces, 'open') && fields.includes('status')) throw new Unclear('It says twice which status.');
  return filters;
}

function timeIn(pieces: readonly Piece[]): TimeRange {
  const times = pieces.flatMap(({ sense }) => (sense.is === 'time' ? [sense.time] : []));
  if (times.length > 1) throw new Unclear('It names two times; ask for one of them.');
  if (has(pieces, 'now') && times.length > 0) throw new Unclear('It names two times; ask for one of them.');
  return times[0] ?? { kind: 'all' };
}

/** Alerts without any group are told apart by their rule, people who were paged by who they are. */
function usualGroups(pieces: readonly Piece[], metric: Metric, subject: Subject): Dimension[] {
  const isCounted = has(pieces, 'how-many');
  if (has(pieces, 'who') && subject === 'pages') return ['person'];
  if (has(pieces, 'who') && subject === 'incidents' && metric !== 'list') return ['assignee'];
  if (metric === 'noise' && !isCounted) return ['rule'];
  if (metric === 'alerts' && !isCounted && (has(pieces, 'which') || has(pieces, 'list'))) return ['rule'];
  if (has(pieces, 'order')) throw new Unclear('Say of what the most is asked for, like `which service`.');
  return [];
}

function orderIn(
  pieces: readonly Piece[],
  groups: readonly Dimension[],
  isList: boolean,
): QuerySpec['order'] {
  const rank = pieces.map(({ sense }) => sense).find((it) => it.is === 'rank');
  const order = pieces.map(({ sense }) => sense).find((it) => it.is === 'order');
  if (isList) return rank ? { by: rank.by, direction: rank.direction } : { by: 'time', direction: 'desc' };
  if (rank) return { by: 'value', direction: rank.direction };
  if (order) return { by: 'value', direction: order.direction };
  const [first] = groups;
  return first && isTime(first) ? { by: 'time', direction: 'asc' } : { by: 'value', direction: 'desc' };
}

const LISTED = 20;
const GROUPED = 25;

function limitIn(pieces: readonly Piece[], groups: readonly Dimension[], isList: boolean): number {
  const numbers = pieces.flatMap(({ sense }, index) =>
    sense.is === 'number' ? [{ number: sense.number, index }] : [],
  );
  const [said, other] = numbers;
  if (said) {
    const around = [pieces[said.index - 1]?.sense.is, pieces[said.index + 1]?.sense.is];
    const isRanked = has(pieces, 'rank') && around[1] === 'subject';
    const fits =
      isRanked || around.some((it) => it === 'order' || it === 'rank' || it === 'noise' || it === 'list');
    if (other || !fits || said.number < 1 || said.number > 100) {
      throw new Unclear(`I do not know what the ${said.number} is; up to 100 can be shown.`);
    }
    return said.number;
  }
  if (isList) return LISTED;
  return groups.some(isTime) ? 100 : GROUPED;
}

function has(pieces: readonly Piece[], is: Sense['is']): boolean {
  return pieces.some(({ sense }) => sense.is === is);
}

function hasOpened(pieces: readonly Piece[]): boolean {
  const opened: Moment = 'opened';
  return pieces.some(({ sense }) => sense.is === 'moment' && sense.moment === opened);
}
