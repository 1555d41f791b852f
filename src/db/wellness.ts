import { sql } from 'kysely';

import type { Db } from './schema.ts';
import { nextDue } from './timers.ts';

/** An event that nobody has dispatched, or a timer that nobody has fired, is behind after this. */
const BEHIND_MS = 30_000;
/** A job that pages somebody and is neither done nor given up is stuck after this, also where a provider is away. */
const STUCK_MS = 120_000;

/**
 * Why the program does not do its work, as sentences; none where it does. It writes a row to see
 * whether it can.
 * @param paging the priority of the jobs that page people
 * @throws Error where the database is away
 */
export async function whyUnwell(db: Db, now: Date, paging: number): Promise<string[]> {
  await db
    .insertInto('writeChecks')
    .values({ name: 'heartbeat', at: now })
    .onConflict((it) => it.column('name').doUpdateSet({ at: now }))
    .execute();
  const { rows } = await sql<{ event: Date | null; job: Date | null }>`select
    (select min(at) from incident_events where dispatched_at is null) as event,
    (select min(created_at) from jobs where dead_at is null and priority <= ${paging}) as job`.execute(db);
  const { event = null, job = null } = rows[0] ?? {};
  const timer = await nextDue(db);
  const since = (at: Date | null) => (at ? now.getTime() - at.getTime() : 0);
  const seconds = (ms: number) => Math.round(ms / 1000);
  return [
    since(event) > BEHIND_MS ? `An event has waited for ${seconds(since(event))} s to be dispatched.` : '',
    since(timer) > BEHIND_MS ? `A timer is late by ${seconds(since(timer))} s.` : '',
    since(job) > STUCK_MS ? `A page has been under way for ${seconds(since(job))} s.` : '',
  ].filter((it) => it !== '');
}
