import { randomUUID } from 'node:crypto';

import { leaveClasses } from '#src/db/left-jobs.ts';
import type { ClaimedEvent } from '#src/db/outbox.ts';
import type { Db } from '#src/db/schema.ts';
import { amongTheFirst, behindOthers } from '#src/db/turns.ts';
import {
  makeRunner,
  PRIORITY,
  type Calls,
  type Errand,
  type Reaction,
  type Task,
} from '#src/reactions/reaction.ts';
import { traced, type SpanOptions } from '#src/telemetry/trace.ts';

import type { Bell } from './bell.ts';
import { Breakers, type BreakerState } from './breakers.ts';
import { reach, type CallObserver, type CallOutcome } from './calls.ts';
import { realClock, type Clock } from './clock.ts';
import { easing, type Ease } from './ease.ts';
import { EmbeddedQueue, type JobLog } from './embedded.ts';
import type { LookMs } from './loop.ts';
import type { Rate } from './pace.ts';
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
  /** A destination was called, or was to be called, and this came of it after so many milliseconds. */
  called?(destination: string, outcome: CallOutcome, ms: number): void;
  /** These were handed on, and are handed on no more. */
  handedOn?(events: readonly ClaimedEvent[]): void;
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
  readonly lookMs?: LookMs;
  /** Whether this process runs the jobs; left out, it does. Adding them and looking after them it may in any case. */
  readonly works?: boolean;
  /** How many jobs of a destination may run now; left out, fewer where this process has no time left. */
  readonly ease?: Ease;
  /** Whether it fires timers and sweeps up what others left; left out, it does. */
  readonly schedules?: boolean;
  /** How processes tell each other that there is something to do. */
  readonly bell?: Pick<Bell, 'ring' | 'on' | 'watch' | 'isUp'>;
}

export interface Jobs {
  /** There are new events or timers: look now. What `Context.committed` calls. */
  committed(): void;
  /**
   * From now on the work for a destination outside is done, once `check` has said
   * that it is there; until then it waits. The name is that of the reactions' `destination`. `atOnce`: the most
   * of its jobs side by side, where that is not what others take. `rate`: how often they may begin, those that
   * are urgent and the others each; the first that is said holds.
   */
  serve(destination: {
    readonly name: string;
    readonly atOnce?: number;
    readonly rate?: Rate;
    check(): Promise<void>;
  }): void;
  /** Calls a destination through its breaker, for what is not the work of a job. Throws LeftAlone while it is left alone. */
  calling<T>(destination: string, call: () => Promise<T>): Promise<T>;
  /** Has a whole reaction run for these incidents though nothing happened to them; `priority` in place of its own. */
  ask(reaction: string, incidents: readonly number[], priority?: number): Promise<void>;
  stats(): Promise<QueueStats>;
  /** The jobs that were given up, latest first. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Gives a dead job all its attempts again. False when no dead job has this id. */
  retry(id: string): Promise<boolean>;
  /** Of the jobs that are ready, how many wait on their way to a process, and were taken by one; empty where they go no way. */
  carried(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly active: number }>>;
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
  const { log, observer = NOBODY, clock = realClock, works = true, bell } = options;
  const { ease = easing() } = options;
  const own: Queue = options.queue ?? embedded(options, clock);
  const queue = ringing(own, bell);
  const relay = relayOf(options, queue, clock);
  const served = new Map<string, number>();
  const rates = new Map<string, Rate>();
  const away = new Set<string>();
  const breakers = new Breakers(clock, (destination, state) => {
    // That it answers for the first time is no change.
    const isNews = state === 'closed' ? away.delete(destination) : away.add(destination);
    if (isNews) log.warn({ destination, state }, 'A circuit breaker changed');
    observer.destination?.(destination, state);
    own.wake();
  });
  const around = { breakers, observe: (...it: Parameters<CallObserver>) => observer.called?.(...it) };
  if (works) {
    await queue.process(handlerOf(options, breakers, clock), {
      concurrency: options.concurrency ?? CONCURRENCY,
      classes: () => new Map([...served].flatMap(([name, atOnce]) => slotsOf(name, atOnce, breakers, ease))),
      rates: () => rates,
      deadlineOf: (kind) => options.reactions.find((it) => it.name === kind)?.deadlineMs,
      observe: (job, outcome, ms) => observer.reaction(job.kind, outcome, ms),
    });
    await leaveOthers(options, clock);
  }
  relay.start();
  hearOthers(bell, own, relay);
  return {
    committed: () => relay.wake(),
    serve(destination) {
      const { name, atOnce = CONCURRENCY_OUTSIDE, rate } = destination;
      served.set(name, atOnce);
      if (rate) for (const it of [name, urgentClass(name)]) rates.set(it, rate);
      breakers.watch(name, {
        check: () => destination.check(),
        hasWork: async () => (await queue.hasWork(urgentClass(name))) || (await queue.hasWork(name)),
      });
    },
    calling: async (destination, call) =>
      await reach(around, destination, call, new AbortController().signal),
    ask: async (reaction, incidents, priority) => {
      const asked = options.reactions.find((it) => it.name === reaction && it.whole === true);
      if (!asked) throw new Error(`there is no whole reaction called ${reaction}`);
      const subscriber = priority === undefined ? asked : { ...asked, priority };
      await queue.add(incidents.map((it) => jobToAsk(subscriber, it, randomUUID())));
    },
    stats: () => queue.stats(),
    dead: (limit) => queue.dead(limit),
    retry: (id) => queue.retry(id),
    carried: async () => (await own.carried?.()) ?? new Map(),
    breakers: () => breakers.states(),
    stop: async (how) => {
      breakers.stop();
      await relay.stop();
      await queue.stop(how);
    },
  };
}

