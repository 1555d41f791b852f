import * as rows from '#src/db/jobs.ts';
import type { Db, Tx } from '#src/db/schema.ts';

import { attempt, type Attempt, type Outcome } from './attempt.ts';
import { later, type Clock } from './clock.ts';
import { Pace } from './pace.ts';
import type { ProcessOptions, RunningJob } from './queue.ts';

/** The part of a logger that this folder speaks to. */
export interface JobLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface InHandOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: JobLog;
  /** How long after its process died a job is taken up by another one. */
  readonly leaseMs?: number;
  readonly random?: () => number;
}

/** A transaction in which jobs change hands. */
export interface Turn {
  readonly now: Date;
  /** When the leases end that are taken now. */
  readonly until: Date;
  /** Those that were settled before. */
  readonly ended: readonly rows.ClaimedJob[];
  /** How many more jobs of each class may be run, beside those that run and these. */
  readonly free: (also?: readonly rows.ClaimedJob[]) => Map<string, number>;
}

/** What a driver does in a turn. */
export interface Taking<T> {
  /** Begins the transaction: takes the locks that are needed to claim, and to renew what is held. */
  readonly lock: (tx: Tx, held: readonly rows.ClaimedJob[]) => Promise<void>;
  readonly claim: (tx: Tx, turn: Turn) => Promise<T>;
  /** Somebody else sees to it that no class has more than its rate. */
  readonly isPacedElsewhere?: boolean;
}

const LEASE_MS = 10_000;
const DEADLINE_MS = 30_000;
const GRACE_MS = 10_000;

interface Running {
  readonly job: rows.ClaimedJob;
  readonly attempt: Attempt;
}

/**
 * The jobs that this process runs, whoever told it of them. A turn renews their leases, settles those that ended and
 * claims others in one transaction, so a busy process commits for many jobs at once.
 */
export class InHand {
  readonly #options: Required<InHandOptions>;
  readonly #ended: (job: rows.ClaimedJob, end: rows.End) => void;
  readonly #running = new Set<Running>();
  readonly #unsettled: { readonly running: Running; readonly settled: rows.Settled }[] = [];
  readonly #pace = new Pace();
  #process: (ProcessOptions & { handler: (job: RunningJob) => Promise<void> }) | undefined;
  #isClaiming = false;
  #renewAt = new Date(0);

  /** `ended`: told of each job when its attempt is over and waits to be settled. */
  constructor(options: InHandOptions, ended: (job: rows.ClaimedJob, end: rows.End) => void) {
    this.#options = { leaseMs: LEASE_MS, random: Math.random, ...options };
    this.#ended = ended;
  }

  /** From now on jobs may be claimed. */
  begin(handler: (job: RunningJob) => Promise<void>, options: ProcessOptions): void {
    this.#process = { ...options, handler };
    this.#isClaiming = true;
  }

  /** No other job will be claimed. */
  leaveOff(): void {
    this.#isClaiming = false;
  }

