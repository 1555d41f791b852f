/** How often something may be called: so many times in so many milliseconds. */
export interface Rate {
  readonly limit: number;
  readonly perMs: number;
}

export interface Bucket {
  readonly name: string;
  readonly rate: Rate;
}

export interface Verdict {
  readonly headers: Readonly<Record<string, string>>;
  /** Null: it may go on. */
  readonly refused: {
    readonly retryAfterS: number;
    readonly global: boolean;
    readonly scope: string;
    readonly why: string;
  } | null;
}

/** Of all calls with the bot's token, but for answers to interactions. */
const GLOBAL: Rate = { limit: 50, perMs: 1000 };

/** Discord does not say it anywhere, but a channel's name and topic change twice in ten minutes and no more. */
export const NAME_OR_TOPIC: Rate = { limit: 2, perMs: 600_000 };

/**
 * Discord's rate limits, in real time, for what waits for them waits in real time.
 * `pace` makes every window so many times shorter.
 */
export class Rates {
  readonly #windows = new Map<string, { startedAt: number; used: number }>();
  readonly #pace: number;
  readonly #clock: () => number;

  /** `clock` counts milliseconds and never goes back. */
  constructor(pace: number, clock: () => number = () => performance.now()) {
    this.#pace = pace;
    this.#clock = clock;
  }

  /** Counts a call against its bucket, all buckets and the ones beside. */
  take(bucket: Bucket, beside: readonly Bucket[], isGlobal: boolean): Verdict {
    const own = this.#state(bucket);
    const headers = {
      'x-ratelimit-limit': String(bucket.rate.limit),
      'x-ratelimit-remaining': String(Math.max(0, bucket.rate.limit - own.used - 1)),
      'x-ratelimit-reset': ((performance.timeOrigin + this.#clock() + own.leftMs) / 1000).toFixed(3),
      'x-ratelimit-reset-after': (own.leftMs / 1000).toFixed(3),
      'x-ratelimit-bucket': bucket.name.replace(/:.*$/, ''),
    };
    const all: Bucket = { name: 'global', rate: GLOBAL };
    const asked = [...(isGlobal ? [all] : []), ...beside, bucket];
    const full = asked.find((it) => this.#state(it).used >= it.rate.limit);
    if (full) {
      const retryAfterS = this.#state(full).leftMs / 1000;
      const global = full === all;
      const scope = global ? 'global' : full === bucket ? 'user' : 'shared';
      return { headers, refused: { retryAfterS, global, scope, why: full.name } };
    }
    for (const it of asked) this.#use(it);
    return { headers, refused: null };
  }

  #state({ name, rate }: Bucket): { used: number; leftMs: number } {
    const perMs = rate.perMs / this.#pace;
    const window = this.#windows.get(name);
    const leftMs = window ? window.startedAt + perMs - this.#clock() : 0;
    return window && leftMs > 0 ? { used: window.used, leftMs } : { used: 0, leftMs: perMs };
  }

  #use(bucket: Bucket): void {
    const { used } = this.#state(bucket);
    const window = used === 0 ? undefined : this.#windows.get(bucket.name);
    if (window) window.used += 1;
    else this.#windows.set(bucket.name, { startedAt: this.#clock(), used: 1 });
  }
}
