import type { Statements } from '#src/db/one-connection.ts';
import { UserError } from '#src/errors.ts';
import { traced } from '#src/telemetry/trace.ts';

import type { Context } from './context.ts';
import { ingest, type How, type Ingested, type Received, type Told } from './ingest.ts';
import { flightOf, mayGoBeside, type Flight } from './intake-flight.ts';
import { Pace } from './intake-pace.ts';
import { cameBy, tracedBatch, type Waits } from './intake-spans.ts';

export interface IntakeLimits {
  /** Alerts in one transaction at most. */
  readonly batch: number;
  /** Alerts that may wait; more are refused with `busy`, and lose nothing because the sender keeps them. */
  readonly waiting: number;
  /** Bytes of what was sent that may wait; 64 Mi unless said otherwise. */
  readonly bytes?: number;
  /** How long, as far as is known, an alert may have to wait; 2,000 ms unless said otherwise. */
  readonly waitMs?: number;
  /** A transaction without an end for so long: whoever waits behind it is refused; 10 s unless said otherwise. */
  readonly hangMs?: number;
}

const BYTES = 64 * 1024 * 1024;
const WAIT_MS = 2000;
const HANG_MS = 10_000;
/** Batches the database has at once: it goes on with the next while we read what became of one and make another. */
const FLIGHTS = 3;
/** A batch costs PostgreSQL what a dozen alerts in it do (0.4 ms and 30 µs, measured), which so many alerts can bear. */
const ENOUGH = 40;
/** What an alert is taken to have where nobody counted. */
const USUAL_BYTES = 1000;

export interface IntakeObserver {
  /** `folded`: how many of them said again what was known. */
  batch(size: number, milliseconds: number, folded: number): void;
}

interface Stored extends Flight {
  /** Kept when it has ended; broken with `busy` when it has not for long. */
  readonly over: Promise<void>;
  readonly hangs: NodeJS.Timeout;
}

interface Waiting extends Waits {
  readonly bytes: number;
  readonly done: (results: Ingested[]) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Group commit. What arrives in one turn of the event loop, or while a transaction
 * runs, goes together, by halves: no timer, no delay when idle, large batches
 * under load. The promise of `submit` is kept when its alerts are committed. One
 * transaction at a time: two that meet the same groups would wait for each other.
 *
 * A batch is no larger than the mean of the one before and what waits. Senders that wait for
 * their answers would else all be in one batch, and the database and we would take turns instead of working side by side.
 *
 * Where the database takes statements one behind the other (`pipeline`), more batches are given to it while it has one, so
 * that it need not wait for us: their repeats only, and only where the order makes no difference (`mayGoBeside`). Each is to
 * have as many alerts as the one before or `ENOUGH`, because a batch costs the database something beside what is in it.
 *
 * What would have to wait too long is refused at once, while there is still
 * room for what waits: a sender that is told to come again in a second does;
 * one that hears nothing sends everything twice.
 */
export class Intake {
  readonly #ctx: Context;
  readonly #limits: Required<IntakeLimits>;
  readonly #observer: IntakeObserver;
  readonly #pace = new Pace();
  readonly #pipeline: Statements | null;
  #queue: Waiting[] = [];
  #depth = 0;
  #bytes = 0;
  /** Batches that are being stored, the oldest first. */
  #flights: readonly Stored[] = [];
  /** At the end of this turn the next one is looked for. */
  #isTurning = false;
  /** When the last one ended, in monotonic ms. */
  #endedAt = -Infinity;
  /** Alerts of the batch before. */
  #before = 0;
  #idle: (() => void)[] = [];

  constructor(
    ctx: Context,
    limits: IntakeLimits,
    observer: IntakeObserver,
    pipeline: Statements | null = null,
  ) {
    this.#ctx = ctx;
    this.#pipeline = pipeline;
    this.#limits = { bytes: BYTES, waitMs: WAIT_MS, hangMs: HANG_MS, ...limits };
    this.#observer = observer;
  }

