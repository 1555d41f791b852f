import { UserError } from '#src/errors.ts';

import type { Context } from './context.ts';
import { ingest, type Ingested, type Received } from './ingest.ts';

export interface IntakeLimits {
  /** Alerts in one transaction at most. */
  readonly batch: number;
  /** Transactions at a time. Two that meet the same groups wait for each other, so one is most often best. */
  readonly inFlight: number;
  /** Alerts that may wait; more are refused with `busy`, and lose nothing because the sender keeps them. */
  readonly waiting: number;
}

export interface IntakeObserver {
  batch(size: number, milliseconds: number): void;
}

interface Waiting {
  readonly received: readonly Received[];
  readonly done: (results: Ingested[]) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Group commit. Whatever arrives while a transaction runs goes into the next
 * one together: no timer, no delay when idle, large batches under load. The
 * promise of `submit` is kept when its alerts are committed.
 */
export class Intake {
  readonly #ctx: Context;
  readonly #limits: IntakeLimits;
  readonly #observer: IntakeObserver;
  #queue: Waiting[] = [];
  #depth = 0;
  #inFlight = 0;
  #idle: (() => void)[] = [];

  constructor(ctx: Context, limits: IntakeLimits, observer: IntakeObserver) {
    this.#ctx = ctx;
    this.#limits = limits;
    this.#observer = observer;
  }

  /** All of them or none. Throws UserError('busy') when too many wait. */
  async submit(received: readonly Received[]): Promise<Ingested[]> {
    if (received.length === 0) return [];
    if (this.#depth > 0 && this.#depth + received.length > this.#limits.waiting) {
      throw new UserError(
        'busy',
        'Too many alerts are waiting to be stored. Send this one again in a second.',
      );
    }
    this.#depth += received.length;
    const { promise, resolve, reject } = Promise.withResolvers<Ingested[]>();
    this.#queue.push({ received, done: resolve, failed: reject });
    this.#pump();
    return await promise;
  }

  /** Alerts taken in and not committed yet. */
  depth(): number {
    return this.#depth;
  }

  /** Waits until everything taken in is committed. */
  async close(): Promise<void> {
    if (this.#depth === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    while (this.#inFlight < this.#limits.inFlight && this.#queue.length > 0) {
      const batch = this.#take();
      this.#inFlight += 1;
      void this.#commit(batch).finally(() => {
        this.#inFlight -= 1;
        this.#depth -= sizeOf(batch);
        this.#pump();
        if (this.#depth === 0) for (const idle of this.#idle.splice(0)) idle();
      });
    }
  }

  /** The oldest ones, up to the limit; one that alone is larger goes alone. */
  #take(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      size += waiting.received.length;
      if (count > 0 && size > this.#limits.batch) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /**
   * One bad message must not take those beside it down: when a batch fails by
   * what stands in it, each is tried alone. When the database cannot be reached
   * all of it has failed; trying each would only keep everybody waiting.
   */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    const start = performance.now();
    const received = batch.flatMap((it) => it.received);
    const outcome = await ingest(this.#ctx, received).catch((error: unknown) => ({ error }));
    if (!('error' in outcome)) {
      let from = 0;
      for (const it of batch) it.done(outcome.slice(from, (from += it.received.length)));
      this.#observer.batch(outcome.length, performance.now() - start);
    } else if (batch.length > 1 && isAboutContent(outcome.error)) {
      for (const waiting of batch) await this.#commit([waiting]);
    } else {
      for (const waiting of batch) waiting.failed(outcome.error);
    }
  }
}

/** SQLSTATE classes: 22 a value the database refuses, 23 a rule it breaks, 54 beyond a limit. */
const REFUSED = /^(?:22|23|54)/;

function isAboutContent(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && REFUSED.test(String(error.code));
}

function sizeOf(batch: readonly Waiting[]): number {
  return batch.reduce((sum, it) => sum + it.received.length, 0);
}
