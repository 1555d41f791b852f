import { orCut } from './deadline.ts';
import type { About } from './door.ts';

/** How much may go through. `ratesOf` has the numbers. */
export interface Rates {
  readonly atOnce: number;
  /** Requests in a row that need not wait. */
  readonly burst: number;
  readonly perMinute: number;
  readonly perHour: number;
  /** Tokens that are not read from a cache. */
  readonly tokensPerMinute: number;
  readonly tokensPerDay: number;
}

/** By what a minute allows, in the proportions of contracts 5.3: of 50 requests 10 in a row and 2,000 an hour, of 100,000 tokens 5,000,000 a day. */
export function ratesOf(perMinute: number, tokensPerMinute: number): Rates {
  return {
    atOnce: 8,
    burst: Math.max(1, Math.round(perMinute / 5)),
    perMinute,
    perHour: perMinute * 40,
    tokensPerMinute,
    tokensPerDay: tokensPerMinute * 50,
  };
}

type Priority = About['priority'];

/** The share of `atOnce` that may be taken when one of these comes: there is always room for who waits. */
const ROOM: Readonly<Record<Priority, number>> = { asked: 1, soon: 0.75, later: 0.5 };
const ORDER: readonly Priority[] = ['asked', 'soon', 'later'];

interface Waiting {
  readonly priority: Priority;
  readonly enter: () => void;
}

/** Where requests wait for their turn: `asked` before `soon` before `later`, and in each the first before the next. */
export class Gate {
  readonly #atOnce: number;
  readonly #requests: readonly Bucket[];
  readonly #tokens: readonly Bucket[];
  #inside = 0;
  #waiting: readonly Waiting[] = [];
  #wake: NodeJS.Timeout | undefined;

  constructor(rates: Rates) {
    this.#atOnce = rates.atOnce;
    this.#requests = [
      new Bucket(rates.burst, rates.perMinute, 60_000),
      new Bucket(rates.perHour, rates.perHour, 3_600_000),
    ];
    this.#tokens = [
      new Bucket(rates.tokensPerMinute, rates.tokensPerMinute, 60_000),
      new Bucket(rates.tokensPerDay, rates.tokensPerDay, 86_400_000),
    ];
  }

  /**
   * Waits for its turn. Null where the signal fired first, and at once where the rates let nobody in for longer
   * than `mostMs`. What it answers has to be called once, with the tokens that the request used: they hold back
   * those that come later.
   */
  async enter(
    priority: Priority,
    signal: AbortSignal,
    mostMs = Infinity,
  ): Promise<((tokens: number) => void) | null> {
    if (signal.aborted || this.#waitMs() > mostMs) return null;
    const { promise, resolve } = Promise.withResolvers<true>();
    const waiting: Waiting = { priority, enter: () => resolve(true) };
    this.#waiting = [...this.#waiting, waiting];
    this.#next();
    if ((await orCut(signal, promise)) === null) {
      const hasEntered = !this.#waiting.includes(waiting);
      this.#waiting = this.#waiting.filter((it) => it !== waiting);
      if (hasEntered) this.#leave(0);
      this.#next();
      return null;
    }
    return (tokens) => this.#leave(tokens);
  }

  #leave(tokens: number): void {
    this.#inside -= 1;
    this.#tokens.forEach((it) => it.take(tokens));
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#wake);
    for (;;) {
      const first = ORDER.map((priority) => this.#waiting.find((it) => it.priority === priority)).find(
        (it) => it !== undefined,
      );
      if (!first || this.#inside >= Math.max(1, this.#atOnce * ROOM[first.priority])) return;
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        // It keeps no process alive: who waits has a deadline of their own.
        this.#wake = setTimeout(() => this.#next(), Math.min(waitMs + 1, LONGEST_MS)).unref();
        return;
      }
      this.#waiting = this.#waiting.filter((it) => it !== first);
      this.#inside += 1;
      this.#requests.forEach((it) => it.take(1));
      first.enter();
    }
  }

  /** Until the rates let the next one in. */
  #waitMs(): number {
    return Math.max(
      ...this.#requests.map((it) => it.waitMs(1)),
      ...this.#tokens.map((it) => it.waitMs(Number.MIN_VALUE)),
    );
  }
}

/** What setTimeout can count. */
const LONGEST_MS = 2 ** 31 - 1;

/** So much may be taken, and it comes back at a steady rate. It may be overdrawn, and then takes longer to come back. */
class Bucket {
  readonly #most: number;
  readonly #perMs: number;
  #has: number;
  #at = performance.now();

  constructor(most: number, back: number, inMs: number) {
    this.#most = most;
    this.#perMs = back / inMs;
    this.#has = most;
  }

  take(amount: number): void {
    this.#fill();
    this.#has -= amount;
  }

  /** Until so much is in it. */
  waitMs(amount: number): number {
    this.#fill();
    return this.#has >= amount ? 0 : (amount - this.#has) / this.#perMs;
  }

  #fill(): void {
    const now = performance.now();
    this.#has = Math.min(this.#most, this.#has + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
