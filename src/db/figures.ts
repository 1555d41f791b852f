import { sql } from 'kysely';

import type { Severity } from '#src/incident/incident.ts';

import type { Reader, StoredSla } from './schema.ts';

/** Jobs of a class by what they do: wait and are due, wait for their time, run, were given up. */
export interface ClassCount {
  readonly class: string;
  readonly ready: number;
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
}

export async function countClasses(r: Reader, now: Date): Promise<ClassCount[]> {
  const { rows } = await sql<ClassCount>`
    select class, count(*) filter (where idle and run_at <= ${now}) as ready,
      count(*) filter (where idle and run_at > ${now}) as delayed,
      count(*) filter (where dead_at is null and not idle) as running,
      count(*) filter (where dead_at is not null) as dead
    from (
      select class, run_at, dead_at, dead_at is null and (locked_until is null or locked_until <= ${now}) as idle
      from jobs
    ) as it group by class`.execute(r);
  return rows;
}

/** How many timers are set, and for how long the first of them should have fired; 0: none is late. */
export async function countTimers(
  r: Reader,
  now: Date,
): Promise<{ waiting: number; overdueSeconds: number }> {
  const { rows } = await sql<{ waiting: number; first: Date | null }>`
    select count(*) as waiting, min(due_at) as first from timers`.execute(r);
  const { waiting = 0, first = null } = rows[0] ?? {};
  return { waiting, overdueSeconds: first ? Math.max(0, now.getTime() - first.getTime()) / 1000 : 0 };
}

interface Promised {
  readonly number: number;
  readonly severity: Severity;
  readonly createdAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly sla: StoredSla;
}

/** What is needed to say whether what was promised about these incidents was kept. */
export async function promisesOf(r: Reader, incidents: readonly number[]): Promise<Promised[]> {
  if (incidents.length === 0) return [];
  const rows = await r
    .selectFrom('incidents')
    .select(['number', 'severity', 'createdAt', 'acknowledgedAt', 'resolvedAt', 'sla'])
    .where('number', '=', sql<number>`any(${incidents}::bigint[])`)
    .execute();
  return rows;
}
