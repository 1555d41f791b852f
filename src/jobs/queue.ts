import type { Tx } from '#src/db/schema.ts';

import type { Rate } from './pace.ts';

/** A piece of work that waits to be done. It carries ids, so that a stale job cannot show stale facts. */
export interface Job {
  /** Adding a job whose id is known already adds nothing. No ':' in it: not every queue can store that. */
  readonly id: string;
  /** What kind of work it is: the name of the reaction. */
  readonly kind: string;
  /**
   * Jobs of one lane never run at the same time; different lanes run side by side.
   * What follows `@` in it is its class: whose slots its jobs take.
   */
  readonly lane: string;
  /** Smaller numbers go first. */
  readonly priority: number;
  readonly payload: object;
  /** It does the same as any other of its lane and kind: of those that wait, and were not tried yet, one is kept. */
  readonly whole?: boolean;
}

/** A job while it runs. */
export interface RunningJob extends Job {
  /** From 1. One that was cut off, because its process died, is made again under its number. */
  readonly attempt: number;
  /** Aborted when the job has taken too long, when the queue stops, or when somebody else runs the job. */
  readonly signal: AbortSignal;
}

export interface QueueStats {
  /** Due, and not running. */
  readonly ready: number;
  /** Waiting for its time: after a failure, or because its destination is not to be called yet. */
  readonly delayed: number;
  readonly running: number;
  /** Given up. */
  readonly dead: number;
  /** For how many milliseconds the oldest ready job has been due; 0 when there is none. */
  readonly oldestAgeMs: number;
}

export interface DeadJob extends Job {
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly deadAt: Date;
}

export interface ProcessOptions {
  /** How many jobs without a class run side by side. */
  readonly concurrency: number;
  /** How many of each class may run now, asked at every look. A class that is not named waits. */
  readonly classes?: () => ReadonlyMap<string, number>;
  /**
   * How often jobs of a class may begin, asked at every look; of a class that is not named as often as there are
   * any. Of all processes together where the driver can see to that, else of each.
   */
  readonly rates?: () => ReadonlyMap<string, Rate>;
  /** After this many milliseconds a job's signal is aborted, and the attempt has failed. */
  readonly deadlineMs?: number;
  /** The same for the jobs of one kind, where that is another. */
  readonly deadlineOf?: (kind: string) => number | undefined;
  /** Told of every attempt: what came of it and how many milliseconds it took. */
  readonly observe?: (job: Job, outcome: 'done' | 'retry' | 'dead', ms: number) => void;
}

/**
 * Where jobs wait. At least once: a job is done when its handler returned, and
 * one whose process died runs again. Not in the order they were added, except
 * that of two ready jobs of one lane the more urgent, then the older goes first.
 * Where the lane has a class, those of one kind also wait for each other's next try.
 *
 * `test/contracts/queue.ts` is what a driver must satisfy.
 */
export interface Queue {
  /**
   * Adds jobs. With a transaction: where the queue lives in that database they
   * are there if and only if it commits, and the caller calls `wake` afterwards;
   * elsewhere they are added at once. Throws when the queue cannot take them; none may be lost then.
   */
  add(jobs: readonly Job[], tx?: Tx): Promise<void>;
  /** Has the queue look for jobs now. */
  wake(): void;
  /**
   * Begins to hand jobs to `handler`. What it throws decides: see `verdict.ts`. To be called once.
   */
  process(handler: (job: RunningJob) => Promise<void>, options: ProcessOptions): Promise<void>;
  /**
   * Takes no more jobs, gives running ones `graceMs` to finish, aborts the
   * others and gives them back, uncounted. Adding is still possible.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  stats(): Promise<QueueStats>;
  /** Whether a job of this class waits, for a slot or for its time, or runs. */
  hasWork(name: string): Promise<boolean>;
  /** The jobs that were given up, latest first. */
  dead(limit: number): Promise<readonly DeadJob[]>;
  /** Gives a dead job all its attempts again. False when no dead job has this id. */
  retry(id: string): Promise<boolean>;
  /** Whether other processes are told of what is added by the queue itself, now; left out, they are not. */
  tells?(): boolean;
  /** What waits on its way to a process, and what was taken from there, by class; left out, jobs go no way. Throws where that is not known. */
  carried?(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly active: number }>>;
}
