import PQueue from 'p-queue';

import { ProviderError } from '#src/errors.ts';

/** Answers to people come first, then cards and messages, then what nobody waits for. */
export const URGENCY = { person: 2, message: 1, rest: 0 } as const;
export type Urgency = keyof typeof URGENCY;

interface Rate {
  /** Calls in any period of `interval` milliseconds. */
  readonly most: number;
  readonly interval: number;
}

/** A call that waits for its turn, and the one before it that is under way. */
interface Slot {
  waiting: { call: () => Promise<unknown>; promise: Promise<unknown> } | null;
  running: Promise<unknown> | null;
}

/** The longest a call waits for its turn, in milliseconds; then its job comes again later. */
const PATIENCE_MS = 8000;
/** Lines that nobody stands in are taken down when there are so many. */
const LINES = 500;

/**
 * Keeps calls below a platform's rates: each line, such as the posts to one
 * channel, has its own. One that Slack wants to rest does not stop the others.
 */
export class Pace {
  readonly #lines = new Map<string, { readonly queue: PQueue; restsUntil: number }>();
  readonly #slots = new Map<string, Slot>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Runs it when it is its turn. Of calls under the same `merge` one runs at a time, and of those that wait the latest, for all.
   *
   * @throws ProviderError with a time to come back at, when it would have to wait for too long
   */
  async run<T>(
    line: string,
    rate: Rate,
    call: () => Promise<T>,
    { urgency, merge }: { readonly urgency: Urgency; readonly merge?: string | undefined },
  ): Promise<T> {
    const turn = async (task: () => Promise<unknown>) => await this.#turn(line, rate, URGENCY[urgency], task);
    return (await (merge === undefined ? turn(call) : this.#merged(merge, call, turn))) as T;
  }

  async #merged(
    name: string,
    call: () => Promise<unknown>,
    turn: (task: () => Promise<unknown>) => Promise<unknown>,
  ): Promise<unknown> {
    const slot = this.#slots.get(name) ?? { waiting: null, running: null };
    this.#slots.set(name, slot);
    if (slot.waiting) {
      slot.waiting.call = call;
      return await slot.waiting.promise;
    }
    const done = Promise.withResolvers<unknown>();
    const waiting = { call, promise: done.promise };
    slot.waiting = waiting;
    let last: Promise<unknown> | null = null;
    try {
      await slot.running?.catch(() => null);
      const result = await turn(() => {
        slot.waiting = null;
        last = waiting.call();
        slot.running = last;
        return last;
      });
      done.resolve(result);
    } catch (error) {
      done.reject(error);
    } finally {
      if (slot.waiting === waiting) slot.waiting = null;
      // The next one may be under way already.
      if (slot.waiting === null && slot.running === last) this.#slots.delete(name);
    }
    return await done.promise;
  }

  /** Nothing goes out on this line for so many milliseconds. */
  rest(line: string, rate: Rate, ms: number): void {
    const found = this.#lineOf(line, rate);
    const until = this.#now().getTime() + ms;
    if (until <= found.restsUntil) return;
    found.restsUntil = until;
    found.queue.pause();
    const wake = () => {
      if (found.restsUntil === until) found.queue.start();
    };
    setTimeout(wake, ms).unref();
  }

  async #turn(line: string, rate: Rate, priority: number, call: () => Promise<unknown>): Promise<unknown> {
    const { queue, restsUntil } = this.#lineOf(line, rate);
    const left = restsUntil - this.#now().getTime();
    if (queue.isPaused && left > PATIENCE_MS) throw tooBusy(line, left);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(tooBusy(line, PATIENCE_MS)), PATIENCE_MS);
    const started = Promise.withResolvers<unknown>();
    const run = () => {
      clearTimeout(timer);
      started.resolve(call());
    };
    try {
      await queue.add(run, { priority, signal: patience.signal });
    } finally {
      clearTimeout(timer);
    }
    return await started.promise;
  }

  #lineOf(line: string, { most, interval }: Rate) {
    const known = this.#lines.get(line);
    if (known) return known;
    if (this.#lines.size >= LINES) this.#forgetIdle();
    const made = { queue: new PQueue({ interval, intervalCap: most, strict: true }), restsUntil: 0 };
    this.#lines.set(line, made);
    return made;
  }

  #forgetIdle(): void {
    for (const [name, { queue }] of this.#lines) {
      if (queue.size === 0 && !queue.isPaused) this.#lines.delete(name);
    }
  }
}

function tooBusy(line: string, ms: number): ProviderError {
  return new ProviderError('slack', `${line} is at its limit`, { retry: true, retryAfterMs: ms });
}
