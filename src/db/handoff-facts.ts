import { sql } from 'kysely';

import type { Incident, Severity } from '#src/incident/incident.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import { toIncident, visibleTo } from './incidents.ts';
import { activeMutes, type MuteRow } from './mutes.ts';
import type { Reader } from './schema.ts';

/** Whose shift it was, since when, and who reads of it. */
export interface ShiftAsked {
  readonly team: TeamId | null;
  readonly people: readonly PersonId[];
  readonly since: Date;
  readonly now: Date;
  /** Nobody: what everybody may read. */
  readonly viewer: Viewer;
}

/** What the next one has to know of a shift. */
export interface ShiftFacts {
  /** The worst first; of many not all. */
  readonly open: readonly Incident[];
  readonly openInAll: number;
  /** Incidents for which nobody is paged until then. */
  readonly snoozed: readonly { readonly incident: number; readonly until: Date }[];
  /** What is silent, of any team: the first to end first. */
  readonly mutes: readonly MuteRow[];
  /** Incidents that were opened since, by how bad they are now. */
  readonly opened: Readonly<Partial<Record<Severity, number>>>;
  /** How often people of the shift were paged for them. */
  readonly pages: number;
  /** From the opening to the acknowledgment of those that were acknowledged, in milliseconds; null: none was. */
  readonly meanToAcknowledge: number | null;
  /** The rules that paged most, the first most. */
  readonly noise: readonly { readonly rule: string; readonly pages: number }[];
  /** Resolved not long ago, after they had come back. */
  readonly watch: readonly Watched[];
}

export interface Watched {
  readonly incident: number;
  readonly title: string;
  readonly resolvedAt: Date;
  /** How often it was reopened, and how often its alerts fell silent only to fire again. */
  readonly reopened: number;
  readonly flapped: number;
}

/** The most of each; a message at night is short. */
const MOST = { open: 5, snoozed: 5, noise: 3, watch: 3 } as const;
/** What was resolved longer ago does not come back by itself. */
const WATCH_MS = 12 * 3_600_000;

/**
 * Of the incidents that are the team's, that people of the shift have, or for which they were paged in it;
 * only those that the reader may see.
 */
export async function shiftFacts(r: Reader, asked: ShiftAsked): Promise<ShiftFacts> {
  const { since } = asked;
  const open = () => scope(r, asked).where('status', 'not in', ['RESOLVED', 'CLOSED']);
  const rows = await open().selectAll().orderBy('severity').orderBy('number').limit(MOST.open).execute();
  const { total } = await open()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const opened = await scope(r, asked)
    .where('createdAt', '>=', since)
    .select(['severity', ({ fn }) => fn.countAll<number>().as('many')])
    .groupBy('severity')
    .execute();
  return {
    open: rows.map(toIncident),
    openInAll: total,
    snoozed: await snoozed(r, asked),
    mutes: await mutes(r, asked),
    opened: Object.fromEntries(opened.map(({ severity, many }) => [severity, many])),
    ...(await pagesIn(r, asked)),
    meanToAcknowledge: await meanToAcknowledge(r, asked),
    watch: await watched(r, asked),
  };
}

function scope(r: Reader, { team, people, since, viewer }: ShiftAsked) {
  const isTheirs = sql<boolean>`(team = ${team} or assignee = any(${people}::text[]) or exists (
    select from pages where pages.incident = incidents.number and recipient_kind = 'person'
      and recipient = any(${people}::text[]) and requested_at >= ${since}))`;
  const all = r.selectFrom('incidents').where(isTheirs);
  return viewer.role === 'admin' ? all : all.where(visibleTo(viewer.id));
}

async function snoozed(r: Reader, asked: ShiftAsked): Promise<ShiftFacts['snoozed']> {
  const rows = await scope(r, asked)
    .where('status', 'not in', ['RESOLVED', 'CLOSED'])
    .innerJoin('escalations', 'escalations.incident', 'incidents.number')
    .where(sql<boolean>`run ->> 'status' = 'snoozed'`)
    .select(['number', sql<number>`(run ->> 'nextAt')::bigint`.as('until')])
    .orderBy('number')
    .limit(MOST.snoozed)
    .execute();
  return rows.map(({ number, until }) => ({ incident: number, until: new Date(until) }));
}

/** That an incident is silent is for those who may see it. */
async function mutes(r: Reader, { viewer, now }: ShiftAsked): Promise<MuteRow[]> {
  const all = await activeMutes(r, now);
  const named = all.flatMap(({ incident }) => incident ?? []);
  if (named.length === 0 || viewer.role === 'admin') return all;
  const seen = await r
    .selectFrom('incidents')
    .where('number', '=', sql<number>`any(${named}::bigint[])`)
    .where(visibleTo(viewer.id))
    .select('number')
    .execute();
  const numbers = new Set<number>(seen.map(({ number }) => number));
  return all.filter(({ incident }) => incident === null || numbers.has(incident));
}

async function pagesIn(r: Reader, asked: ShiftAsked): Promise<Pick<ShiftFacts, 'pages' | 'noise'>> {
  const { people, since } = asked;
  const paged = scope(r, asked)
    .innerJoin('pages as sent', 'sent.incident', 'incidents.number')
    .where('sent.recipientKind', '=', 'person')
    .where('sent.recipient', '=', sql<string>`any(${people}::text[])`)
    .where('sent.requestedAt', '>=', since);
  const { total } = await paged
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const noise = await paged
    .innerJoin('alerts', 'alerts.incident', 'incidents.number')
    .select(['alerts.rule', ({ fn }) => fn.count<number>('sent.id').distinct().as('pages')])
    .groupBy('alerts.rule')
    .orderBy('pages', 'desc')
    .orderBy('alerts.rule')
    .limit(MOST.noise)
    .execute();
  return { pages: total, noise };
}

async function meanToAcknowledge(r: Reader, asked: ShiftAsked): Promise<number | null> {
  const row = await scope(r, asked)
    .where('createdAt', '>=', asked.since)
    .where('acknowledgedAt', 'is not', null)
    .select(
      sql<number | null>`(avg(extract(epoch from acknowledged_at - created_at)) * 1000)::float8`.as('mean'),
    )
    .executeTakeFirst();
  return row?.mean ?? null;
}

async function watched(r: Reader, asked: ShiftAsked): Promise<Watched[]> {
  const since = new Date(asked.now.getTime() - WATCH_MS);
  const times = (type: string) =>
    sql<number>`(select count(*) from incident_events where incident_events.incident = incidents.number
      and type = ${type} and at >= ${since})::int`;
  const rows = await scope(r, asked)
    .where('status', 'in', ['RESOLVED', 'CLOSED'])
    .where('resolvedAt', '>=', since)
    .select(['number', 'title', 'resolvedAt'])
    .select(times('incident.reopened').as('reopened'))
    .select(times('incident.alerts_cleared').as('cleared'))
    .orderBy('resolvedAt', 'desc')
    .limit(MOST.watch * 20)
    .execute();
  return rows
    .map(({ number, title, resolvedAt, reopened, cleared }) => ({
      incident: number,
      title,
      resolvedAt: resolvedAt ?? asked.now,
      reopened,
      flapped: Math.max(0, cleared - 1),
    }))
    .filter(({ reopened, flapped }) => reopened + flapped > 0)
    .slice(0, MOST.watch);
}
