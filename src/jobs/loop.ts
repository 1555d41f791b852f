import { amongTheFirst } from '#src/db/turns.ts';
import { apart } from '#src/telemetry/trace.ts';

import { later, type Cancel, type Clock } from './clock.ts';

/** Before the next look when what is due could not be had: somebody else holds it, and asking without pause helps nobody. */
const SHORTEST_MS = 5;
/** After a look that failed, however often it is woken meanwhile. */
const AFTER_FAILURE_MS = 1000;

/** How often something is looked at in any case, in milliseconds. */
export type LookMs = number | (() => number);

/**
 * Looks for something to do: when woken, at the time the last look named, and
 * every `lookMs` in any case, since other processes cannot wake it. One look at
 * a time; what woke it during a look leads to one more.
 */
export class Loop {
  readonly #clock: Clock;
  readonly #look: () => Promise<Date | null | 'again'>;
  readonly #lookMs: () => number;
  readonly #failed: (error: unknown) => void;
  #state: 'new' | 'waiting' | 'looking' | 'resting' | 'stopped' = 'new';
  #isWoken = false;
  #cancel: Cancel = () => {};
  #looking: Promise<void> = Promise.resolve();

  /** `look` answers when it wants to look next, or `again` for at once; null: when woken. */
  constructor(options: {
    readonly clock: Clock;
    readonly look: () => Promise<Date | null | 'again'>;
    /** A function where it changes. */
    readonly lookMs: LookMs;
    readonly failed: (error: unknown) => void;
  }) {
    this.#clock = options.clock;
    this.#look = options.look;
    const { lookMs } = options;
    this.#lookMs = typeof lookMs === 'number' ? () => lookMs : lookMs;
    this.#failed = options.failed;
  }

  start(): void {
    if (this.#state === 'new') this.#begin();
  }

  wake(): void {
    if (this.#state === 'waiting') this.#begin();
    else this.#isWoken = true;
  }

  /** Resolves when the look that is under way has ended; there will be no other. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancel();
    await this.#looking;
  }

  #begin(): void {
    this.#cancel();
    this.#state = 'looking';
    // It goes on for longer than whoever woke it, and is no part of what that one does.
    this.#looking = amongTheFirst(() => apart(() => this.#run()));
  }

  async #run(): Promise<void> {
    try {
      let next: Date | null | 'again' = 'again';
      while (next === 'again' && this.#state === 'looking') {
        this.#isWoken = false;
        const found = await this.#look();
        next = this.#isWoken ? 'again' : found;
      }
      if (next !== 'again') this.#sleep(next);
    } catch (error) {
      this.#failed(error);
      this.#wait('resting', later(this.#clock, AFTER_FAILURE_MS));
    }
  }

  #sleep(next: Date | null): void {
    const soonest = later(this.#clock, SHORTEST_MS);
    const latest = later(this.#clock, this.#lookMs());
    if (next === null || next > latest) return this.#wait('waiting', latest);
    this.#wait('waiting', next <= this.#clock.now() ? soonest : next);
  }

  #wait(state: 'waiting' | 'resting', until: Date): void {
    if (this.#state === 'stopped') return;
    this.#state = state;
    this.#cancel = this.#clock.at(until, () => this.#begin());
  }
}