  /** All of them or none. Rejects with UserError('busy') when too many wait, or would have to wait for too long. */
  submit(received: readonly Received[]): Promise<Ingested[]> {
    if (received.length === 0) return Promise.resolve([]);
    const bytes = bytesIn(received);
    const refused = this.#refusalIfFull(received.length, bytes);
    if (refused) return Promise.reject(refused);
    this.#depth += received.length;
    this.#bytes += bytes;
    const { promise, resolve, reject } = Promise.withResolvers<Ingested[]>();
    return traced('take alerts in', { attributes: { alerts: received.length } }, (span) => {
      const waiting = { received: cameBy(received, span), span, bytes, done: resolve, failed: reject };
      this.#queue.push(waiting);
      this.#begin();
      return promise;
    });
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

  /** A request larger than all limits is taken when nothing waits. */
  #refusalIfFull(count: number, bytes: number): UserError | null {
    if (this.#depth === 0) return null;
    const { waiting, waitMs, bytes: most } = this.#limits;
    const wait = this.#pace.waitFor(this.#depth + count);
    const isRoom = this.#depth + count <= waiting && this.#bytes + bytes <= most;
    if (isRoom && wait <= waitMs) return null;
    return tooMany(Math.max(1, Math.ceil(wait / 1000)));
  }

  /** What else this turn of the event loop reads goes along. */
  #begin(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      this.#goOn();
    });
  }

  /** With the next batch, while there is one. */
  #goOn(): void {
    const batch = this.#take();
    if (batch.length === 0) return;
    const { promise: over, resolve: isOver, reject: isHanging } = Promise.withResolvers<void>();
    over.catch(() => {});
    const hangs = setInterval(() => {
      isHanging(tooMany(1));
      this.#refuseWaiting();
    }, this.#limits.hangMs);
    const received = batch.flatMap((it) => it.received);
    const flight = { ...flightOf(received), over, hangs };
    const after = Promise.all(this.#flights.map((it) => it.over));
    after.catch(() => {});
    this.#flights = [...this.#flights, flight];
    this.#before = flight.size;
    void tracedBatch(batch, () => this.#commit(batch, received, { told: new Map(), after })).finally(() => {
      clearInterval(hangs);
      this.#flights = this.#flights.filter((it) => it !== flight);
      // What waited for this one begins only now.
      for (const other of this.#flights) other.hangs.refresh();
      isOver();
      this.#goOn();
      if (this.#depth === 0) for (const idle of this.#idle.splice(0)) idle();
    });
    // What came in the same turn may go beside it.
    if (this.#queue.length > 0) this.#begin();
  }

  /** The oldest ones, up to the limit; one that alone is larger goes alone. None, where they have to wait. */
  #take(): Waiting[] {
    const last = this.#flights.at(-1);
    if (this.#flights.length >= (this.#pipeline === null ? 1 : FLIGHTS)) return [];
    const waiting = this.#flights.reduce((left, { size }) => left - size, this.#depth);
    if (last && waiting < Math.min(last.size, ENOUGH)) return [];
    const most = Math.min(this.#limits.batch, Math.ceil((this.#before + waiting) / 2));
    let size = 0;
    let count = 0;
    for (const { received } of this.#queue) {
      if (count > 0 && size + received.length > most) break;
      size += received.length;
      count += 1;
    }
    const next = this.#queue.slice(0, count);
    if (!this.#flights.every((it) => next.every(({ received }) => mayGoBeside(it, received)))) return [];
    return this.#queue.splice(0, count);
  }

  /** Nothing of them was begun, so they can come again. What is in the transaction that hangs may be committed yet. */
  #refuseWaiting(): void {
    for (const waiting of this.#queue.splice(0)) {
      this.#release(waiting);
      waiting.failed(tooMany(1));
    }
  }

  /**
   * One bad message must not take those beside it down: when a batch fails by
   * what stands in it, each is tried alone. When the database cannot be reached
   * all of it has failed; trying each would only keep everybody waiting.
   */
  async #commit(
    batch: readonly Waiting[],
    received: readonly Received[],
    how: How & { readonly told: Told },
  ): Promise<void> {
    const start = performance.now();
    const outcome = await ingest(this.#ctx, received, { ...how, pipeline: this.#pipeline }).catch(
      (error: unknown) => ({ error }),
    );
    if (!('error' in outcome)) {
      const end = performance.now();
      const took = end - start;
      // Beside another one it took as long as after it.
      this.#pace.took(outcome.length, end - Math.max(start, this.#endedAt));
      this.#endedAt = end;
      for (const it of batch) this.#release(it);
      // What waits is on its way to the database before these are answered: one works while the other does.
      setImmediate(() => {
        let from = 0;
        for (const it of batch) it.done(outcome.slice(from, (from += it.received.length)));
      });
      const folded = outcome.filter(({ status }) => status === 'duplicate').length;
      this.#observer.batch(outcome.length, took, folded);
    } else if (batch.length > 1 && isAboutContent(outcome.error)) {
      for (const waiting of batch) await this.#commit([waiting], waiting.received, how);
    } else {
      for (const waiting of batch) {
        this.#release(waiting);
        // Repeats are committed before what is beside them, and who is refused says them again.
        const told = waiting.received.flatMap((it) => how.told.get(it) ?? []);
        if (told.length === waiting.received.length) waiting.done(told);
        else waiting.failed(outcome.error);
      }
    }
  }

  #release({ received, bytes }: Waiting): void {
    this.#depth -= received.length;
    this.#bytes -= bytes;
  }
}

function tooMany(retryAfterS: number): UserError {
  const when = retryAfterS === 1 ? 'a second' : `${retryAfterS} seconds`;
  return new UserError('busy', `Too many alerts are waiting to be stored. Send this one again in ${when}.`, {
    retryAfterS,
  });
}

function bytesIn(received: readonly Received[]): number {
  let sum = 0;
  for (const { size = USUAL_BYTES } of received) sum += size;
  return sum;
}

/** SQLSTATE classes: 22 a value the database refuses, 23 a rule it breaks, 54 beyond a limit. */
const REFUSED = /^(?:22|23|54)/;

function isAboutContent(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && 'code' in error && REFUSED.test(String(error.code));
}
