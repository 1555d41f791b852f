import * as rows from '#src/db/jobs.ts';
import type { Db, Tx } from '#src/db/schema.ts';

import { attempt, type Attempt, type Outcome } from './attempt.ts';
import { later, type Clock } from './clock.ts';
import { Loop } from './loop.ts';
import type { DeadJob, Job, ProcessOptions, Queue, QueueStats, RunningJob } from './queue.ts';

/** The part of a logger that this folder speaks to. */
export interface JobLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface EmbeddedOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: JobLog;
  /**
   * No other process can have this database open, as with the built-in one: jobs
   * that were running when it died are taken up at start. Otherwise when their leases end.
   */
  readonly alone: boolean;
  /** How long after its process died a job is taken up by another one. */
  readonly leaseMs?: number;
  /** How often to look for what other processes added, and to renew leases: well below `leaseMs`. */
  readonly lookMs?: number;
  readonly random?: () => number;
}

const LEASE_MS = 10_000;
const LOOK_MS = 2000;
const DEADLINE_MS = 30_000;
const GRACE_MS = 10_000;

interface Running {
  readonly job: rows.ClaimedJob;
  readonly attempt: Attempt;
}

/**
 * A queue in the database itself: no other server is needed, and jobs are added
 * in the transaction that causes them. One look renews leases, settles the jobs
 * that ended and claims the next ones in one transaction, so a busy queue commits
 * for many jobs at once and an idle one sleeps until the next is due.
 */
export class EmbeddedQueue implements Queue {
  readonly #options: Required<EmbeddedOptions>;
  readonly #loop: Loop;
  readonly #running = new Set<Running>();
  readonly #ended: { readonly running: Running; readonly settled: rows.Settled }[] = [];
  #process: (ProcessOptions & { handler: (job: RunningJob) => Promise<void> }) | undefined;
  #isClaiming = false;
  #renewAt = new Date(0);

