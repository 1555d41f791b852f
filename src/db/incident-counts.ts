import { sql } from 'kysely';

import type { Severity, Status } from '#src/incident/incident.ts';

import type { Reader } from './schema.ts';

/** Counting may take this share of the time. */
const SHARE = 0.01;
/** What is quicker than this is always counted anew. */
const QUICK_MS = 20;

/**
 * Counts incidents by severity and status, again and again. Those that are open are few and are counted each time.
 * Those that are over may be a million and change seldom: they are counted again when a hundred times as long has
 * gone by as it takes, so that it makes no difference how often somebody asks.
 */
export function incidentCounter(
  r: Reader,
  count: typeof countIncidents = countIncidents,
): () => Promise<IncidentCount[]> {
  let over: IncidentCount[] = [];
  let until = -Infinity;
  return async () => {
    const open = await count(r, 'open');
    const begun = performance.now();
    if (begun >= until) {
      over = await count(r, 'over');
      const took = performance.now() - begun;
      until = took < QUICK_MS ? -Infinity : begun + took / SHARE;
    }
    return [...open, ...over];
  };
}

/** How many incidents there are of each severity and status; for the metrics and the status command. */
export async function countIncidents(r: Reader, which: 'open' | 'over'): Promise<IncidentCount[]> {
  const isOver = sql<boolean>`status in ('RESOLVED', 'CLOSED')`;
  return await r
    .selectFrom('incidents')
    .select(['severity', 'status', ({ fn }) => fn.countAll<number>().as('count')])
    .where(which === 'over' ? isOver : sql<boolean>`status not in ('RESOLVED', 'CLOSED')`)
    .groupBy(['severity', 'status'])
    .execute();
}

export interface IncidentCount {
  readonly severity: Severity;
  readonly status: Status;
  readonly count: number;
}
