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

import type { Clock } from './clock.ts';
import { LeftAlone } from './verdict.ts';

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

export type BreakerState = 'closed' | 'open' | 'probing';

interface Destination {
  readonly policy: CircuitBreakerPolicy;
  openedAt: number;
  /** Calls let through since it was last opened; enough of them decide. */
  probes: number;
}

/** One circuit breaker for each destination, shared by all jobs of the process. */
export class Breakers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #changed: (destination: string, state: BreakerState) => void;
  readonly #destinations = new Map<string, Destination>();

  constructor(
    clock: Pick<Clock, 'now'>,
    changed: (destination: string, state: BreakerState) => void = () => {},
  ) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /**
   * Calls the destination. What counts against it is a ProviderError that asks for
   * another try without saying when, and a call cut off by `signal`: a refusal shows
   * that it works, and one that names a time is asking for patience, not failing.
   *
   * @throws LeftAlone without calling while the destination is being left alone
   */
  async calling<T>(
    destination: string,
    call: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const to = this.#find(destination);
    this.#refuse(destination, to);
    const isProbe = to.policy.state !== CircuitState.Closed;
    if (isProbe) to.probes += 1;
    return await to.policy.execute(async () => {
      try {
        return await call(signal);
      } catch (error) {
        throw signal.aborted ? cutOff(destination, error) : error;
      }
    });
  }

  /** Every destination that was called, and whether it is being called now. */
  states(): ReadonlyMap<string, BreakerState> {
    return new Map([...this.#destinations].map(([name, { policy }]) => [name, STATES[policy.state]]));
  }

  #refuse(destination: string, { policy, openedAt, probes }: Destination): void {
    if (policy.state === CircuitState.Closed) return;
    const left = openedAt + OPEN_MS - this.#clock.now().getTime();
    if (policy.state === CircuitState.Open && left > 0) throw new LeftAlone(destination, left);
    if (probes >= PROBES) throw new LeftAlone(destination, WHILE_PROBED_MS);
  }

  #find(destination: string): Destination {
    const known = this.#destinations.get(destination);
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
    const made: Destination = { policy, openedAt: 0, probes: 0 };
    policy.onBreak(() => {
      made.openedAt = this.#clock.now().getTime();
      made.probes = 0;
    });
    policy.onStateChange((state) => this.#changed(destination, STATES[state]));
    this.#destinations.set(destination, made);
    return made;
  }
}

const STATES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'probing',
  [CircuitState.Isolated]: 'open',
};

function countsAgainst(error: unknown): boolean {
  return error instanceof ProviderError && error.retry && error.retryAfterMs === undefined;
}

function cutOff(destination: string, cause: unknown): ProviderError {
  return new ProviderError(destination, 'the call was cut off', { retry: true, cause });
}

function either(...breakers: readonly IBreaker[]): IBreaker {
  return {
    state: undefined,
    success: (state) => breakers.forEach((it) => it.success(state)),
    failure: (state) => breakers.map((it) => it.failure(state)).includes(true),
  };
}