function hearOthers(bell: JobsOptions<unknown>['bell'], queue: Queue, relay: Relay): void {
  bell?.on('work', () => queue.wake());
  bell?.on('timers', () => relay.wake());
  bell?.watch(() => {
    // What was rung while nobody heard it, and from now on how often to look.
    queue.wake();
    relay.wake();
  });
}

/** How often one looks for events whose own process did not hand them on, where that is for schedulers to do. */
const SWEEP_MS = 60_000;

function relayOf<Deps>(options: JobsOptions<Deps>, queue: Queue, clock: Clock): Relay {
  const { db, reactions, errands = [], log, observer = NOBODY, lookMs, schedules = true, bell } = options;
  return new Relay({
    db,
    clock,
    queue,
    wanting: { reactions, errands },
    log,
    fires: schedules,
    nextDue: (at) => bell?.ring('timers', at.toISOString()),
    happened: (it) => observer.happened?.(it),
    handedOn: (it) => observer.handedOn?.(it),
    ...(schedules ? (lookMs === undefined ? {} : { lookMs }) : { lookMs: SWEEP_MS }),
  });
}

/** The same queue; what is added to it wakes the other processes as well. */
function ringing(queue: Queue, bell: JobsOptions<unknown>['bell']): Queue {
  if (!bell) return queue;
  const ring = () => (queue.tells?.() ? undefined : bell.ring('work'));
  return {
    add: async (jobs, tx) => {
      await queue.add(jobs, tx);
      if (!tx && jobs.length > 0) ring();
    },
    wake: () => {
      queue.wake();
      ring();
    },
    process: (handler, how) => queue.process(handler, how),
    stop: (how) => queue.stop(how),
    stats: () => queue.stats(),
    hasWork: (name) => queue.hasWork(name),
    dead: (limit) => queue.dead(limit),
    retry: async (id) => {
      const isDone = await queue.retry(id);
      ring();
      return isDone;
    },
  };
}

function embedded<Deps>({ db, log, alone, lookMs }: JobsOptions<Deps>, clock: Clock): Queue {
  return new EmbeddedQueue({ db, clock, log, alone, ...(lookMs === undefined ? {} : { lookMs }) });
}

/** What is urgent finds out by itself that its destination is left alone, and takes another way. */
function slotsOf(destination: string, atOnce: number, breakers: Breakers, ease: Ease): [string, number][] {
  return [
    [destination, breakers.slots(destination, ease(atOnce))],
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
  const around = { breakers, observe: (...it: Parameters<CallObserver>) => observer.called?.(...it) };
  const depsFor = (signal: AbortSignal): Deps & Calls => ({
    ...deps,
    calling: (destination, call) => reach(around, destination, call, signal),
  });
  const run = makeRunner({ reactions, errands }, db, depsFor, { times });
  return async ({ id, attempt, signal, payload, priority }) => {
    const task = payload as Task;
    const inPlace = priority > PRIORITY.paging ? behindOthers : amongTheFirst;
    if (task.timer && attempt === 1) {
      observer.timerLate(clock.now().getTime() - Date.parse(task.timer.dueAt), task.timer.kind);
    }
    await traced(`reaction ${task.reaction}`, aboutTask(task, attempt), () =>
      inPlace(() => run(task, { id, attempt, signal })),
    );
  };
}

function aboutTask({ reaction, incident, timer, trace }: Task, attempt: number): SpanOptions {
  const attributes = {
    reaction,
    attempt,
    ...(incident === null ? {} : { incident }),
    ...(timer ? { timer: timer.kind } : {}),
  };
  return { kind: 'consumer', from: trace ?? null, attributes };
}
