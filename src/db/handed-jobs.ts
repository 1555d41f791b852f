import { sql, type RawBuilder } from 'kysely';

import { IMPATIENT, LOCK, type ClaimedJob } from './jobs.ts';
import type { Reader, Tx } from './schema.ts';

/** A job that is ready, as another server is told of it. */
export interface HandedJob {
  readonly id: string;
  readonly kind: string;
  /** As the column `class`. */
  readonly name: string;
  readonly priority: number;
  /** Another one each time the job becomes ready again. */
  readonly turn: string;
}

/** Any number, as long as nothing else in the database takes advisory locks with the same first key. */
const LANES = 1_120_417;

/**
 * Whoever claims jobs of these lanes goes one after the other, and beside those who claim from others. Whoever
 * has locked the whole queue is waited for, and so is everybody here by him. To be called before anything is
 * changed in the transaction: who held a row and waited for a lane could wait for ever.
 */
export async function lockLanesOf(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock_shared(${LOCK}::bigint) from ${IMPATIENT}
    union all
    select pg_advisory_xact_lock(${LANES}::integer, lane)
    from (select distinct hashtext(lane) as lane from jobs where id = any(${[...ids]}::text[]) order by 1) as it`.execute(
    tx,
  );
}

/**
 * Leases those of these jobs that may run now, by the rules of `claimJobs`: one of a lane and none of a lane in
 * which one runs. The others keep as they are. Their lanes must be locked.
 */
export async function claimThese(
  tx: Tx,
  now: Date,
  until: Date,
  ids: readonly string[],
): Promise<ClaimedJob[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ClaimedJob>`
    with first_of_lane as (
      select distinct on (lane) id from jobs
      where id = any(${[...ids]}::text[]) and dead_at is null and run_at <= ${now}
        and (locked_until is null or locked_until <= ${now})
        and not exists (select from jobs as other where other.lane = jobs.lane and other.locked_until > ${now})
        and ${IN_ORDER}
      order by lane, priority, run_at, seq
    ), claimed as (
      update jobs set locked_until = ${until}, interrupted = interrupted + 1, handed_until = null
      where id in (select id from first_of_lane) and (locked_until is null or locked_until <= ${now})
      returning *
    )
    select id, kind, lane, payload, priority, whole, attempts + 1 as attempt, interrupted as begun from claimed
    order by priority, run_at, seq`.execute(tx);
  return rows;
}

/** Where a class has a name, jobs of one lane and kind that are as urgent keep their order. */
const IN_ORDER = sql`(class = '' or not exists (
  select from jobs as earlier
  where earlier.lane = jobs.lane and earlier.kind = jobs.kind and earlier.seq < jobs.seq
    and earlier.priority = jobs.priority and earlier.dead_at is null
))`;

/** Of each class so many are known elsewhere at most: what goes first there must be what is first here. */
export const MOST_HANDED = 500;

export interface HandOver {
  readonly now: Date;
  /** Null: all. */
  readonly classes: readonly string[] | null;
  /** For how long they are not handed over again; shorter for those whose priority is `urgent` or less. */
  readonly kept: { readonly ms: number; readonly urgent: number; readonly urgentMs: number };
}

/**
 * The jobs of these classes that could run now, first of their lanes, most urgent first, that were not handed over
 * or so long ago that they must have been lost. Whoever does the same at the same time gets others.
 */
export async function handOver(r: Reader, { classes, ...how }: HandOver): Promise<HandedJob[]> {
  if (classes?.length === 0) return [];
  const named = classes === null ? EVERY_CLASS : sql`select unnest(${[...classes]}::text[]) as name`;
  return await mark(
    r,
    how,
    sql`select it.* from (with recursive named as (${named}) select name from named) as named
      cross join lateral (
        select id, lane, priority, run_at, seq, handed_until from jobs
        where class = named.name and ${isReady(how.now)}
        order by priority, run_at, seq limit ${MOST_HANDED}
      ) as it`,
  );
}

/** The same of some lanes: who freed them need not look at all the others. */
export async function handOverOf(
  r: Reader,
  { classes, ...how }: HandOver,
  lanes: readonly string[],
): Promise<HandedJob[]> {
  if (lanes.length === 0 || classes?.length === 0) return [];
  const isServed = classes === null ? sql`true` : sql`class = any(${[...classes]}::text[])`;
  return await mark(
    r,
    how,
    sql`select id, lane, priority, run_at, seq, handed_until from jobs
      where lane = any(${[...lanes]}::text[]) and ${isServed} and ${isReady(how.now)}`,
  );
}

function isReady(now: Date) {
  return sql`dead_at is null and run_at <= ${now} and (locked_until is null or locked_until <= ${now})
    and lane not in (select lane from jobs where locked_until > ${now}) and ${IN_ORDER}`;
}

async function mark(
  r: Reader,
  { now, kept }: Omit<HandOver, 'classes'>,
  ready: RawBuilder<unknown>,
): Promise<HandedJob[]> {
  const after = (ms: number) => new Date(now.getTime() + ms);
  const { rows } = await sql<HandedJob>`
    with ready as (${ready}
    ), first_of_lane as (
      select distinct on (lane) id, handed_until from ready order by lane, priority, run_at, seq
    ), taken as (
      select id from jobs
      where id in (select id from first_of_lane where handed_until is null or handed_until <= ${now})
        and (handed_until is null or handed_until <= ${now})
      for update skip locked
    ), handed as (
      update jobs set handed_until = case when priority <= ${kept.urgent} then ${after(kept.urgentMs)}::timestamptz
        else ${after(kept.ms)}::timestamptz end
      where id in (select id from taken)
      returning *
    )
    select id, kind, class as name, priority,
      concat_ws('.', attempts, interrupted, (extract(epoch from run_at) * 1000)::bigint) as turn
    from handed order by priority, run_at, seq`.execute(r);
  return rows;
}

/** From name to name, so that it does not read every job. */
const EVERY_CLASS = sql`
  (select class as name from jobs where dead_at is null order by class limit 1)
  union all
  select (select class from jobs where dead_at is null and class > named.name order by class limit 1)
  from named where named.name is not null`;

/** They are not known elsewhere any more; null: none is. Who is at one of them just now knows better. */
export async function takeBack(r: Reader, now: Date, ids: readonly string[] | null): Promise<void> {
  if (ids?.length === 0) return;
  const these = ids === null ? sql`true` : sql`id = any(${[...ids]}::text[])`;
  await sql`
    update jobs set handed_until = null where id in (
      select id from jobs
      where ${these} and dead_at is null and handed_until is not null
        and (locked_until is null or locked_until <= ${now})
      for update skip locked
    )`.execute(r);
}
