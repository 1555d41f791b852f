import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBreaker,
} from 'cockatiel';

import { ProviderError } from '#src/errors.ts';

import { later, type Cancel, type Clock } from './clock.ts';
import { GivenBack, LeftAlone } from './verdict.ts';

/**
 * The generic breaker of contracts 4.7: opens after 5 failures in a row, or when of
 * the last 20 calls, if there were 10, more than half failed; stays open for 60 s;
 * closes after 2 successes, with no more probes than that at a time.
 */
const FAILURES_IN_A_ROW = 5;
const FEWEST_CALLS = 10;
const LAST_CALLS = 20;
const ERROR_RATE = 0.5;
const OPEN_MS = 60_000;
const PROBES = 2;
/** While others probe. */
const WHILE_PROBED_MS = 1000;
/** A destination that is asked whether it is there has this long to answer, and is asked again this much later. */
const CHECK_MS = 10_000;

export type BreakerState = 'closed' | 'open' | 'probing';

interface Destination {
  readonly name: string;
  readonly policy: CircuitBreakerPolicy;
  openedAt: number;
  /** Calls let through since it was last opened; enough of them decide. */
  probes: number;
  /** How it can be asked, where it can be asked at all; `isKnown` once it said that it is there. */
  watched: Watched | null;
  isKnown: boolean;
  cancel: Cancel;
}

/** A destination that can be asked. */
export interface Watched {
  /** Whether it is there. */
  check(): Promise<void>;
  /** Whether there is work for it, waiting or under way. */
  hasWork(): Promise<boolean>;
}

/** One circuit breaker for each destination, shared by all jobs of the process. */
export class Breakers {
  readonly #clock: Clock;
  readonly #changed: (destination: string, state: BreakerState) => void;
  readonly #destinations = new Map<string, Destination>();
  #isStopped = false;

  constructor(clock: Clock, changed: (destination: string, state: BreakerState) => void = () => {}) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /**
   * Calls the destination. What counts against it is a ProviderError that asks for
   * another try without saying when, and a call cut off by `signal`: a refusal shows
   * that it works, and one that names a time is asking for patience, not failing.
   *
   * @throws LeftAlone without calling while the destination is being left alone, and
   *   in place of what the call met when that has it left alone: a job must not use
   *   up its attempts in finding out whether the destination is back
   */
  async calling<T>(
    destination: string,
    call: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const to = this.#find(destination);
    this.#refuse(to);
    if (to.policy.state !== CircuitState.Closed) to.probes += 1;
    try {
      return await to.policy.execute(() => unlessCutOff(destination, call, signal));
    } catch (error) {
      if (to.policy.state === CircuitState.Closed || !countsAgainst(error)) throw error;
      throw new LeftAlone(destination, this.#waitMs(to), error);
    }
  }

  /**
   * From now on the destination is also asked by the program itself: until it is
   * there for the first time, which is told as `closed`, and whenever it was left
   * alone for long enough. So nobody's work is lost in finding out that it is back.
   * Where there is work that has the last word: some answer, and do nothing.
   */
  watch(destination: string, watched: Watched): void {
    const to = this.#find(destination);
    to.watched = watched;
    void this.#ask(to);
  }

  /** How many jobs for the destination may run, of `most`: none while it is left alone, few while it is tried. */
  slots(destination: string, most: number): number {
    const { policy, probes } = this.#find(destination);
    if (policy.state === CircuitState.Closed) return this.wasThere(destination) ? most : 0;
    return policy.state === CircuitState.HalfOpen ? Math.max(0, PROBES - probes) : 0;
  }

  /** Whether it has ever been there, as far as it can be asked. */
  wasThere(destination: string): boolean {
    const { watched, isKnown } = this.#find(destination);
    return watched === null || isKnown;
  }

  /** Every destination that was called, and whether it is being called now. */
  states(): ReadonlyMap<string, BreakerState> {
    return new Map([...this.#destinations].map(([name, { policy }]) => [name, STATES[policy.state]]));
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#destinations.values()) cancel();
  }

  #refuse(to: Destination): void {
    if (to.policy.state === CircuitState.Closed) return;
    const left = this.#leftMs(to);
    if (to.policy.state === CircuitState.Open && left > 0) throw new LeftAlone(to.name, left);
    if (to.probes >= PROBES) throw new LeftAlone(to.name, WHILE_PROBED_MS);
  }

  #leftMs(to: Destination): number {
    const now = this.#clock.now().getTime();
    // A clock that was set back must not have it left alone for longer.
    to.openedAt = Math.min(to.openedAt, now);
    return to.openedAt + OPEN_MS - now;
  }

  #waitMs(to: Destination): number {
    return Math.max(WHILE_PROBED_MS, this.#leftMs(to));
  }

  async #ask(to: Destination): Promise<void> {
    if (this.#isStopped || (isClosed(to) && to.isKnown)) return;
    const isThere = !(await this.#isTried(to)) && (await this.#isThere(to));
    if (isThere && isClosed(to)) this.#known(to);
    else this.#askLater(to, to.policy.state === CircuitState.Open ? this.#waitMs(to) : CHECK_MS);
  }

  /** It has answered when it was asked, and now it is the turn of the work that there is for it. */
  async #isTried({ policy, watched }: Destination): Promise<boolean> {
    if (policy.state !== CircuitState.HalfOpen || watched === null) return false;
    return await watched.hasWork().catch(() => true);
  }

  /** Why it is not does not matter: it is asked again. */
  async #isThere({ name, watched }: Destination): Promise<boolean> {
    const abort = new AbortController();
    const cancel = this.#clock.at(later(this.#clock, CHECK_MS), () => abort.abort());
    const check = async () => await watched?.check();
    const isThere = await this.calling(name, check, abort.signal).then(
      () => true,
      () => false,
    );
    cancel();
    return isThere;
  }