  constructor(options: EmbeddedOptions) {
    this.#options = { leaseMs: LEASE_MS, lookMs: LOOK_MS, random: Math.random, ...options };
    this.#loop = new Loop({
      clock: options.clock,
      look: () => this.#look(),
      lookMs: this.#options.lookMs,
      failed: this.#failed,
    });
  }

  readonly #failed = (error: unknown): void => {
    this.#options.log.error({ err: error }, 'The queue could not be read or written');
  };

  async add(jobs: readonly Job[], tx?: Tx): Promise<void> {
    await rows.insertJobs(tx ?? this.#options.db, jobs, this.#now());
    if (!tx) this.wake();
  }

  wake(): void {
    this.#loop.wake();
  }

  async process(handler: (job: RunningJob) => Promise<void>, options: ProcessOptions): Promise<void> {
    if (this.#options.alone) await rows.freeLeases(this.#options.db);
    this.#process = { ...options, handler };
    this.#isClaiming = true;
    this.#loop.start();
  }

  async stop({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const { clock, leaseMs } = this.#options;
    this.#isClaiming = false;
    await this.#loop.stop();
    // Nothing renews the leases from here on.
    await this.#turn(graceMs + leaseMs).catch(this.#failed);
    const cancel = clock.at(later(clock, graceMs), () => {
      for (const it of this.#running) it.attempt.giveBack();
    });
    await Promise.all([...this.#running].map((it) => it.attempt.outcome));
    cancel();
    await this.#turn().catch(this.#failed);
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
    const { claimed, nextAt } = await this.#turn();
    const free = this.#free([...this.#running]);
    // A class that gave nothing, or all that it may, has nothing more to give.
    return claimed.some(({ lane }) => (free.get(rows.classOf(lane)) ?? 0) > 0) ? 'again' : nextAt;
  }

  /** How many more jobs of each class may be run beside these. */
  #free(running: readonly Pick<Running, 'job'>[]): Map<string, number> {
    const { concurrency, classes } = this.#process ?? { concurrency: 0 };
    const limits = this.#isClaiming ? [['', concurrency] as const, ...(classes?.() ?? [])] : [];
    const busy = Map.groupBy(running, (it) => rows.classOf(it.job.lane));
    return new Map(limits.map(([name, most]) => [name, Math.max(0, most - (busy.get(name)?.length ?? 0))]));
  }

  /** What cannot be written down now is kept for the next turn. */
  async #turn(keepMs = this.#options.leaseMs) {
    const { db, alone } = this.#options;
    const ended = this.#ended.splice(0);
    const left = [...this.#running].filter((it) => ended.every((end) => end.running !== it));
    try {
      const turned = await db.transaction().execute(async (tx) => {
        if (!alone) await rows.lockQueue(tx);
        // Not before here: who waited for the database must not write leases that have already ended.
        const now = this.#now();
        const until = new Date(now.getTime() + keepMs);
        await rows.settleJobs(
          tx,
          ended.map((it) => it.settled),
          now,
        );
        await this.#renew(tx, left, now, until);
        const claimed = await rows.claimJobs(tx, now, until, this.#free(left));
        // Where every slot of a class is taken, whoever ends wakes it.
        const free = this.#free([...left, ...claimed.map((job) => ({ job }))]);
        const idle = [...free].filter(([, slots]) => slots > 0).map(([name]) => name);
        return { claimed, nextAt: await rows.nextJobAt(tx, now, idle) };
      });
      for (const it of ended) this.#running.delete(it.running);
      for (const job of turned.claimed) this.#start(job);
      return turned;
    } catch (error) {
      // No lease was renewed either: before it is, nothing may be claimed.
      this.#renewAt = new Date(0);
      this.#ended.unshift(...ended);
      throw error;
    }
  }

  /** Before anything is claimed: a process that was asleep must not take its own jobs for somebody else's. */
  async #renew(tx: Tx, running: readonly Running[], now: Date, until: Date): Promise<void> {
    const { leaseMs } = this.#options;
    const left = this.#renewAt.getTime() - now.getTime();
    // More than it can be: the clock was set back.
    const isDue = left <= 0 || left > leaseMs || until.getTime() > now.getTime() + leaseMs;
    if (running.length > 0 && !isDue) return;
    this.#renewAt = new Date(now.getTime() + leaseMs / 3);
    if (running.length === 0) return;
    const jobs = running.map((it) => it.job);
    const kept = await rows.extendLeases(tx, jobs, until);
    for (const it of running) if (!kept.has(it.job.id)) it.attempt.giveBack();
  }

  #start(job: rows.ClaimedJob): void {
    if (!this.#process) return;
    const { handler, deadlineOf } = this.#process;
    const deadlineMs = deadlineOf?.(job.kind) ?? this.#process.deadlineMs ?? DEADLINE_MS;
    const { clock, random } = this.#options;
    const running = { job, attempt: attempt(job, handler, { clock, deadlineMs, random }) };
    this.#running.add(running);
    void this.#follow(running);
  }

  async #follow(running: Running): Promise<void> {
    const { id, attempt: number, begun } = running.job;
    const began = this.#now().getTime();
    const outcome = await running.attempt.outcome;
    this.#ended.push({ running, settled: { ...this.#endOf(outcome), id, attempt: number, begun } });
    this.#tell(running.job, outcome);
    this.#process?.observe?.(running.job, OBSERVED[outcome.end], this.#now().getTime() - began);
    this.wake();
  }

  #endOf(outcome: Outcome): rows.End {
    return outcome.end === 'again' ? { ...outcome, at: later(this.#options.clock, outcome.inMs) } : outcome;
  }

  #tell(job: rows.ClaimedJob, outcome: Outcome): void {
    if (outcome.end === 'done' || outcome.error === null) return;
    const text = outcome.end === 'dead' ? 'A job was given up' : 'A job did not succeed and will run again';
    const { id, kind, attempt: number } = job;
    this.#options.log.warn({ job: id, kind, attempt: number, error: outcome.error }, text);
  }
}

const OBSERVED: Record<Outcome['end'], 'done' | 'retry' | 'dead'> = {
  done: 'done',
  again: 'retry',
  dead: 'dead',
};
