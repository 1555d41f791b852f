import { claimThese, lockLanesOf, takeBack, type HandedJob } from '#src/db/handed-jobs.ts';
import * as rows from '#src/db/jobs.ts';
import type { Tx } from '#src/db/schema.ts';

import { BullClasses, type CarriedCounts } from './bullmq-classes.ts';
import { later } from './clock.ts';
import { claimNext } from './embedded.ts';
import { fitting, type Given } from './given.ts';
import { Handing } from './handing.ts';
import { InHand, type InHandOptions } from './in-hand.ts';
import { Loop, type LookMs } from './loop.ts';
import type { DeadJob, Job, ProcessOptions, Queue, QueueStats, RunningJob } from './queue.ts';
import { beatKey, connectRedis, type RedisLink } from './redis.ts';

export interface BullQueueOptions extends InHandOptions {
  /** Where Redis is. */
  readonly url: string;
  /** The connection over which jobs are handed over; whoever made it closes it. */
  readonly link: RedisLink;
  /** What all keys begin with; see `redisPrefix`. */
  readonly prefix: string;
  /** How often to look for what was lost on its way, and to renew leases: well below `leaseMs`. */
  readonly lookMs?: LookMs;
}

const LOOK_MS = 2000;
/** How soon it is asked whether Redis still has what it was handed, and how long after it was asked before. */
const ASK_MS = 500;
const ASKED_MS = 200;
/** At the start Redis is waited for a little. */
const CONNECT_MS = 1000;

interface Looked {
  readonly handed: readonly HandedJob[];
  /** When to look again; null: when woken. */
  readonly next: Date | null | 'again';
}

/**
 * A queue whose jobs are rows of the database, and whose ids travel through BullMQ on Redis to the processes that
 * run them. What is true stands in the rows alone: whoever is handed an id claims its row, or lets go of it. So Redis
 * may forget everything at any time. While it does not answer, jobs are claimed from the database at once.
 */
export class BullMqQueue implements Queue {
  readonly #options: BullQueueOptions;
  readonly #loop: Loop;
  readonly #hand: InHand;
  readonly #handing = new Handing();
  readonly #waiting: RedisLink;
  readonly #classes: BullClasses;
  #given: Given[] = [];
  /** Claimed, and run for Redis: whose slot is free when they end. */
  readonly #begun = new Map<string, Given>();
  /** Let go of, while Redis may still know them: nobody can be handed them again. */
  readonly #refused = new Set<string>();
  /** Let go of; they are to be handed over again. */
  readonly #back = new Set<string>();
  #state: 'adding' | 'working' | 'stopping' = 'adding';
  #rates: ProcessOptions['rates'];
  #askedAt = -ASKED_MS;
  #isServing = false;

