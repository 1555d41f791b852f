import { setTimeout as sleep } from 'node:timers/promises';

import { dropLease, takeLease } from '#src/db/leases.ts';
import type { Db } from '#src/db/schema.ts';

import type { JobLog } from './embedded.ts';

export interface LeaseOptions {
  readonly db: Db;
  /** What only one process may do. */
  readonly name: string;
  /** Who this process is; no other has the same. */
  readonly holder: string;
  /** No other process can have this database open: there is nobody to share with. */
  readonly alone: boolean;
  readonly log: Pick<JobLog, 'warn'> & { info(details: object, message: string): void };
  /** Has those who wait for it look at once. */
  readonly free?: (name: string) => void;
  /** What is done while it is held, until the signal. It is begun again when the lease comes back. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** How long a process that was killed holds a lease; how often it is renewed, and asked for. */
const TTL_MS = 6000;
const RENEW_MS = 2000;
const ASK_MS = 1000;
/** After a renewal that failed. */
const AGAIN_MS = 250;
/** So long before its end it is let go: connections take up to two seconds to be closed. */
const MARGIN_MS = 2500;

/**
 * Does something in one process of all, as long as that lives. A process that is killed is followed by
 * another within seven seconds; one that stops, at once. One that cannot renew its lease leaves off before
 * it ends. All by clocks that only go on: the machine's may be set as anybody likes.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #stopping = new AbortController();
  #isHeld = false;
  #waiting = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  start(): void {
    this.#done = this.#options.alone ? this.#runAlone() : this.#keepAsking();
  }

  /** It may be free now. */
  wake(): void {
    this.#waiting.abort();
  }

  /** Leaves off, and gives it back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #runAlone(): Promise<void> {
    this.#isHeld = true;
    await this.#run(this.#stopping.signal);
    this.#isHeld = false;
  }

  async #keepAsking(): Promise<void> {
    const { name, log } = this.#options;
    const { signal } = this.#stopping;
    let hasFailed = false;
    while (!signal.aborted) {
      const asked = performance.now();
      const isOurs = await this.#within(TTL_MS - MARGIN_MS);
      if (isOurs === null && !hasFailed) log.warn({ lease: name }, 'A lease could not be asked for');
      hasFailed = isOurs === null;
      if (isOurs === true) await this.#hold(asked);
      else await this.#pause(ASK_MS);
    }
  }

  async #hold(asked: number): Promise<void> {
    const { db, name, holder, log, free } = this.#options;
    const ending = new AbortController();
    this.#isHeld = true;
    log.info({ lease: name }, 'This process holds a lease');
    const renewing = this.#renew(asked, ending.signal);
    await this.#run(AbortSignal.any([this.#stopping.signal, renewing.lost]));
    // What ended by itself is not begun again until the lease is lost or the program stops.
    await Promise.race([renewing.ended, untilAborted(this.#stopping.signal)]);
    this.#isHeld = false;
    ending.abort();
    await renewing.ended;
    if (renewing.lost.aborted) log.warn({ lease: name }, 'This process lost a lease');
    // Also after a loss: whose lease could not be renewed may still have it.
    await dropLease(db, name, holder).catch(() => {});
    free?.(name);
  }

  /** Until it is lost, or `signal`. */
  #renew(asked: number, signal: AbortSignal): { readonly lost: AbortSignal; readonly ended: Promise<void> } {
    const lost = new AbortController();
    const keep = async () => {
      let good = asked;
      let wait = RENEW_MS;
      while (!signal.aborted && !lost.signal.aborted) {
        await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
        if (signal.aborted) return;
        const at = performance.now();
        const end = good + TTL_MS - MARGIN_MS;
        const isOurs = await this.#within(end - at);
        if (isOurs === true) good = at;
        if (isOurs === false || performance.now() >= good + TTL_MS - MARGIN_MS) lost.abort();
        wait = isOurs === true ? RENEW_MS : AGAIN_MS;
      }
    };
    return { lost: lost.signal, ended: keep() };
  }

  /** Whether it is ours; null: nobody could say within so many milliseconds. */
  async #within(ms: number): Promise<boolean | null> {
    const late = new AbortController();
    const wait = async () => await sleep(Math.max(0, ms), null, { signal: late.signal, ref: false });
    try {
      return await Promise.race([this.#take(), wait()]);
    } catch {
      return null;
    } finally {
      late.abort();
    }
  }

  async #take(): Promise<boolean> {
    const { db, name, holder } = this.#options;
    return await takeLease(db, name, holder, TTL_MS);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { name, log, run } = this.#options;
    await run(signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error, lease: name }, 'What is done under a lease failed');
    });
  }

  async #pause(ms: number): Promise<void> {
    this.#waiting = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, this.#waiting.signal]);
    await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
  }
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
