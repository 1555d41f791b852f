import { sql } from 'kysely';

import type { Reader, Tx } from './schema.ts';

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  /** Jobs of one lane never run at the same time. */
  readonly lane: string;
  readonly payload: object;
  /** Smaller numbers go first. */
  readonly priority: number;
}

export interface ClaimedJob extends NewJob {
  /** Which attempt this is, from 1. One that was interrupted, because its process died, is made again. */
  readonly attempt: number;
  /** How often this attempt has been begun. With `attempt` it proves whose lease it is. */
  readonly begun: number;
}

export interface DeadJobRow extends NewJob {
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly deadAt: Date;
}

/** What became of a claimed job. */
export type Settled = Pick<ClaimedJob, 'id' | 'attempt' | 'begun'> & End;

export type End =
  | { readonly end: 'done' }
  /** It waits until `at`; an attempt that does not count was no fault of the job's. */
  | { readonly end: 'again'; readonly at: Date; readonly counts: boolean; readonly error: string | null }
  | { readonly end: 'dead'; readonly error: string };

/** Adds jobs in their order; one whose id is known, waiting, running or dead, is left as it is. */
export async function insertJobs(r: Reader, jobs: readonly NewJob[], now: Date): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    insert into jobs (id, kind, lane, payload, priority, run_at, created_at)
    select id, kind, lane, payload, priority, ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb)
      as it(id text, kind text, lane text, payload jsonb, priority integer)
    on conflict (id) do nothing`.execute(r);
}

/** Any number, as long as nothing else in the database takes the same advisory lock. */
const LOCK = 4_811_002_392;

/** Whoever claims, settles or extends goes one after the other: two that claim at once could each take a job of one lane. */
export async function lockQueue(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx);
}

/** How far a claim looks for lanes that are free; what is behind is found as soon as those run. */
const WINDOW = 500;

/**
 * Leases the next jobs, at most one of a lane and none of a lane in which one
 * runs: the most urgent first, then whoever has been due longest. The queue
 * must be locked. A lease that ran out belongs to nobody, and its job is claimed like any other.
 */
export async function claimJobs(tx: Tx, now: Date, until: Date, limit: number): Promise<ClaimedJob[]> {
  if (limit <= 0) return [];
  const { rows } = await sql<ClaimedJob>`
    with ready as (
      select id, lane, priority, run_at, seq from jobs
      where dead_at is null and run_at <= ${now} and (locked_until is null or locked_until <= ${now})
        and lane not in (select lane from jobs where locked_until > ${now})
      order by priority, run_at, seq limit ${WINDOW}
    ), first_of_lane as (
      select distinct on (lane) * from ready order by lane, priority, run_at, seq
    ), next as (
      select id from first_of_lane order by priority, run_at, seq limit ${limit}
    ), claimed as (
      update jobs set locked_until = ${until}, interrupted = interrupted + 1 where id in (select id from next)
      returning *
    )
    select id, kind, lane, payload, priority, attempts + 1 as attempt, interrupted as begun from claimed
    order by priority, run_at, seq`.execute(tx);
  return rows;
}

/**
 * Writes down what became of jobs. One whose lease has gone to somebody else
 * is left alone: that one settles it. The queue must be locked.
 */
export async function settleJobs(tx: Tx, settled: readonly Settled[], now: Date): Promise<void> {
  const done = settled.filter((it) => it.end === 'done').map(leaseOf);
  if (done.length > 0) {
    await sql`
      delete from jobs using jsonb_to_recordset(${JSON.stringify(done)}::jsonb) as it(id text, attempt integer, begun integer)
      where ${IS_OURS}`.execute(tx);
  }
  const kept = settled.filter((it) => it.end !== 'done').map(toChange);
  if (kept.length > 0) {
    await sql`
      update jobs set locked_until = null, run_at = coalesce(it.at, run_at), attempts = it.counted, interrupted = 0,
        dead_at = case when it.dead then ${now}::timestamptz end, last_error = coalesce(it.error, last_error)
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb)
        as it(id text, attempt integer, begun integer, at timestamptz, counted integer, dead boolean, error text)
      where ${IS_OURS}`.execute(tx);
  }
}

/** A lease that ran out, and perhaps went to somebody else, is nobody's to write to. */
const IS_OURS = sql`jobs.id = it.id and jobs.attempts = it.attempt - 1 and jobs.interrupted = it.begun
  and jobs.locked_until is not null`;

function leaseOf({ id, attempt, begun }: Pick<ClaimedJob, 'id' | 'attempt' | 'begun'>) {
  return { id, attempt, begun };
}

function toChange(it: Exclude<Settled, { end: 'done' }>) {
  const { attempt, error } = it;
  const told = { ...leaseOf(it), error: error === null ? null : storable(error) };
  if (it.end === 'dead') return { ...told, dead: true, at: null, counted: attempt };
  return { ...told, dead: false, at: it.at, counted: it.counts ? attempt : attempt - 1 };
}

const LONGEST_ERROR = 4000;

/** PostgreSQL takes neither NUL nor half a character, and an error may quote anything. */
function storable(text: string): string {
  return text.slice(0, LONGEST_ERROR).toWellFormed().replaceAll('\0', '\u{FFFD}');
}

/** Keeps jobs that still run; answers the ids of those that are still ours. The queue must be locked. */
export async function extendLeases(
  r: Reader,
  running: readonly ClaimedJob[],
  until: Date,
): Promise<Set<string>> {
  const mine = running.map(leaseOf);
  const { rows } = await sql<{ id: string }>`
    update jobs set locked_until = ${until}
    from jsonb_to_recordset(${JSON.stringify(mine)}::jsonb) as it(id text, attempt integer, begun integer)
    where ${IS_OURS} returning jobs.id`.execute(r);
  return new Set(rows.map((it) => it.id));
}

/** Frees every lease. Only for the one process of a database that nobody else can have open. */
export async function freeLeases(r: Reader): Promise<void> {
  await sql`update jobs set locked_until = null where locked_until is not null`.execute(r);
}

/** When a job that nobody runs will be due, or the lease of one that somebody runs ends; null when neither lies ahead. */
export async function nextJobAt(r: Reader, now: Date): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select min(greatest(run_at, locked_until)) as at from jobs
    where dead_at is null and (run_at > ${now} or locked_until > ${now})`.execute(r);
  return rows[0]?.at ?? null;
}

