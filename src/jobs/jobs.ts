import { randomUUID } from 'node:crypto';

import { leaveClasses } from '#src/db/jobs.ts';
import type { Db } from '#src/db/schema.ts';
import { makeRunner, type Calls, type Errand, type Reaction, type Task } from '#src/reactions/reaction.ts';

import { Breakers, type BreakerState } from './breakers.ts';
import { realClock, type Clock } from './clock.ts';
import { EmbeddedQueue, type JobLog } from './embedded.ts';
import type { DeadJob, Queue, QueueStats, RunningJob } from './queue.ts';
import { jobToAsk, urgentClass } from './reaction-jobs.ts';
import { Relay } from './relay.ts';

/** Told what happens, for metrics. */
export interface JobObserver {
  /** An attempt of a reaction ended after so many milliseconds. */
  reaction(name: string, outcome: 'done' | 'retry' | 'dead', ms: number): void;
  /** A timer's reaction begins, so many milliseconds after the timer's time. */
  timerLate(ms: number, kind: string): void;
  /** Something happened to these incidents, and is committed; for what is shown live and need not survive. */
  happened?(incidents: readonly number[]): void;
  /** A destination is left alone, tried again, or called as usual; `closed` also when it answers for the first time. */
  destination?(name: string, state: BreakerState): void;
}

export interface JobsOptions<Deps> {
  readonly db: Db;
  /** No other process can have this database open: true for the built-in one. */
  readonly alone: boolean;
  readonly reactions: readonly Reaction<Deps & Calls>[];
  /** What is done at its time, about no incident. */
  readonly errands?: readonly Errand<Deps & Calls>[];
  /** What reactions may use, beside `calling`, which comes from here. */
  readonly deps: Deps;
  readonly log: JobLog;
  readonly observer?: JobObserver;
  readonly clock?: Clock;
  readonly queue?: Queue;
  /** Jobs that run side by side in this process, beside those for destinations outside. */
  readonly concurrency?: number;
  /** How often each reaction runs for one job; above 1 in tests, to prove that repeating does no harm. */
  readonly times?: number;
  /** How often to look for what other processes wrote. */
  readonly lookMs?: number;
}

