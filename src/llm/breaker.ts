/**
 * Leaves a model alone that does not answer (contracts 5.3): after 5 failures in a row, or when of the
 * last 20 calls, if there were 10, at least half failed; for 60 s. Then one call at a time finds out
 * whether it is back, and 2 that were answered close it.
 */
const FAILURES_IN_A_ROW = 5;
const FEWEST_CALLS = 10;
const LAST_CALLS = 20;
const ERROR_RATE = 0.5;
const OPEN_MS = 60_000;
const PROBES = 2;

export type BreakerState = 'closed' | 'open' | 'probing';

/** What became of a call that was let through; `none`: it says nothing about the model. */
export type Passed = 'answered' | 'failed' | 'none';

export class Breaker {
  readonly #now: () => Date;
  #state: BreakerState = 'closed';
  #openUntil = 0;
  #inARow = 0;
  #last: boolean[] = [];
  #isProbed = false;
  #answeredProbes = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  get state(): BreakerState {
    return this.#isOver() ? 'probing' : this.#state;
  }

  /** Whether a call would be let through now. */
  get isPassable(): boolean {
    return this.state === 'closed' || (this.state === 'probing' && !this.#isProbed);
  }

  /** Lets a call through, or not (null). What it answers has to be told what became of it, once. */
  enter(): ((passed: Passed) => void) | null {
    if (!this.isPassable) return null;
    if (this.state === 'closed') return (passed) => this.#note(passed);
    this.#state = 'probing';
    this.#isProbed = true;
    return (passed) => this.#noteProbe(passed);
  }

  #isOver(): boolean {
    return this.#state === 'open' && this.#now().getTime() >= this.#openUntil;
  }

  /** Of a call that was let through while it was closed; what comes back later changes nothing. */
  #note(passed: Passed): void {
    if (passed === 'none' || this.#state !== 'closed') return;
    const hasFailed = passed === 'failed';
    this.#inARow = hasFailed ? this.#inARow + 1 : 0;
    this.#last = [...this.#last, hasFailed].slice(-LAST_CALLS);
    const failed = this.#last.filter(Boolean).length;
    const isOften = this.#last.length >= FEWEST_CALLS && failed >= this.#last.length * ERROR_RATE;
    if (hasFailed && (this.#inARow >= FAILURES_IN_A_ROW || isOften)) this.#open();
  }

  #noteProbe(passed: Passed): void {
    this.#isProbed = false;
    if (passed === 'failed') this.#open();
    if (passed !== 'answered') return;
    this.#answeredProbes += 1;
    if (this.#answeredProbes < PROBES) return;
    this.#state = 'closed';
    this.#inARow = 0;
    this.#last = [];
  }

  #open(): void {
    this.#state = 'open';
    this.#openUntil = this.#now().getTime() + OPEN_MS;
    this.#answeredProbes = 0;
  }
}
