/** What a limit says to one request. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  /** Requests that are still free in this window. */
  readonly remaining: number;
  /** The Unix second at which the oldest counted request leaves the window. */
  readonly resetAt: number;
  /** Seconds until a request is free again; 0 when one is. */
  readonly retryAfterS: number;
}

const WINDOW_S = 60;
/** Counts requests of each owner. */
export interface Window {
  take(owner: string): Allowance | Promise<Allowance>;
}

/** More owners than this at once, and those who were quiet for a window are forgotten. */
const OWNERS = 10_000;

interface Counted {
  /** Requests by second, at `second % WINDOW_S`. */
  readonly perSecond: Uint32Array;
  /** The newest second that was counted. */
  second: number;
  sum: number;
}

/**
 * At most so many requests in any 60 seconds, for each owner (contracts 3.3: a
 * sliding window of one minute). Counted by whole seconds, so a request is
 * remembered up to a second too short, never too long. A refused request is
 * not counted: who keeps asking is served again as soon as there is room.
 */
export class SlidingWindow implements Window {
  readonly #limit: number;
  readonly #now: () => Date;
  readonly #owners = new Map<string, Counted>();

  constructor(limit: number, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  take(owner: string): Allowance {
    const second = Math.floor(this.#now().getTime() / 1000);
    const counted = this.#of(owner, second);
    forward(counted, second);
    const allowed = counted.sum < this.#limit;
    if (allowed) {
      const slot = counted.second % WINDOW_S;
      counted.perSecond[slot] = (counted.perSecond[slot] ?? 0) + 1;
      counted.sum += 1;
    }
    const resetAt = oldest(counted) + WINDOW_S;
    return {
      allowed,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - counted.sum),
      resetAt,
      retryAfterS: allowed ? 0 : Math.max(1, resetAt - second),
    };
  }

  #of(owner: string, second: number): Counted {
    const known = this.#owners.get(owner);
    if (known) return known;
    if (this.#owners.size >= OWNERS) this.#forgetQuiet(second);
    const counted = { perSecond: new Uint32Array(WINDOW_S), second, sum: 0 };
    this.#owners.set(owner, counted);
    return counted;
  }

  #forgetQuiet(second: number): void {
    for (const [owner, counted] of this.#owners) {
      if (second - counted.second >= WINDOW_S) this.#owners.delete(owner);
    }
    // Everybody is busy: the longest known make room.
    for (const owner of this.#owners.keys()) {
      if (this.#owners.size < OWNERS) break;
      this.#owners.delete(owner);
    }
  }
}

/** Empties the seconds that have left the window. A clock that was set back counts on in the second it knows. */
function forward(counted: Counted, second: number): void {
  if (second - counted.second >= WINDOW_S) {
    counted.perSecond.fill(0);
    counted.sum = 0;
    counted.second = second;
  }
  while (counted.second < second) {
    counted.second += 1;
    const slot = counted.second % WINDOW_S;
    counted.sum -= counted.perSecond[slot] ?? 0;
    counted.perSecond[slot] = 0;
  }
}

function oldest(counted: Counted): number {
  for (let second = counted.second - WINDOW_S + 1; second < counted.second; second += 1) {
    if ((counted.perSecond[((second % WINDOW_S) + WINDOW_S) % WINDOW_S] ?? 0) > 0) return second;
  }
  return counted.second;
}
