import { sql } from 'kysely';

import { ON_TIME_MS } from '#src/paging/times.ts';

import type { Reader, Tx } from './schema.ts';

/** Whoever else sees within so many seconds that it was set back sees the same. */
const SAME_S = 60;

/**
 * The clock was set back by so many milliseconds. What was to be done or sent some time after
 * something else still is: only what was promised for a time of the day keeps its time. Everybody
 * who fires timers sees it; the first one moves what waits.
 */
export async function setBack(tx: Tx, now: Date, ms: number): Promise<void> {
  const first = await sql`
    insert into write_checks (name, at) values ('set-back', ${now})
    on conflict (name) do update set at = excluded.at
    where abs(extract(epoch from excluded.at - write_checks.at)) > ${SAME_S}
    returning name`.execute(tx);
  if (first.rows.length === 0) return;
  const by = sql`${ms} * interval '1 millisecond'`;
  await sql`update jobs set run_at = run_at - ${by} where dead_at is null and run_at > ${now}`.execute(tx);
  await sql`
    update timers set due_at = due_at - ${by}
    where (kind like 'notify@%' or kind like 'say@%') and due_at > ${now}`.execute(tx);
}

/** Incidents whose level was reached at a time that is still to come: the clock was set back since then. */
export async function levelsAhead(r: Reader, now: Date): Promise<number[]> {
  const { rows } = await sql<{ incident: number }>`
    select incident from escalations
    where run->>'status' = 'active' and (run->>'levelReachedAt')::bigint > ${now.getTime() + ON_TIME_MS}
    order by incident`.execute(r);
  return rows.map((it) => it.incident);
}
