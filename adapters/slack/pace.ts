import PQueue from 'p-queue';

import { atItsLimit, inTurn, Latest, PATIENCE_MS, type Urgency } from '#src/chat/queueing.ts';

interface Rate {
  /** Calls in any period of `interval` milliseconds. */
  readonly most: number;
  readonly interval: number;
}

/** Lines that nobody stands in are taken down when there are so many. */
const LINES = 500;

/**
 * Keeps calls below a platform's rates: each line, such as the posts to one
 * channel, has its own. One that Slack wants to rest does not stop the others.
 */
export class Pace {
  readonly #lines = new Map<string, { readonly queue: PQueue; restsUntil: number }>();
  readonly #latest = new Latest();
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
    const turn = async (task: () => Promise<unknown>) => await this.#turn(line, rate, urgency, task);
    return (await (merge === undefined ? turn(call) : this.#latest.run(merge, call, turn))) as T;
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

  async #turn(line: string, rate: Rate, urgency: Urgency, call: () => Promise<unknown>): Promise<unknown> {
    const { queue, restsUntil } = this.#lineOf(line, rate);
    const left = restsUntil - this.#now().getTime();
    const tooBusy = (ms: number) => atItsLimit('slack', line, ms);
    if (queue.isPaused && left > PATIENCE_MS) throw tooBusy(left);
    return await inTurn([queue], call, { urgency, tooBusy });
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
