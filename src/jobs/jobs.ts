import type { Db } from '#src/db/schema.ts';
import { makeRunner, type Calls, type Reaction, type Task } from '#src/reactions/reaction.ts';

import { Breakers, type BreakerState } from './breakers.ts';
import { realClock, type Clock } from './clock.ts';
import { EmbeddedQueue, type JobLog } from './embedded.ts';
import type { DeadJob, Queue, QueueStats, RunningJob } from './queue.ts';
import { Relay } from './relay.ts';

/** Told what happens, for metrics. */
export interface JobObserver {
  /** An attempt of a reaction ended after so many milliseconds. */
  reaction(name: string, outcome: 'done' | 'retry' | 'dead', ms: number): void;
  /** A timer's reaction begins, so many milliseconds after the timer's time. */
  timerLate(ms: number, kind: string): void;
  /** Something happened to these incidents, and is committed; for what is shown live and need not survive. */
  happened?(incidents: readonly number[]): void;
}

export interface JobsOptions<Deps> {
  readonly db: Db;
  /** No other process can have this database open: true for the built-in one. */
  readonly alone: boolean;
  readonly reactions: readonly Reaction<Deps & Calls>[];
  /** What reactions may use, beside `calling`, which comes from here. */
  readonly deps: Deps;
  readonly log: JobLog;
  readonly observer?: JobObserver;
  readonly clock?: Clock;
  readonly queue?: Queue;
  /** Jobs that run side by side in this process. */
  readonly concurrency?: number;
  /** How often each reaction runs for one job; above 1 in tests, to prove that repeating does no harm. */
  readonly times?: number;
  /** How often to look for what other processes wrote. */
  readonly lookMs?: number;
}

export interface Jobs {
  /** There are new events or timers: look now. What `Context.committed` calls. */
  committed(): void;
  stats(): Promise<QueueStats>;
  /** The jobs that were given up, latest first. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Gives a dead job all its attempts again. False when no dead job has this id. */
  retry(id: string): Promise<boolean>;
  breakers(): ReadonlyMap<string, BreakerState>;
  /** Running jobs get `graceMs` to finish; the others are given back. Nothing is lost either way. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Enough to wait for several slow destinations, few enough for a pool of ten connections. */
const CONCURRENCY = 8;

const NOBODY: JobObserver = { reaction: () => {}, timerLate: () => {} };

/** Starts everything that happens by itself: the relay, the queue and the reactions. */
export async function startJobs<Deps>(options: JobsOptions<Deps>): Promise<Jobs> {
  const { db, alone, reactions, log, observer = NOBODY, clock = realClock, lookMs } = options;
  const look = lookMs === undefined ? {} : { lookMs };
  const queue = options.queue ?? new EmbeddedQueue({ db, clock, log, alone, ...look });
  const relay = new Relay({
    db,
    clock,
    queue,
    subscribers: reactions,
    log,
    happened: (it) => observer.happened?.(it),
    ...look,
  });
  const breakers = new Breakers(clock, (destination, state) =>
    log.warn({ destination, state }, 'A circuit breaker changed'),
  );
  await queue.process(handlerOf(options, breakers, clock), {
    concurrency: options.concurrency ?? CONCURRENCY,
    observe: (job, outcome, ms) => observer.reaction(job.kind, outcome, ms),
  });
  relay.start();
  return {
    committed: () => relay.wake(),
    stats: () => queue.stats(),
    dead: (limit) => queue.dead(limit),
    retry: (id) => queue.retry(id),
    breakers: () => breakers.states(),
    stop: async (how) => {
      await relay.stop();
      await queue.stop(how);
    },
  };
}

function handlerOf<Deps>(
  { db, reactions, deps, times = 1, observer = NOBODY }: JobsOptions<Deps>,
  breakers: Breakers,
  clock: Clock,
): (job: RunningJob) => Promise<void> {
  const depsFor = (signal: AbortSignal): Deps & Calls => ({
    ...deps,
    calling: (destination, call) => breakers.calling(destination, call, signal),
  });
  const run = makeRunner(reactions, db, depsFor, { times });
  return async ({ id, attempt, signal, payload }) => {
    const task = payload as Task;
    if (task.timer && attempt === 1) {
      observer.timerLate(clock.now().getTime() - Date.parse(task.timer.dueAt), task.timer.kind);
    }
    await run(task, { id, attempt, signal });
  };
}
