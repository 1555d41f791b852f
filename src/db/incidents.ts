import { sql } from 'kysely';

import { UserError } from '#src/errors.ts';
import {
  parseRef,
  shortName,
  type Environment,
  type Incident,
  type IncidentId,
  type IncidentNumber,
  type Severity,
  type Status,
} from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { maySee, type Viewer } from '#src/incident/privacy.ts';

import type { IncidentRow, Reader, Tx } from './schema.ts';

/** An incident that has no number yet. */
export type Draft = Omit<Incident, 'number' | 'id'>;

/**
 * By number, or by anything people type for one. Throws `not_found`, or
 * `bad_arguments` for what is no incident's name. What is there but not for
 * `viewer` is not found: they cannot tell the difference.
 */
export async function findIncident(r: Reader, ref: number | string, viewer?: Viewer): Promise<Incident> {
  const wanted = typeof ref === 'number' ? { number: ref } : parseRef(ref);
  if (!wanted) {
    throw new UserError(
      'bad_arguments',
      `"${ref.toString().slice(0, 40)}" is no incident; write it like INC-42.`,
    );
  }
  const found = r.selectFrom('incidents').selectAll();
  const row = await (
    'number' in wanted ? found.where('number', '=', wanted.number) : found.where('id', '=', wanted.id)
  ).executeTakeFirst();
  const incident = row && toIncident(row);
  if (!incident || (viewer && !maySee(incident, viewer))) {
    throw new UserError(
      'not_found',
      `There is no ${'number' in wanted ? shortName(wanted.number) : wanted.id}.`,
    );
  }
  return incident;
}

/** Waits for whoever changes it now, and keeps others waiting until the transaction ends. Throws `not_found`. */
export async function lockIncident(tx: Tx, number: number): Promise<Incident> {
  const [incident] = await lockIncidents(tx, [number]);
  if (!incident) throw new UserError('not_found', `There is no ${shortName(number)}.`);
  return incident;
}

/**
 * Locks in the order of their numbers, so that two transactions never wait for
 * each other. Those that do not exist are left out. A number never changes, so
 * rows that only refer to one (an alert, a timer) need not wait for this lock.
 */
export async function lockIncidents(tx: Tx, numbers: readonly number[]): Promise<Incident[]> {
  if (numbers.length === 0) return [];
  const rows = await tx
    .selectFrom('incidents')
    .selectAll()
    .where('number', '=', anyOf(numbers))
    .orderBy('number')
    .forNoKeyUpdate()
    .execute();
  return rows.map(toIncident);
}

/** Just enough to decide whether an incident needs a lock at all. */
export async function findStatuses(
  tx: Tx,
  numbers: readonly number[],
): Promise<
  Map<
    number,
    { id: IncidentId; status: Status; severity: Severity; resolvedAt: Date | null; createdAt: Date }
  >
> {
  if (numbers.length === 0) return new Map();
  const rows = await tx
    .selectFrom('incidents')
    .select(['number', 'id', 'status', 'severity', 'resolvedAt', 'createdAt'])
    .where('number', '=', anyOf(numbers))
    .execute();
  return new Map(rows.map(({ number, id, ...row }) => [number, { ...row, id: id as IncidentId }]));
}

/** Numbers them and gives them their day's ids, in the order given. */
export async function insertIncidents(tx: Tx, drafts: readonly Draft[], now: Date): Promise<Incident[]> {
  if (drafts.length === 0) return [];
  const day = now.toISOString().slice(0, 10);
  const { last } = await tx
    .insertInto('incidentDays')
    .values({ day, last: drafts.length })
    .onConflict((conflict) =>
      conflict.column('day').doUpdateSet({ last: sql`incident_days.last + excluded.last` }),
    )
    .returning('last')
    .executeTakeFirstOrThrow();

  const named = drafts.map((draft, index): Draft & { readonly id: IncidentId } => ({
    ...draft,
    id: `INC-${day.replaceAll('-', '')}-${String(last - drafts.length + 1 + index).padStart(5, '0')}`,
  }));
  const numbers = new Map<string, IncidentNumber>();
  for (let from = 0; from < named.length; from += ROWS_AT_ONCE) {
    const rows = await tx
      .insertInto('incidents')
      .values(named.slice(from, from + ROWS_AT_ONCE).map((it) => ({ ...toRow(it), id: it.id })))
      .returning(['id', 'number'])
      .execute();
    for (const row of rows) numbers.set(row.id, row.number as IncidentNumber);
  }
  return named.flatMap((it) => {
    const number = numbers.get(it.id);
    return number === undefined ? [] : [{ ...it, number }];
  });
}