/** Waiting and due, waiting for its time, running, given up; and for how many milliseconds the oldest has been due. */
export async function countJobs(
  r: Reader,
  now: Date,
): Promise<{ ready: number; delayed: number; running: number; dead: number; oldestAgeMs: number }> {
  const { rows } = await sql<{
    ready: number;
    delayed: number;
    running: number;
    dead: number;
    oldest: Date | null;
  }>`
    select count(*) filter (where idle and run_at <= ${now}) as ready,
      count(*) filter (where idle and run_at > ${now}) as delayed,
      count(*) filter (where dead_at is null and not idle) as running,
      count(*) filter (where dead_at is not null) as dead,
      min(run_at) filter (where idle and run_at <= ${now}) as oldest
    from (select *, dead_at is null and (locked_until is null or locked_until <= ${now}) as idle from jobs) as it`.execute(
    r,
  );
  const { oldest, ...counts } = rows[0] ?? { ready: 0, delayed: 0, running: 0, dead: 0, oldest: null };
  return { ...counts, oldestAgeMs: oldest ? now.getTime() - oldest.getTime() : 0 };
}

/** The jobs that were given up, latest first. */
export async function deadJobs(r: Reader, limit: number): Promise<DeadJobRow[]> {
  const rows = await r
    .selectFrom('jobs')
    .select(['id', 'kind', 'lane', 'payload', 'priority', 'attempts', 'lastError', 'createdAt'])
    .select((it) => it.ref('deadAt').$notNull().as('deadAt'))
    .where('deadAt', 'is not', null)
    .orderBy('deadAt', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows;
}

/** Gives a dead job all its attempts again, from now on. False when no dead job has this id. */
export async function reviveJob(r: Reader, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await r
    .updateTable('jobs')
    .set({ deadAt: null, attempts: 0, runAt: now })
    .where('id', '=', id)
    .where('deadAt', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
