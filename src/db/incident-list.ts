import { sql, type SelectQueryBuilder } from 'kysely';

import type { Category, Environment, Incident, Severity, Status } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import { clean } from '#src/incident/text.ts';

import {
  behind,
  COUNTED,
  COUNTED_BY_WORDS,
  placeOf,
  sortKey,
  type IncidentSort,
  type Place,
} from './incident-pages.ts';
import { toIncident, visibleTo } from './incidents.ts';
import type { Reader, Schema } from './schema.ts';

export interface IncidentFilter {
  readonly severities?: readonly Severity[] | undefined;
  readonly statuses?: readonly Status[] | undefined;
  readonly categories?: readonly Category[] | undefined;
  readonly environment?: Environment | undefined;
  /** Opened at or after; opened before. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Words in title, description or impact. */
  readonly search?: string | undefined;
  readonly assignee?: PersonId | undefined;
  readonly open?: boolean | undefined;
  /** Only those that this one may see; left out, all. */
  readonly viewer?: Viewer | undefined;
  readonly numbers?: readonly number[] | undefined;
  readonly sort?: IncidentSort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  /** Behind where another page of the same list ended. */
  readonly after?: Place | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface IncidentPage {
  readonly incidents: Incident[];
  /** How many there are in all, as far as they are counted. */
  readonly total: number;
  /** There are more than that. */
  readonly isMore: boolean;
  /** Where the next page begins; null: this is the last one. */
  readonly next: Place | null;
}

/**
 * One page, and how many there are in all: `COUNTED` at most. Severity sorts by urgency and status by its place in
 * the life cycle. A page behind a `Place` stays right while incidents come and change; one at an offset does not,
 * and takes the longer the further it is.
 */
export async function listIncidents(r: Reader, filter: IncidentFilter): Promise<IncidentPage> {
  const { sort = 'created_at', order = 'desc', limit, offset, after } = filter;
  const matching = matches(r, filter);
  const from = after ? matching.where(behind(after)) : matching;
  const page = from
    .selectAll()
    .orderBy(sortKey(sort), order)
    .orderBy('number', order)
    .limit(limit + 1)
    .offset(offset);
  // Words among very many take a while to find: side by side where the database has several connections.
  const early = filter.search ? counted(r, filter) : null;
  const [found] = await Promise.all([page.execute(), early]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const isAll = last === undefined && offset === 0 && !after;
  const { total, isMore } = isAll
    ? { total: rows.length, isMore: false }
    : await (early ?? counted(r, filter));
  // What came in between the two was seen.
  const seen = after || found.length === 0 ? 0 : offset + found.length;
  return {
    incidents: rows.map(toIncident),
    total: isMore ? total : Math.max(total, seen),
    isMore,
    next: last ? placeOf(last, sort, order) : null,
  };
}

async function counted(r: Reader, filter: IncidentFilter): Promise<{ total: number; isMore: boolean }> {
  const { search, ...rest } = filter;
  const most = search ? COUNTED_BY_WORDS : COUNTED;
  // The words by themselves first: an index of something else beside theirs reads more than it saves.
  const from = search
    ? r.selectFrom(saying(r, search).selectAll().offset(0).as('incidents'))
    : r.selectFrom('incidents');
  const some = those(from, rest)
    .select('number')
    .limit(most + 1)
    .as('some');
  const { total } = await r
    .selectFrom(some)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { total: Math.min(total, most), isMore: total > most };
}

function matches(r: Reader, { search, ...filter }: IncidentFilter) {
  return those(search ? saying(r, search) : r.selectFrom('incidents'), filter);
}

function saying(r: Reader, search: string) {
  return r
    .selectFrom('incidents')
    .where(sql<boolean>`words @@ websearch_to_tsquery('simple', ${clean(search)})`);
}

function those<O>(
  incidents: SelectQueryBuilder<Schema, 'incidents', O>,
  filter: Omit<IncidentFilter, 'search'>,
): SelectQueryBuilder<Schema, 'incidents', O> {
  let query = incidents;
  if (filter.severities?.length) query = query.where('severity', 'in', filter.severities);
  if (filter.statuses?.length) query = query.where('status', 'in', filter.statuses);
  if (filter.categories?.length) query = query.where('category', 'in', filter.categories);
  if (filter.environment) query = query.where('environment', '=', filter.environment);
  if (filter.from) query = query.where('createdAt', '>=', filter.from);
  if (filter.to) query = query.where('createdAt', '<', filter.to);
  if (filter.assignee) query = query.where('assignee', '=', filter.assignee);
  if (filter.numbers) query = query.where('number', 'in', filter.numbers.length > 0 ? filter.numbers : [-1]);
  if (filter.viewer && filter.viewer.role !== 'admin') query = query.where(visibleTo(filter.viewer.id));
  if (filter.open === true) query = query.where('status', 'not in', ['RESOLVED', 'CLOSED']);
  if (filter.open === false) query = query.where('status', 'in', ['RESOLVED', 'CLOSED']);
  return query;
}
