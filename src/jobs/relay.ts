import { wakeCardsSoon } from '#src/db/alerts.ts';
import { beImpatient } from '#src/db/jobs.ts';
import { claimEvents, type ClaimedEvent } from '#src/db/outbox.ts';
import type { Db, Tx } from '#src/db/schema.ts';
import { levelsAhead, setBack } from '#src/db/set-back.ts';
import { claimDue, nextDue } from '#src/db/timers.ts';
import type { EventType } from '#src/incident/events.ts';

import type { Clock } from './clock.ts';
import type { JobLog } from './embedded.ts';
import { Loop, type LookMs } from './loop.ts';
import type { Queue } from './queue.ts';
import { jobsFor, jobToAsk, type Wanting } from './reaction-jobs.ts';
import { RelaySpans } from './relay-spans.ts';

export interface RelayOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly queue: Pick<Queue, 'add' | 'wake'>;
  readonly wanting: Wanting;
  readonly log: JobLog;
  /** How often to look for what other processes wrote. */
  readonly lookMs?: LookMs;
  /** Whether it fires timers; left out, it does. Where not, whoever does is told when the next one is due. */
  readonly fires?: boolean;
  /** Told after a look that found it changed when the next timer is due, where it does not fire them itself. */
  readonly nextDue?: (at: Date) => void;
  /** Told after the commit which incidents something happened to. */
  readonly happened?: (incidents: readonly number[]) => void;
  /** Told after the commit what was handed on; for metrics: a process that dies has not told it. */
  readonly handedOn?: (events: readonly ClaimedEvent[]) => void;
}

interface Dispatched {
  readonly jobs: number;
  readonly events: readonly ClaimedEvent[];
  readonly next: Date | null | 'again';
}

const LOOK_MS = 3000;
/** A clock that was set back by less is kept right, and not set. */
const SET_BACK_MS = 1000;
/** What nobody is told of but by a card, which is drawn once for all that comes in a moment. */
const JOINING: ReadonlySet<EventType> = new Set(['incident.alerts_joined', 'incident.alerts_refired']);
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
  #toldDue = 0;

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
    const { db, queue, happened, handedOn, clock, fires = true } = this.#options;
    const spans = new RelaySpans();
    const look = async (tx: Tx) => {
      await beImpatient(tx);
      // Not before here: who waited for the database must not look for what was due when it began to.
      const now = clock.now();
      const asked = fires ? await this.#follow(tx, now) : 0;
      const dispatched = await this.#dispatch(tx, now, spans);
      return { ...dispatched, jobs: dispatched.jobs + asked, at: now };
    };
    const { jobs, next, events, at } = await spans.around(db.transaction().execute(look));
    const incidents = [...new Set(events.map((it) => it.incident))];
    this.#lookedAt = at;
    if (jobs > 0) queue.wake();
    if (incidents.length > 0) happened?.(incidents);
    if (events.length > 0) handedOn?.(events);
    if (fires || next === 'again') return next;
    this.#tellDue(next);
    return null;
  }

  /** Only what is news: a storm changes thousands of things, and seldom when the next timer is due. */
  #tellDue(next: Date | null): void {
    const due = next?.getTime() ?? 0;
    if (next && due !== this.#toldDue) this.#options.nextDue?.(next);
    this.#toldDue = due;
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

  async #dispatch(tx: Tx, now: Date, spans: RelaySpans): Promise<Dispatched> {
    const { queue, wanting, fires = true } = this.#options;
    const timers = spans.follow(fires ? await claimDue(tx, now, BATCH) : [], (it) => it.kind);
    const events = spans.follow(await claimEvents(tx, now, BATCH), (it) => it.type);
    const joined = events.filter(({ type }) => JOINING.has(type)).map(({ incident }) => incident);
    await wakeCardsSoon(tx, joined, now);
    const jobs = jobsFor(wanting, events, timers);
    if (jobs.length > 0) await queue.add(jobs, tx);
    const isMore = events.length === BATCH || timers.length === BATCH;
    return { jobs: jobs.length, events, next: isMore ? 'again' : await nextDue(tx) };
  }
}
