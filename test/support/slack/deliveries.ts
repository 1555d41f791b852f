import { setTimeout as sleep } from 'node:timers/promises';

import type { Json } from './json.ts';
import type { Measured } from './measured.ts';
import type { Patience } from './patience.ts';

export interface Delivery {
  readonly kind: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Json;
}

export interface Again {
  readonly num: number;
  readonly reason: string;
}

/** How a delivery gets to the program. */
export interface Carrier {
  /** @returns what was answered; null when it was not acknowledged in time. */
  send(delivery: Delivery, again: Again | null): Promise<Answer | null>;
}

export interface Answer {
  /** What came with the acknowledgement. */
  readonly body: Json;
  readonly tookMs: number;
}

/** Sends to the program what happens, as Slack does, and as it does on a bad day. */
export class Post {
  times = 1;
  /** Nothing is delivered to an app that was removed. */
  isOff = false;
  readonly #carrier: Carrier;
  readonly #measured: Measured;
  readonly #patience: Patience;
  readonly #stopped = new AbortController();
  #held: (() => Promise<void>)[] | null = null;

  constructor(carrier: Carrier, measured: Measured, patience: Patience) {
    this.#carrier = carrier;
    this.#measured = measured;
    this.#patience = patience;
  }

  hold(): void {
    this.#held ??= [];
  }

  /** What waits goes out, the newest first. */
  async release(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    for (const deliver of held.toReversed()) await deliver();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /**
   * Resolves when it is acknowledged, or waits because of `hold`.
   *
   * @param answered is told what came with the first acknowledgement
   * @throws Error when nobody acknowledges it, however often it is delivered
   */
  async deliver(delivery: Delivery, answered: (body: Json) => void = () => {}): Promise<void> {
    if (this.isOff || this.#stopped.signal.aborted) return;
    const run = async () => {
      const copies = Array.from(
        { length: this.times },
        async (_, copy) => await this.#untilTaken(delivery, copy),
      );
      const [first] = await Promise.all(copies);
      if (first) answered(first.body);
    };
    if (this.#held) this.#held.push(run);
    else await run();
  }

  /** For what follows from a call of the program: nobody waits for it. */
  inBackground(delivery: Delivery): void {
    void this.deliver(delivery).catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) this.#measured.refused.push(`not acknowledged: ${String(error)}`);
    });
  }

  /** An event comes again until it is taken; a command or a press does not: the person is told that it failed. */
  async #untilTaken(delivery: Delivery, copy: number): Promise<Answer | null> {
    const waits = delivery.kind === 'events_api' ? [...this.#patience.againMs, null] : [null];
    for (const [tries, waitMs] of waits.entries()) {
      const num = copy + tries;
      const answer = await this.#carrier.send(delivery, num === 0 ? null : { num, reason: 'timeout' });
      if (this.#stopped.signal.aborted) return null;
      if (answer) {
        this.#measured.acknowledged.push(answer.tookMs);
        return answer;
      }
      if (waitMs !== null) await sleep(waitMs, null, { ref: false });
    }
    throw new Error(`${whatOf(delivery)} failed with the error "operation_timeout"`);
  }
}

function whatOf({ kind, payload }: Delivery): string {
  const event = payload['event'] as Json | undefined;
  const what = kind === 'slash_commands' ? payload['command'] : (event?.['type'] ?? payload['type']);
  return `${kind} ${String(what)}`;
}