  #known(to: Destination): void {
    if (to.isKnown) return;
    to.isKnown = true;
    this.#changed(to.name, 'closed');
  }

  #askLater(to: Destination, ms: number): void {
    to.cancel();
    if (to.watched === null || this.#isStopped) return;
    to.cancel = this.#clock.at(later(this.#clock, ms), () => void this.#ask(to));
  }

  #find(name: string): Destination {
    const known = this.#destinations.get(name);
    if (known) return known;
    const policy = circuitBreaker(handleWhen(countsAgainst), {
      breaker: either(
        new ConsecutiveBreaker(FAILURES_IN_A_ROW),
        new CountBreaker({ threshold: ERROR_RATE, size: LAST_CALLS, minimumNumberOfCalls: FEWEST_CALLS }),
      ),
      // The time it is open is measured above, by the program's own clock.
      halfOpenAfter: 0,
      halfOpenSampling: { calls: PROBES, threshold: 0 },
    });
    const made: Destination = {
      name,
      policy,
      openedAt: 0,
      probes: 0,
      watched: null,
      isKnown: false,
      cancel: () => {},
    };
    policy.onBreak(() => {
      made.openedAt = this.#clock.now().getTime();
      made.probes = 0;
      this.#askLater(made, OPEN_MS);
    });
    policy.onStateChange((state) => {
      if (state === CircuitState.Closed) made.isKnown = true;
      this.#changed(name, STATES[state]);
    });
    this.#destinations.set(name, made);
    return made;
  }
}

const STATES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'probing',
  [CircuitState.Isolated]: 'open',
};

function isClosed({ policy }: Destination): boolean {
  return policy.state === CircuitState.Closed;
}

function countsAgainst(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.retry && error.retryAfterMs === undefined;
}

/** Waits for the call no longer than `signal` lets it. */
async function unlessCutOff<T>(
  destination: string,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const cut = Promise.withResolvers<never>();
  const onAbort = () => cut.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([call(signal), cut.promise]);
  } catch (error) {
    if (signal.reason instanceof GivenBack) throw signal.reason;
    if (!signal.aborted) throw error;
    throw new ProviderError(destination, 'the call was cut off', { retry: true, cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function either(...breakers: readonly IBreaker[]): IBreaker {
  return {
    state: undefined,
    success: (state) => breakers.forEach((it) => it.success(state)),
    failure: (state) => breakers.map((it) => it.failure(state)).includes(true),
  };
}