  /** How many jobs of each class may run side by side now. */
  limits(): Map<string, number> {
    if (!this.#process || !this.#isClaiming) return new Map();
    const { concurrency, classes } = this.#process;
    return new Map([['', concurrency] as const, ...(classes?.() ?? [])]);
  }

  /** When jobs may be claimed of a class that has had as many as it may for now. */
  pacedUntil(): Date | null {
    const { rates } = this.#process ?? {};
    const now = this.#options.clock.now();
    const times = [...(rates?.() ?? [])].flatMap(([name, rate]) => this.#pace.nextAt(name, rate, now) ?? []);
    return times.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
  }

  /** Whether a turn is needed for what it has in hand. */
  isDue(): boolean {
    if (this.#unsettled.length > 0) return true;
    return this.#running.size > 0 && this.#isRenewalDue(this.#options.clock.now());
  }

  /** What cannot be written down now is kept for the next turn. */
  async turn<T extends { readonly claimed: readonly rows.ClaimedJob[] }>(
    { lock, claim, isPacedElsewhere = false }: Taking<T>,
    keepMs = this.#options.leaseMs,
  ): Promise<T> {
    const { db } = this.#options;
    const ended = this.#unsettled.splice(0);
    const left = [...this.#running].filter((it) => ended.every((end) => end.running !== it));
    try {
      const turned = await db.transaction().execute(async (tx) => {
        await lock(
          tx,
          left.map((it) => it.job),
        );
        // Not before here: who waited for the database must not write leases that have already ended.
        const now = this.#options.clock.now();
        const until = new Date(now.getTime() + keepMs);
        await rows.settleJobs(
          tx,
          ended.map((it) => it.settled),
          now,
        );
        await this.#renew(tx, left, now, until);
        const free = (also: readonly rows.ClaimedJob[] = []) =>
          this.#free([...left.map((it) => it.job), ...also], isPacedElsewhere ? null : { also, now });
        return await claim(tx, { now, until, ended: ended.map((it) => it.running.job), free });
      });
      for (const it of ended) this.#running.delete(it.running);
      for (const job of turned.claimed) this.#start(job);
      return turned;
    } catch (error) {
      // No lease was renewed either: before it is, nothing may be claimed.
      this.#renewAt = new Date(0);
      this.#unsettled.unshift(...ended);
      throw error;
    }
  }

  /** Settles what has ended, and keeps what runs for so long without another turn. */
  async settle(keepMs = this.#options.leaseMs): Promise<void> {
    await this.turn({ lock: async () => {}, claim: async () => ({ claimed: [] }) }, keepMs);
  }

  /** What runs gets `graceMs` to end, and is then given back. */
  async finish({ graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    const { clock, leaseMs } = this.#options;
    // Nothing renews the leases from here on.
    await this.settle(graceMs + leaseMs).catch(this.failed);
    const cancel = clock.at(later(clock, graceMs), () => {
      for (const it of this.#running) it.attempt.giveBack();
    });
    await Promise.all([...this.#running].map((it) => it.attempt.outcome));
    cancel();
  }

  readonly failed = (error: unknown): void => {
    this.#options.log.error({ err: error }, 'The queue could not be read or written');
  };

  #free(
    running: readonly rows.ClaimedJob[],
    paced: { readonly also: readonly rows.ClaimedJob[]; readonly now: Date } | null,
  ): Map<string, number> {
    const busy = count(running);
    const begun = count(paced?.also ?? []);
    const rates = paced ? this.#process?.rates?.() : undefined;
    return new Map(
      [...this.limits()].map(([name, most]) => {
        const rate = rates?.get(name);
        const left = rate && paced ? this.#pace.left(name, rate, paced.now) - (begun.get(name) ?? 0) : most;
        return [name, Math.max(0, Math.min(left, most - (busy.get(name) ?? 0)))];
      }),
    );
  }

  /** Before anything is claimed: a process that was asleep must not take its own jobs for somebody else's. */
  async #renew(tx: Tx, running: readonly Running[], now: Date, until: Date): Promise<void> {
    const { leaseMs } = this.#options;
    const isDue = this.#isRenewalDue(now) || until.getTime() > now.getTime() + leaseMs;
    if (running.length > 0 && !isDue) return;
    this.#renewAt = new Date(now.getTime() + leaseMs / 3);
    if (running.length === 0) return;
    const jobs = running.map((it) => it.job);
    const kept = await rows.extendLeases(tx, jobs, until);
    for (const it of running) if (!kept.has(it.job.id)) it.attempt.giveBack();
  }

  #isRenewalDue(now: Date): boolean {
    const left = this.#renewAt.getTime() - now.getTime();
    // More than it can be: the clock was set back.
    return left <= 0 || left > this.#options.leaseMs;
  }

  #start(job: rows.ClaimedJob): void {
    if (!this.#process) return;
    const { handler, deadlineOf, rates } = this.#process;
    const deadlineMs = deadlineOf?.(job.kind) ?? this.#process.deadlineMs ?? DEADLINE_MS;
    const { clock, random } = this.#options;
    const name = rows.classOf(job.lane);
    const rate = rates?.().get(name);
    if (rate) this.#pace.did(name, rate, clock.now());
    const running = { job, attempt: attempt(job, handler, { clock, deadlineMs, random }) };
    this.#running.add(running);
    void this.#follow(running);
  }

  async #follow(running: Running): Promise<void> {
    const { clock } = this.#options;
    const { id, attempt: number, begun } = running.job;
    const began = clock.now().getTime();
    const outcome = await running.attempt.outcome;
    const end = this.#endOf(outcome);
    this.#unsettled.push({ running, settled: { ...end, id, attempt: number, begun } });
    this.#tell(running.job, outcome);
    this.#process?.observe?.(running.job, OBSERVED[outcome.end], clock.now().getTime() - began);
    this.#ended(running.job, end);
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

/** How many of each class. */
function count(jobs: readonly rows.ClaimedJob[]): Map<string, number> {
  const byClass = Map.groupBy(jobs, (it) => rows.classOf(it.lane));
  return new Map([...byClass].map(([name, list]) => [name, list.length]));
}
