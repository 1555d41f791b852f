import { Kept } from './kept.ts';
import type { Make } from './make.ts';
import type { BreakerState } from './outside.ts';

/** What is looked up when somebody scrapes, rather than counted as it happens. */
export interface Scraped {
  incidents(): Promise<readonly { severity: string; status: string; count: number }[]>;
  /** Jobs that wait, by lane, and how long the oldest has been due; dead ones are the lane `dead`. */
  queue(): Promise<readonly { lane: string; depth: number; oldestSeconds: number }[]>;
  /** The same by whose slots they take; the program's own are of the class ''. */
  classes?(): Promise<readonly ClassFigures[]>;
  timers?(): Promise<{ readonly waiting: number; readonly overdueSeconds: number }>;
  /** Events that were not handed to the queue yet. */
  outbox?(): Promise<number>;
  /** Requests with events that wait for their batch. */
  intakeDepth(): number;
  /** Connections to the database, and who waits for one. */
  pool?(): { readonly inUse: number; readonly waiting: number };
  /** The queues that alerts come by, and whether each can be reached. */
  streams?(): readonly { readonly name: string; readonly isConnected: boolean }[];
  /** The models, and whether each is left alone after failures. */
  models?(): readonly { readonly provider: string; readonly model: string; readonly state: string }[];
  breakers?(): ReadonlyMap<string, BreakerState>;
  /** Parts that this process is connected to by itself, and whether it reaches them. */
  parts?(): Readonly<Record<string, boolean>>;
  /** The leases that this process has. */
  leases?(): readonly string[];
  /** How long the last weekly test page took, null where none was taken, and how many ever failed. */
  syntheticPages?(): Promise<{ readonly latencyMs: number | null; readonly failures: number }>;
}

interface ClassFigures {
  readonly class: string;
  readonly ready: number;
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
}

interface Family {
  reset(): void;
  remove(labels: object): void;
}

/** Without a sample: a figure without labels is 0 after `reset`, and what is not known is not 0. */
function leaveOut(family: Family): void {
  family.reset();
  family.remove({});
}

/** Sets the figures that are looked up. One that cannot be is left out, and the others still come. */
export class ScrapedMetrics {
  readonly #families: ReturnType<typeof families>;
  #looks: readonly (() => Promise<void>)[] = [];

  constructor(make: Make) {
    this.#families = families(make);
  }

  from(scraped: Scraped): void {
    const { incidents, depth, oldest, classes, timers, overdue, outbox, testLatency, testFailures } =
      this.#families;
    this.#looks = [
      this.#looking(scraped.incidents.bind(scraped), [incidents], (counts) => {
        for (const { count, ...of } of counts) incidents.set(of, count);
      }),
      this.#looking(scraped.queue.bind(scraped), [depth, oldest], (lanes) => {
        for (const { lane, depth: jobs, oldestSeconds } of lanes) {
          depth.set({ lane }, jobs);
          oldest.set({ lane }, oldestSeconds);
        }
      }),
      this.#looking(scraped.classes?.bind(scraped), [classes], (all) => {
        for (const { class: name, ...states } of all) {
          for (const [state, jobs] of Object.entries(states)) classes.set({ class: name, state }, jobs);
        }
      }),
      this.#looking(scraped.timers?.bind(scraped), [timers, overdue], ({ waiting, overdueSeconds }) => {
        timers.set(waiting);
        overdue.set(overdueSeconds);
      }),
      this.#looking(scraped.outbox?.bind(scraped), [outbox], (events) => outbox.set(events)),
      // What is written down of the test pages, also by other processes and before a restart.
      this.#looking(
        scraped.syntheticPages?.bind(scraped),
        [testLatency, testFailures],
        ({ latencyMs, failures }) => {
          testLatency.set((latencyMs ?? 0) / 1000);
          testFailures.inc(failures);
        },
      ),
      async () => this.#atHand(scraped),
    ];
  }

  async look(): Promise<void> {
    const looked = await Promise.allSettled(this.#looks.map((look) => look()));
    if (looked.some(({ status }) => status === 'rejected')) this.#families.failures.inc();
  }

  #looking<T>(
    look: (() => Promise<T>) | undefined,
    of: readonly Family[],
    set: (found: T) => void,
  ): () => Promise<void> {
    if (!look) return async () => {};
    const kept = new Kept(look);
    const leave = () => {
      for (const family of of) leaveOut(family);
    };
    return async () => {
      try {
        const found = await kept.get();
        // In one step: two scrapes at the same moment share what is found, and a counter would count it twice.
        leave();
        set(found);
      } catch (error) {
        leave();
        throw error;
      }
    };
  }

  #atHand(scraped: Scraped): void {
    const { intake, pool, poolWaiting, streams, up, leases } = this.#families;
    intake.set(scraped.intakeDepth());
    for (const { name, isConnected } of scraped.streams?.() ?? []) {
      streams.set({ stream: name }, isConnected ? 1 : 0);
    }
    for (const [part, isUp] of Object.entries(scraped.parts?.() ?? {})) up.set({ part }, isUp ? 1 : 0);
    leases.reset();
    for (const lease of scraped.leases?.() ?? []) leases.set({ lease }, 1);
    const load = scraped.pool?.();
    if (!load) return;
    pool.set(load.inUse);
    poolWaiting.set(load.waiting);
  }
}

function families({ counter, gauge }: Make) {
  return {
    incidents: gauge('incidents', 'Incidents there are.', 'severity', 'status'),
    depth: gauge('queue_depth', 'Jobs that wait; the lane `dead` has those given up.', 'lane'),
    oldest: gauge('queue_oldest_seconds', 'How long the oldest waiting job has been due.', 'lane'),
    classes: gauge('queue_class_jobs', 'Jobs by whose slots they take.', 'class', 'state'),
    timers: gauge('timers_waiting', 'Timers that are set.'),
    overdue: gauge('timers_overdue_seconds', 'For how long the timer that should have fired first is late.'),
    outbox: gauge('outbox_events', 'Events that were not handed to the queue yet.'),
    intake: gauge('intake_depth', 'Requests with events that wait for their batch.'),
    pool: gauge('db_connections_in_use', 'Connections to the database that are in use.'),
    poolWaiting: gauge('db_connections_waiting', 'Who waits for a connection to the database.'),
    streams: gauge(
      'stream_connected',
      'Whether a queue that alerts come by can be reached: 1, or 0.',
      'stream',
    ),
    up: gauge('part_up', 'Whether this process reaches a part that it works with: 1, or 0.', 'part'),
    leases: gauge('lease_held', 'Always 1: this process has the lease.', 'lease'),
    testLatency: gauge(
      'synthetic_page_latency_seconds',
      'From its time until the last weekly test page was taken; 0: none was yet.',
    ),
    testFailures: counter(
      'synthetic_page_failures_total',
      'Weekly test pages that did not go within their limit.',
    ),
    failures: counter('scrape_failures_total', 'Times a figure could not be looked up for a scrape.'),
  };
}
