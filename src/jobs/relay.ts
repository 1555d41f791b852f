import { claimEvents } from '#src/db/outbox.ts';
import type { Db, Tx } from '#src/db/schema.ts';
import { levelsAhead, setBack } from '#src/db/set-back.ts';
import { claimDue, nextDue } from '#src/db/timers.ts';

import type { Clock } from './clock.ts';
import type { JobLog } from './embedded.ts';
import { Loop } from './loop.ts';
import type { Queue } from './queue.ts';
import { jobsFor, jobToAsk, type Wanting } from './reaction-jobs.ts';

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
/** A clock that was set back by less is kept right, and not set. */
const SET_BACK_MS = 1000;
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
  #lookedAt: Date | null = null;

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
    const { db, queue, happened, clock } = this.#options;
    const { jobs, next, incidents, at } = await db.transaction().execute(async (tx) => {
      // Not before here: who waited for the database must not look for what was due when it began to.
      const now = clock.now();
      const asked = await this.#follow(tx, now);
      const dispatched = await this.#dispatch(tx, now);
      return { ...dispatched, jobs: dispatched.jobs + asked, at: now };
    });
    this.#lookedAt = at;
    if (jobs > 0) queue.wake();
    if (incidents.length > 0) happened?.(incidents);
    return next;
  }

  /**
   * At the start, and when the clock is seen to have been set back: what waits by it waits no longer
   * for that. Answers how many jobs there are for it.
   */
  async #follow(tx: Tx, now: Date): Promise<number> {
    const before = this.#lookedAt;
    const ms = before ? before.getTime() - now.getTime() : 0;
    if (before && ms < SET_BACK_MS) return 0;
    const { log, queue, wanting } = this.#options;
    if (before) log.warn({ ms }, 'The clock was set back');
    if (ms > 0) await setBack(tx, now, ms);
    const incidents = await levelsAhead(tx, now);
    const asked = wanting.reactions.filter((it) => it.timers?.includes('escalation'));
    const jobs = incidents.flatMap((it) => asked.map((one) => jobToAsk(one, it, `${it}@${now.getTime()}`)));
    if (jobs.length > 0) await queue.add(jobs, tx);
    return jobs.length;
  }

  async #dispatch(tx: Tx, now: Date): Promise<Dispatched> {
    const { queue, wanting } = this.#options;
    const timers = await claimDue(tx, now, BATCH);
    const events = await claimEvents(tx, now, BATCH);
    const jobs = jobsFor(wanting, events, timers);
    if (jobs.length > 0) await queue.add(jobs, tx);
    const isMore = events.length === BATCH || timers.length === BATCH;
    const incidents = [...new Set(events.map((it) => it.incident))];
    return { jobs: jobs.length, incidents, next: isMore ? 'again' : await nextDue(tx) };
  }
}
