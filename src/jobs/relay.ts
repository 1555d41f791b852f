import { claimEvents } from '#src/db/outbox.ts';
import type { Db, Tx } from '#src/db/schema.ts';
import { claimDue, nextDue } from '#src/db/timers.ts';

import type { Clock } from './clock.ts';
import type { JobLog } from './embedded.ts';
import { Loop } from './loop.ts';
import type { Queue } from './queue.ts';
import { jobsFor, type Wanting } from './reaction-jobs.ts';

export interface RelayOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly queue: Pick<Queue, 'add' | 'wake'>;
  readonly wanting: Wanting;
  readonly log: JobLog;
  /** How often to look for what other processes wrote. */
  readonly lookMs?: number;
  /** Told after the commit which incidents something happened to. */
  readonly happened?: (incidents: readonly number[]) => void;
}

interface Dispatched {
  readonly jobs: number;
  readonly incidents: readonly number[];
  readonly next: Date | null | 'again';
}

const LOOK_MS = 3000;
/** Events and timers taken in one transaction; there may be several jobs for each. */
const BATCH = 200;

/**
 * Turns events that nobody has dispatched and timers that are due into jobs, in
 * the transaction that takes them: a queue that fails, or a process that dies,
 * leaves them as they were. Any number of relays may run on one database. It
 * sleeps until somebody wakes it or the next timer is due, exactly.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #loop: Loop;

  constructor(options: RelayOptions) {
    const { clock, log, lookMs = LOOK_MS } = options;
    this.#options = options;
    this.#loop = new Loop({
      clock,
      lookMs,
      look: () => this.#look(),
      failed: (error) => log.error({ err: error }, 'Events and timers could not be handed to the queue'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** There are new events, or timers were set. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #look(): Promise<Date | null | 'again'> {
    const { db, queue, happened } = this.#options;
    const { jobs, next, incidents } = await db.transaction().execute((tx) => this.#dispatch(tx));
    if (jobs > 0) queue.wake();
    if (incidents.length > 0) happened?.(incidents);
    return next;
  }

  async #dispatch(tx: Tx): Promise<Dispatched> {
    const { clock, queue, wanting } = this.#options;
    const now = clock.now();
    const timers = await claimDue(tx, now, BATCH);
    const events = await claimEvents(tx, now, BATCH);
    const jobs = jobsFor(wanting, events, timers);
    if (jobs.length > 0) await queue.add(jobs, tx);
    const isMore = events.length === BATCH || timers.length === BATCH;
    const incidents = [...new Set(events.map((it) => it.incident))];
    return { jobs: jobs.length, incidents, next: isMore ? 'again' : await nextDue(tx) };
  }
}