  constructor(options: BullQueueOptions) {
    this.#options = options;
    this.#hand = new InHand(options, (job, end) => this.#ended(job, end));
    this.#loop = new Loop({
      clock: options.clock,
      look: () => this.#look(),
      lookMs: options.lookMs ?? LOOK_MS,
      failed: (error) => {
        // What was found in a transaction that failed is to be found again.
        this.#handing.want();
        this.#hand.failed(error);
      },
    });
    const changed = () => this.wake();
    options.link.watch(changed);
    const beat = beatKey(options.prefix);
    this.#waiting = connectRedis(options.url, { name: 'incident-manager-jobs', waits: true, changed, beat });
    this.#classes = new BullClasses({
      link: options.link,
      waiting: this.#waiting,
      prefix: options.prefix,
      log: options.log,
      given: (id, name) => this.#give(id, name),
      forgotten: (id) => this.#forgotten(id),
    });
  }

  async add(jobs: readonly Job[], tx?: Tx): Promise<void> {
    await rows.insertJobs(tx ?? this.#options.db, jobs, this.#now());
    if (!tx) this.wake();
  }

  /** There may be jobs. A process that runs none hands them over all the same. */
  wake(): void {
    this.#handing.want();
    if (this.#state === 'adding') this.#loop.start();
    this.#loop.wake();
  }

  async process(handler: (job: RunningJob) => Promise<void>, options: ProcessOptions): Promise<void> {
    await Promise.all([this.#options.link.reached(CONNECT_MS), this.#waiting.reached(CONNECT_MS)]);
    this.#hand.begin(handler, options);
    this.#rates = options.rates;
    this.#state = 'working';
    this.#loop.start();
    this.wake();
  }

  async stop(how?: { readonly graceMs?: number }): Promise<void> {
    this.#state = 'stopping';
    this.#hand.leaveOff();
    this.#classes.rest();
    await this.#loop.stop();
    this.#refuse(this.#given.splice(0));
    await this.#hand.finish(how);
    await this.#classes.close();
    await this.#hand.settle().catch(this.#hand.failed);
    for (const id of this.#refused) this.#back.add(id);
    await this.#takeBack().catch(this.#hand.failed);
    this.#waiting.close();
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

  tells(): boolean {
    return this.#options.link.isUp();
  }

  /** What BullMQ says of each class that this process has to do with. Throws within a second where Redis is away. */
  async carried(): Promise<ReadonlyMap<string, CarriedCounts>> {
    return await this.#classes.counts();
  }

  #now(): Date {
    return this.#options.clock.now();
  }

  async #look(): Promise<Date | null | 'again'> {
    const limits = this.#hand.limits();
    const isUp = this.#isUp();
    await this.#takeBack();
    this.#refuse(this.#givenWhere((it) => !isUp || (limits.get(it.name) ?? 0) === 0));
    const { handed, next } = isUp ? await this.#carried(limits) : await this.#direct();
    // Nobody waits for Redis.
    if (isUp) void this.#askWhetherEmptied();
    const carrying = handed.length > 0 ? this.#carry(handed) : undefined;
    if (this.#state === 'working') await this.#serve(limits, carrying);
    return next;
  }

  #isUp(): boolean {
    return this.#options.link.isUp() && (this.#state === 'adding' || this.#waiting.isUp());
  }

  /** Claims what Redis handed to this process, and finds what became ready. */
  async #carried(limits: ReadonlyMap<string, number>): Promise<Looked> {
    const served = [...limits].filter(([, slots]) => slots > 0).map(([name]) => name);
    const classes = this.#state === 'adding' ? null : served;
    const isIdle = this.#given.length === 0 && !this.#hand.isDue();
    const handed = isIdle
      ? await this.#handing.next(this.#options.db, this.#now(), classes, [])
      : await this.#claimGiven(classes);
    const asks = handed.length > 0 || this.#back.size > 0 ? [later(this.#options.clock, ASK_MS)] : [];
    const times = [this.#handing.nextAt, ...asks].filter((it) => it !== null);
    return { handed, next: times.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null };
  }

  async #claimGiven(classes: readonly string[] | null): Promise<readonly HandedJob[]> {
    // Whoever is given meanwhile is claimed in the next turn: this one has not locked its lane.
    const given = [...this.#given];
    const { asked, claimed, handed } = await this.#hand.turn({
      // Those that run here as well: a lease that ran out while the database was away is renewed or taken, not both.
      lock: async (tx, held) =>
        await lockLanesOf(
          tx,
          [...given, ...held].map((it) => it.id),
        ),
      isPacedElsewhere: true,
      claim: async (tx, { now, until, ended, free }) => {
        const fit = fitting(given, free());
        const ids = fit.map((it) => it.id);
        const ours = await claimThese(tx, now, until, ids);
        return { asked: fit, claimed: ours, handed: await this.#handing.next(tx, now, classes, ended) };
      },
    });
    this.#handing.took(claimed.length);
    this.#given = this.#given.filter((it) => !asked.includes(it));
    const ours = new Set(claimed.map(({ id }) => id));
    for (const it of asked) {
      if (ours.has(it.id) && !this.#begun.has(it.id)) this.#begun.set(it.id, it);
      else this.#refuse([it]);
    }
    return handed;
  }

  /** As if there were no Redis. */
  async #direct(): Promise<Looked> {
    this.#handing.want();
    if (this.#state !== 'working') return { handed: [], next: null };
    const { isMore, nextAt } = await this.#hand.turn({ lock: rows.lockQueue, claim: claimNext });
    const paced = this.#hand.pacedUntil();
    return { handed: [], next: isMore ? 'again' : paced && (!nextAt || paced < nextAt) ? paced : nextAt };
  }

  /** Before the first job is taken all that wait are handed over, so that the most urgent of them goes first. */
  async #serve(limits: ReadonlyMap<string, number>, carrying: Promise<void> | undefined): Promise<void> {
    if (!this.#isServing) await carrying;
    this.#isServing = true;
    this.#classes.serve(limits, this.#rates?.() ?? new Map());
  }

  async #askWhetherEmptied(): Promise<void> {
    const at = performance.now();
    if (at - this.#askedAt < ASKED_MS) return;
    this.#askedAt = at;
    try {
      if (!(await this.#classes.wasEmptied())) return;
      await takeBack(this.#options.db, this.#now(), null);
      this.wake();
    } catch (error) {
      if (this.#isUp()) this.#options.log.warn({ err: error }, 'Redis could not be asked what it has');
    }
  }

  async #carry(handed: readonly HandedJob[]): Promise<void> {
    try {
      await this.#classes.hand(handed);
    } catch (error) {
      if (this.#isUp()) this.#options.log.warn({ err: error }, 'Jobs could not be handed to Redis');
      for (const { id } of handed) this.#back.add(id);
      this.wake();
    }
  }

  async #give(id: string, name: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const given = { id, name, free: resolve };
    if (this.#state === 'working' && this.#isUp()) this.#given.push(given);
    else this.#refuse([given]);
    this.#loop.wake();
    await promise;
  }

  #ended(job: rows.ClaimedJob, end: rows.End): void {
    if (end.end === 'again') this.#handing.due(end.at);
    this.#begun.get(job.id)?.free();
    this.#begun.delete(job.id);
    this.#loop.wake();
  }

  /** Not to be run now, or not by us. Once Redis does not know them any more they can be handed over again. */
  #refuse(given: readonly Given[]): void {
    for (const { id, free } of given) {
      this.#refused.add(id);
      free();
    }
  }

  #forgotten(id: string): void {
    if (!this.#refused.delete(id)) return;
    this.#back.add(id);
    this.wake();
  }

  async #takeBack(): Promise<void> {
    if (this.#back.size === 0) return;
    const ids = [...this.#back];
    await takeBack(this.#options.db, this.#now(), ids);
    for (const id of ids) this.#back.delete(id);
  }

  #givenWhere(holds: (given: Given) => boolean): readonly Given[] {
    const found = this.#given.filter(holds);
    this.#given = this.#given.filter((it) => !found.includes(it));
    return found;
  }
}
