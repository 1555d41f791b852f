import { Queue as BullQueue, Worker, type Job as BullJob } from 'bullmq';

import type { HandedJob } from '#src/db/handed-jobs.ts';

import type { JobLog } from './in-hand.ts';
import type { Rate } from './pace.ts';
import { COMMAND_MS, type RedisLink } from './redis.ts';

export interface ClassesOptions {
  /** For what must not take long. */
  readonly link: RedisLink;
  /** For what waits for jobs. */
  readonly waiting: RedisLink;
  readonly prefix: string;
  readonly log: Pick<JobLog, 'warn'>;
  /** A job was handed to this process: resolves when its slot is free again. */
  readonly given: (id: string, name: string) => Promise<void>;
  /** Redis does not know it any more. */
  readonly forgotten: (id: string) => void;
}

/** What waits in Redis of a class, and what processes have taken from there. */
export interface CarriedCounts {
  readonly waiting: number;
  readonly active: number;
}

/** A worker that says nothing for so long is dead, and so is looked for: by default both take half a minute. */
const LOCK_MS = 5000;
const STALLED_MS = 2000;
const CLOSE_MS = 2000;
const HOPELESS_MS = 50;
/** Of what happened to jobs nobody reads here more than this. */
const KEPT_EVENTS = 100;
const MOST_URGENT = 1;
const LEAST_URGENT = 2 ** 21;

/** What BullMQ says when Redis lost what it knew, or is away: that is no news, and harms nothing here. */
const EXPECTED =
  /missing (?:lock|key)|could not renew lock|connection|closed|timed ?out|writeable|econn|epipe|ehost|enet|eai_again|enotfound|loading/i;

interface Served {
  readonly worker: Worker;
  slots: number;
}

/**
 * The ids of jobs that are ready, in BullMQ: one of its queues for each class, with as many slots as the class has
 * in this process. It is told what to run, never what it is; whatever it says may be lost, repeated or out of date.
 */
export class BullClasses {
  readonly #options: ClassesOptions;
  readonly #queues = new Map<string, BullQueue>();
  readonly #served = new Map<string, Served>();
  #isClosed = false;

  constructor(options: ClassesOptions) {
    this.#options = options;
  }

  /** Hands jobs over. Throws within a second where that cannot be done; some may have been handed over then. */
  async hand(jobs: readonly HandedJob[]): Promise<void> {
    const byClass = Map.groupBy(jobs, (it) => it.name);
    await within(
      COMMAND_MS,
      Promise.all([...byClass].map(([name, list]) => this.#queue(name).addBulk(list.map(toBull)))),
    );
  }

  /** Has so many jobs of each class come side by side. A class that is not named gets none. */
  serve(limits: ReadonlyMap<string, number>, rates: ReadonlyMap<string, Rate>): void {
    if (this.#isClosed) return;
    for (const name of this.#served.keys()) if (!limits.has(name)) this.#set(name, 0, undefined);
    for (const [name, slots] of limits) this.#set(name, slots, rates.get(name));
  }

  /** Whether Redis was emptied since it was asked for the last time, by whichever process. */
  async wasEmptied(): Promise<boolean> {
    const { link, prefix } = this.#options;
    return (await within(COMMAND_MS, link.redis.set(`${prefix}:kept`, 'yes', 'NX'))) === 'OK';
  }

  /** Of the classes that this process has to do with. */
  async counts(): Promise<Map<string, CarriedCounts>> {
    const counted = [...this.#queues].map(async ([name, queue]) => {
      const { active = 0, ...waiting } = await queue.getJobCounts('wait', 'prioritized', 'active');
      return [name, { waiting: (waiting.wait ?? 0) + (waiting.prioritized ?? 0), active }] as const;
    });
    return new Map(await within(COMMAND_MS, Promise.all(counted)));
  }

  /** Takes no other job. What it has taken ends first. */
  rest(): void {
    for (const name of this.#served.keys()) this.#set(name, 0, undefined);
  }

  /** Bounded: what waits for Redis ends when its connection is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { link, waiting } = this.#options;
    const workers = [...this.#served.values()].map((it) => it.worker);
    const queues = [...this.#queues.values()];
    const isHopeless = !link.isUp() || !waiting.isUp();
    const ms = isHopeless ? HOPELESS_MS : CLOSE_MS;
    await within(ms, Promise.all(workers.map((it) => it.close(isHopeless)))).catch(() => {});
    await within(ms, Promise.all(queues.map((it) => it.close()))).catch(() => {});
  }

  #queue(name: string): BullQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const { link, prefix } = this.#options;
    const made = new BullQueue(queueName(name), {
      connection: link.redis,
      prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: KEPT_EVENTS } },
    });
    made.on('error', this.#failed);
    // One that could not begin, because Redis went away just then, never does.
    made.waitUntilReady().catch(() => this.#queues.delete(name));
    this.#queues.set(name, made);
    return made;
  }

  #set(name: string, slots: number, rate: Rate | undefined): void {
    const known = this.#served.get(name);
    if (!known && slots === 0) return;
    const served = known ?? this.#begin(name, slots, rate);
    if (served.slots === slots) return;
    const grows = slots > served.slots;
    served.slots = slots;
    void this.#resize(served, grows);
  }

  /** A worker that has all it may have sees that it may have more only when it is begun again. */
  async #resize({ worker, slots }: Served, grows: boolean): Promise<void> {
    if (grows || slots === 0) await worker.pause(true);
    if (slots > 0) worker.concurrency = slots;
    if (grows) await worker.resume();
  }

  #begin(name: string, slots: number, rate: Rate | undefined): Served {
    const { waiting, prefix, given, forgotten } = this.#options;
    // So that its counts are known, and how much it may keep.
    this.#queue(name);
    const run = async ({ data }: BullJob) => await given(idOf(data), name);
    const worker = new Worker(queueName(name), run, {
      connection: waiting.redis,
      prefix,
      concurrency: slots,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      runRetryDelay: 500,
      skipVersionCheck: true,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      ...(rate ? { limiter: { max: rate.most, duration: rate.perMs } } : {}),
    });
    worker.on('error', this.#failed);
    worker.on('completed', (job) => forgotten(idOf(job.data)));
    worker.on('failed', (job) => forgotten(idOf(job?.data)));
    const served = { worker, slots };
    this.#served.set(name, served);
    return served;
  }

  readonly #failed = (error: Error): void => {
    const code = 'code' in error ? String(error.code) : '';
    if (EXPECTED.test(`${code} ${error.message}`) || this.#isClosed) return;
    // That Redis is away has been said.
    if (!this.#options.link.isUp()) return;
    this.#options.log.warn({ err: error }, 'BullMQ reported an error');
  };
}

interface Carried {
  readonly id: string;
}

/** Anybody may have put there anything; no job is called ''. */
function idOf(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('id' in data)) return '';
  return typeof data.id === 'string' ? data.id : '';
}

function queueName(name: string): string {
  return `jobs${name === '' ? '' : `@${name}`}`.replaceAll(':', '-');
}

function toBull({ id, kind, priority, turn }: HandedJob) {
  return {
    name: kind,
    data: { id } satisfies Carried,
    opts: {
      // No ':' may be in it, and no other job, nor the same one another time, may have the same.
      jobId: `${id.replaceAll(':', '%')}~${turn}`,
      priority: Math.min(LEAST_URGENT, Math.max(MOST_URGENT, priority + MOST_URGENT)),
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ms} ms`)), ms);
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
