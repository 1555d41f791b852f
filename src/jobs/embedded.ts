import * as rows from '#src/db/jobs.ts';
import type { Tx } from '#src/db/schema.ts';

import { InHand, type InHandOptions, type Turn } from './in-hand.ts';
import { Loop, type LookMs } from './loop.ts';
import type { DeadJob, Job, ProcessOptions, Queue, QueueStats, RunningJob } from './queue.ts';

export type { JobLog } from './in-hand.ts';

export interface EmbeddedOptions extends InHandOptions {
  /**
   * No other process can have this database open, as with the built-in one: jobs
   * that were running when it died are taken up at start. Otherwise when their leases end.
   */
  readonly alone: boolean;
  /** How often to look for what other processes added, and to renew leases: well below `leaseMs`. */
  readonly lookMs?: LookMs;
}

const LOOK_MS = 2000;

/**
 * A queue in the database itself: no other server is needed, and jobs are added
 * in the transaction that causes them. A busy queue goes from turn to turn, and an idle
 * one sleeps until the next job is due.
 */
export class EmbeddedQueue implements Queue {
  readonly #options: EmbeddedOptions;
  readonly #loop: Loop;
  readonly #hand: InHand;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#hand = new InHand(options, () => this.wake());
    this.#loop = new Loop({
      clock: options.clock,
      look: () => this.#look(),
      lookMs: options.lookMs ?? LOOK_MS,
      failed: this.#hand.failed,
    });
  }

  async add(jobs: readonly Job[], tx?: Tx): Promise<void> {
    await rows.insertJobs(tx ?? this.#options.db, jobs, this.#now());
    if (!tx) this.wake();
  }

  wake(): void {
    this.#loop.wake();
  }

  async process(handler: (job: RunningJob) => Promise<void>, options: ProcessOptions): Promise<void> {
    if (this.#options.alone) await rows.freeLeases(this.#options.db);
    this.#hand.begin(handler, options);
    this.#loop.start();
  }

  async stop(how?: { readonly graceMs?: number }): Promise<void> {
    this.#hand.leaveOff();
    await this.#loop.stop();
    await this.#hand.finish(how);
    await this.#hand.settle().catch(this.#hand.failed);
  }

  stats(): Promise<QueueStats> {
    return rows.countJobs(this.#options.db, this.#now());
  }

  hasWork(name: string): Promise<boolean> {
    return rows.hasClass(this.#options.db, name);
  }

  dead(limit: number): Promise<readonly DeadJob[]> {
    return rows.deadJobs(this.#options.db, limit);
  }

  async retry(id: string): Promise<boolean> {
    const revived = await rows.reviveJob(this.#options.db, id, this.#now());
    this.wake();
    return revived;
  }

  #now(): Date {
    return this.#options.clock.now();
  }

  async #look(): Promise<Date | null | 'again'> {
    const { alone } = this.#options;
    const lock = async (tx: Tx) => (alone ? undefined : await rows.lockQueue(tx));
    const { isMore, nextAt } = await this.#hand.turn({ lock, claim: claimNext });
    if (isMore) return 'again';
    const paced = this.#hand.pacedUntil();
    return paced && (!nextAt || paced < nextAt) ? paced : nextAt;
  }
}

/** Claims whatever may run. The queue must be locked. */
export async function claimNext(
  tx: Tx,
  { now, until, free }: Turn,
): Promise<{
  readonly claimed: readonly rows.ClaimedJob[];
  readonly isMore: boolean;
  readonly nextAt: Date | null;
}> {
  const { claimed, isMore } = await rows.claimJobs(tx, now, until, free());
  // Where every slot of a class is taken, whoever ends wakes it.
  const left = free(claimed);
  const idle = [...left].filter(([, slots]) => slots > 0).map(([name]) => name);
  return {
    claimed,
    // A class that gave nothing, or all that it may, has nothing more to give.
    isMore: isMore && claimed.some(({ lane }) => (left.get(rows.classOf(lane)) ?? 0) > 0),
    nextAt: await rows.nextJobAt(tx, now, idle),
  };
}
