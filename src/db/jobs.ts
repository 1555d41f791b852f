import { sql } from 'kysely';

import { ALONE } from './embedded.ts';
import type { Reader, Tx } from './schema.ts';

export interface NewJob {
  readonly id: string;
  readonly kind: string;
  /** Jobs of one lane never run at the same time. */
  readonly lane: string;
  readonly payload: object;
  /** Smaller numbers go first. */
  readonly priority: number;
  /** Of those of its lane and kind that wait one is enough. */
  readonly whole?: boolean;
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

/** What follows `@` in a lane, as in the column `class`: whose slots its jobs take. Empty for the program's own. */
export function classOf(lane: string): string {
  return lane.split('@')[1] ?? '';
}

/**
 * Adds jobs in their order; one whose id is known, waiting, running or dead, is left as it is.
 *
 * A whole job is not added where one of its lane and kind waits that is no less
 * urgent and was not tried yet: that one begins after this moment, and does the
 * same. One that failed before is not enough, since it may be given up.
 */
export async function insertJobs(r: Reader, jobs: readonly NewJob[], now: Date): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    insert into jobs (id, kind, lane, payload, priority, whole, run_at, created_at)
    select id, kind, lane, payload, priority, coalesce(whole, false), ${now}, ${now}
    from rows from (
      jsonb_to_recordset(${JSON.stringify(firstWholes(jobs))}::jsonb)
        as (id text, kind text, lane text, payload jsonb, priority integer, whole boolean)
    ) with ordinality as it(id, kind, lane, payload, priority, whole, place)
    where whole is not true or not exists (
      select from jobs as other
      where other.lane = it.lane and other.kind = it.kind and other.whole and other.priority <= it.priority
        and other.dead_at is null and other.locked_until is null and other.attempts = 0
    )
    order by place
    on conflict (id) do nothing`.execute(r);
}

/** Of whole jobs of one lane and kind that are added together, the first. */
function firstWholes(jobs: readonly NewJob[]): readonly NewJob[] {
  const seen = new Set<string>();
  return jobs.filter(({ whole, lane, kind, priority }) => {
    const what = `${lane} ${kind} ${priority}`;
    if (!whole) return true;
    if (seen.has(what)) return false;
    seen.add(what);
    return true;
  });
}

/**
 * Of a transaction for which everybody waits: one whose process is gone without a word is ended by the database
 * after ten seconds. Said in the transaction, because behind PgBouncer a session is somebody else's as well.
 *
 * Not in the built-in database: nobody is gone there whose database is not, and at the end of its only session
 * it turns in circles and fills the memory.
 */
export const IMPATIENT = sql`set_config('idle_in_transaction_session_timeout',
  case current_setting(${sql.lit(ALONE)}, true) when 'on' then '0' else '10000' end, true)`;

/** The same where nothing is locked, but much is held. */
export async function beImpatient(tx: Tx): Promise<void> {
  await sql`select ${IMPATIENT}`.execute(tx);
}

/** Any number, as long as nothing else in the database takes the same advisory lock. */
export const LOCK = 4_811_002_392;

/**
 * Whoever claims, settles or extends goes one after the other: two that claim at once could each take a job of one
 * lane. Who claims jobs that it knows by their ids needs less: see `handed-jobs.ts`.
 */
export async function lockQueue(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint) from ${IMPATIENT}`.execute(tx);
}

/** How far a claim looks in each class for lanes that are free; what is behind is found as soon as those run. */
const WINDOW = 500;

/**
 * Leases the next jobs of each class, `free` of it at most, one of a lane and
 * none of a lane in which one runs: the most urgent first, then whoever has been
 * due longest. Classes that are not named keep their jobs. A lease that ran out
 * belongs to nobody, and its job is claimed like any other. The queue must be locked.
 *
 * Where a class has a name, jobs of one lane and kind that are as urgent keep their
 * order also when the first of them has to be tried again: what is said in a room is
 * read in order.
 */
export async function claimJobs(
  tx: Tx,
  now: Date,
  until: Date,
  free: ReadonlyMap<string, number>,
): Promise<{
  readonly claimed: readonly ClaimedJob[];
  /** There was more in a class than it was looked through for. */
  readonly isMore: boolean;
}> {
  const wanted = [...free].filter(([, slots]) => slots > 0).map(([name, slots]) => ({ name, slots }));
  if (wanted.length === 0) return { claimed: [], isMore: false };
  const { rows } = await sql<ClaimedJob & { readonly isMore: boolean }>`
    with wanted as (
      select name, slots from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as it(name text, slots integer)
    ), ready as (
      select it.* from wanted cross join lateral (
        select id, lane, class, priority, run_at, seq from jobs
        where class = wanted.name and dead_at is null and run_at <= ${now}
          and (locked_until is null or locked_until <= ${now})
          and lane not in (select lane from jobs where locked_until > ${now})
          and (class = '' or not exists (
            select from jobs as earlier
            where earlier.lane = jobs.lane and earlier.kind = jobs.kind and earlier.seq < jobs.seq
              and earlier.priority = jobs.priority and earlier.dead_at is null
          ))
        order by priority, run_at, seq limit ${WINDOW}
      ) as it
    ), first_of_lane as (
      select distinct on (lane) * from ready order by lane, priority, run_at, seq
    ), ranked as (
      select *, row_number() over (partition by class order by priority, run_at, seq) as place from first_of_lane
    ), claimed as (
      update jobs set locked_until = ${until}, interrupted = interrupted + 1, handed_until = null
      where id in (select id from ranked join wanted on name = class where place <= slots)
        and (locked_until is null or locked_until <= ${now})
      returning *
    )
    select id, kind, lane, payload, priority, whole, attempts + 1 as attempt, interrupted as begun,
      exists (select from ready group by class having count(*) = ${WINDOW}) as is_more
    from claimed order by priority, run_at, seq`.execute(tx);
  const claimed = rows.map((row) => {
    const { isMore: _, ...job } = row;
    return job;
  });
  return { claimed, isMore: rows[0]?.isMore ?? false };
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

/**
 * When a job of these classes that nobody runs will be due, or the lease of one
 * that somebody runs ends; null when neither lies ahead.
 */
export async function nextJobAt(r: Reader, now: Date, classes: readonly string[]): Promise<Date | null> {
  if (classes.length === 0) return null;
  const { rows } = await sql<{ at: Date | null }>`
    select min(greatest(run_at, locked_until)) as at from jobs
    where class = any(${classes}::text[]) and dead_at is null
      and (run_at > ${now} or locked_until > ${now})`.execute(r);
  return rows[0]?.at ?? null;
}

/** Whether there is work of this class: a job that waits, for whatever, or runs. */
export async function hasClass(r: Reader, name: string): Promise<boolean> {
  const { rows } = await sql`select from jobs where class = ${name} and dead_at is null limit 1`.execute(r);
  return rows.length > 0;
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
    .set({ deadAt: null, attempts: 0, runAt: now, handedUntil: null })
    .where('id', '=', id)
    .where('deadAt', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Puts away what was given up, for somebody who has looked at it. False when no dead job has this id. */
export async function dropDeadJob(r: Reader, id: string): Promise<boolean> {
  const { numDeletedRows } = await r
    .deleteFrom('jobs')
    .where('id', '=', id)
    .where('deadAt', 'is not', null)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** What was given up so long ago that nobody looks at it any more. */
export async function forgetDeadJobs(r: Reader, before: Date): Promise<void> {
  await r.deleteFrom('jobs').where('deadAt', '<', before).execute();
}