/** A statement takes 65,535 values; a row of incidents has 35. */
const ROWS_AT_ONCE = 1000;

/** What may change of an incident, and its type in the database. */
const CHANGING = {
  title: 'text',
  description: 'text',
  impact: 'text',
  severity: 'text',
  status: 'text',
  category: 'text',
  environment: 'text',
  groupKey: 'text',
  resource: 'jsonb',
  assignee: 'text',
  team: 'text',
  roles: 'jsonb',
  insiders: 'jsonb',
  escalationLevel: 'integer',
  tags: 'jsonb',
  labels: 'jsonb',
  sla: 'jsonb',
  resolution: 'jsonb',
  related: 'jsonb',
  parent: 'bigint',
  duplicateOf: 'bigint',
  lastUpdate: 'text',
  nextUpdateAt: 'timestamptz',
  postMortemUrl: 'text',
  detectedAt: 'timestamptz',
  updatedAt: 'timestamptz',
  acknowledgedAt: 'timestamptz',
  resolvedAt: 'timestamptz',
  closedAt: 'timestamptz',
} as const satisfies Record<
  Exclude<
    keyof Incident,
    'number' | 'id' | 'source' | 'sourceEventId' | 'fingerprint' | 'createdAt' | 'isPrivate'
  >,
  string
>;

/** One statement for any number of incidents, which must be locked or new. */
export async function saveIncidents(tx: Tx, incidents: readonly Incident[]): Promise<void> {
  if (incidents.length === 0) return;
  const columns = Object.entries(CHANGING);
  await sql`
    update incidents set ${sql.join(columns.map(([name]) => sql`${sql.ref(name)} = given.${sql.raw(`"${name}"`)}`))}
    from jsonb_to_recordset(${JSON.stringify(incidents)}::jsonb)
      as given(number bigint, ${sql.join(columns.map(([name, type]) => sql.raw(`"${name}" ${type}`)))})
    where incidents.number = given.number`.execute(tx);
}

/** What tells open incidents apart, without all that is known of them. */
export interface OpenTitle {
  readonly number: IncidentNumber;
  readonly title: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly createdAt: Date;
}

/** The newest open ones of an environment, but for private ones and `besides`. */
export async function openTitles(
  r: Reader,
  environment: Environment,
  { besides, limit }: { readonly besides: number; readonly limit: number },
): Promise<OpenTitle[]> {
  return await r
    .selectFrom('incidents')
    .select(['title', 'severity', 'createdAt'])
    .select((it) => it.ref('number').$castTo<IncidentNumber>().as('number'))
    .select(sql<string | null>`resource->>'name'`.as('service'))
    .where('environment', '=', environment)
    .where('status', 'not in', ['RESOLVED', 'CLOSED'])
    .where('isPrivate', '=', false)
    .where('number', '<>', besides)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

/** The same as `maySee`, for one who is no admin. */
export function visibleTo(id: PersonId | null) {
  return sql<boolean>`(not is_private or assignee = ${id} or jsonb_exists(insiders, ${id})
    or exists (select from jsonb_each_text(roles) as held where held.value = ${id}))`;
}

/** One value for any number of numbers, and so no limit to how many. */
function anyOf(numbers: readonly number[]) {
  return sql<number>`any(${numbers}::bigint[])`;
}

function toRow(incident: Draft) {
  const { number: _, id: __, ...row } = incident as Incident;
  return {
    ...row,
    resource: incident.resource && JSON.stringify(incident.resource),
    roles: JSON.stringify(incident.roles),
    insiders: JSON.stringify(incident.insiders),
    tags: JSON.stringify(incident.tags),
    labels: JSON.stringify(incident.labels),
    sla: JSON.stringify(incident.sla),
    resolution: incident.resolution && JSON.stringify(incident.resolution),
    related: JSON.stringify(incident.related),
  };
}

export function toIncident(row: IncidentRow): Incident {
  const { chainHash: _, chainPosition: __, words: ___, ...fields } = row;
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...fields,
    number: row.number as IncidentNumber,
    id: row.id as IncidentId,
    sla: {
      ...row.sla,
      acknowledgmentDeadline: date(row.sla.acknowledgmentDeadline),
      resolutionDeadline: date(row.sla.resolutionDeadline),
    },
    related: row.related as IncidentNumber[],
    parent: row.parent as IncidentNumber | null,
    duplicateOf: row.duplicateOf as IncidentNumber | null,
  };
}