export interface Jobs {
  /** There are new events or timers: look now. What `Context.committed` calls. */
  committed(): void;
  /**
   * From now on the work for a destination outside is done, once `check` has said
   * that it is there; until then it waits. The name is that of the reactions' `destination`. `atOnce`: the most
   * of its jobs side by side, where that is not what others take.
   */
  serve(destination: { readonly name: string; readonly atOnce?: number; check(): Promise<void> }): void;
  /** Calls a destination through its breaker, for what is not the work of a job. Throws LeftAlone while it is left alone. */
  calling<T>(destination: string, call: () => Promise<T>): Promise<T>;
  /** Has a whole reaction run for these incidents though nothing happened to them; `priority` in place of its own. */
  ask(reaction: string, incidents: readonly number[], priority?: number): Promise<void>;
  stats(): Promise<QueueStats>;
  /** The jobs that were given up, latest first. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Gives a dead job all its attempts again. False when no dead job has this id. */
  retry(id: string): Promise<boolean>;
  breakers(): ReadonlyMap<string, BreakerState>;
  /** Running jobs get `graceMs` to finish; the others are given back. Nothing is lost either way. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Few enough for a pool of ten connections: these jobs work in the database. */
const CONCURRENCY = 8;
/**
 * Jobs of one destination outside that run side by side. They wait for somebody
 * else's server: of 20 incidents that change at once no card waits for another,
 * and how fast it may be called its adapter knows.
 */
const CONCURRENCY_OUTSIDE = 20;

const NOBODY: JobObserver = { reaction: () => {}, timerLate: () => {} };

/** Starts everything that happens by itself: the relay, the queue and the reactions. */
export async function startJobs<Deps>(options: JobsOptions<Deps>): Promise<Jobs> {
  const { db, alone, reactions, errands = [], log, observer = NOBODY, clock = realClock, lookMs } = options;
  const look = lookMs === undefined ? {} : { lookMs };
  const queue = options.queue ?? new EmbeddedQueue({ db, clock, log, alone, ...look });
  const relay = new Relay({
    db,
    clock,
    queue,
    wanting: { reactions, errands },
    log,
    happened: (it) => observer.happened?.(it),
    ...look,
  });
  const served = new Map<string, number>();
  const away = new Set<string>();
  const breakers = new Breakers(clock, (destination, state) => {
    // That it answers for the first time is no change.
    const isNews = state === 'closed' ? away.delete(destination) : away.add(destination);
    if (isNews) log.warn({ destination, state }, 'A circuit breaker changed');
    observer.destination?.(destination, state);
    queue.wake();
  });
  await queue.process(handlerOf(options, breakers, clock), {
    concurrency: options.concurrency ?? CONCURRENCY,
    classes: () => new Map([...served].flatMap(([name, atOnce]) => slotsOf(name, atOnce, breakers))),
    deadlineOf: (kind) => reactions.find((it) => it.name === kind)?.deadlineMs,
    observe: (job, outcome, ms) => observer.reaction(job.kind, outcome, ms),
  });
  await leaveOthers(options, clock);
  relay.start();
  return {
    committed: () => relay.wake(),
    serve(destination) {
      served.set(destination.name, destination.atOnce ?? CONCURRENCY_OUTSIDE);
      breakers.watch(destination.name, {
        check: () => destination.check(),
        hasWork: async () =>
          (await queue.hasWork(urgentClass(destination.name))) || (await queue.hasWork(destination.name)),
      });
    },
    calling: async (destination, call) =>
      await breakers.calling(destination, call, new AbortController().signal),
    ask: async (reaction, incidents, priority) => {
      const asked = reactions.find((it) => it.name === reaction && it.whole === true);
      if (!asked) throw new Error(`there is no whole reaction called ${reaction}`);
      const subscriber = priority === undefined ? asked : { ...asked, priority };
      await queue.add(incidents.map((it) => jobToAsk(subscriber, it, randomUUID())));
    },
    stats: () => queue.stats(),
    dead: (limit) => queue.dead(limit),
    retry: (id) => queue.retry(id),
    breakers: () => breakers.states(),
    stop: async (how) => {
      breakers.stop();
      await relay.stop();
      await queue.stop(how);
    },
  };
}

/** What is urgent finds out by itself that its destination is left alone, and takes another way. */
function slotsOf(destination: string, atOnce: number, breakers: Breakers): [string, number][] {
  return [
    [destination, breakers.slots(destination, atOnce)],
    [urgentClass(destination), breakers.wasThere(destination) ? atOnce : 0],
  ];
}

/** What was configured before, and is not any more, would be waited for without end. */
async function leaveOthers<Deps>(
  { db, reactions, errands = [], log }: JobsOptions<Deps>,
  clock: Clock,
): Promise<void> {
  const known = new Set(
    [...reactions, ...errands].flatMap(({ destination }) =>
      destination === undefined ? [] : [destination, urgentClass(destination)],
    ),
  );
  const left = await db.transaction().execute((tx) => leaveClasses(tx, [...known], clock.now()));
  if (left > 0) log.warn({ jobs: left }, 'Jobs were given up: what they are for is not connected any more');
}

function handlerOf<Deps>(
  { db, reactions, errands = [], deps, times = 1, observer = NOBODY }: JobsOptions<Deps>,
  breakers: Breakers,
  clock: Clock,
): (job: RunningJob) => Promise<void> {
  const depsFor = (signal: AbortSignal): Deps & Calls => ({
    ...deps,
    calling: (destination, call) => breakers.calling(destination, call, signal),
  });
  const run = makeRunner({ reactions, errands }, db, depsFor, { times });
  return async ({ id, attempt, signal, payload }) => {
    const task = payload as Task;
    if (task.timer && attempt === 1) {
      observer.timerLate(clock.now().getTime() - Date.parse(task.timer.dueAt), task.timer.kind);
    }
    await run(task, { id, attempt, signal });
  };
}
