/** Calls a minute of Slack's tiers, which may come all at once. "Web API rate limits" in Slack's documentation. */
const TIERS = { 2: 20, 3: 50, 4: 100 } as const;

export type Tier = 1 | 2 | 3 | 4 | 'special' | 'post';

interface Limit {
  readonly name: string;
  readonly perMinute: number;
  readonly burst: number;
}

/** Slack allows one post a second in a channel, and a few more for a moment. */
const POST = { perMinute: 60, burst: 5 };
/** "Several hundred messages per minute" in a workspace; "hundreds" for methods of the special tier. */
const HUNDREDS = { perMinute: 300, burst: 300 };
/** One a minute or more; an app opens up to ten sockets, so that many at once are let through. */
const TIER_1 = { perMinute: 1, burst: 10 };

/**
 * Slack's rate limits, in real time, because what waits for them waits in real time.
 * `pace` makes a minute so many times shorter.
 */
export class Rates {
  readonly #buckets = new Map<string, { left: number; at: number }>();
  readonly #pace: number;

  constructor(pace: number) {
    this.#pace = pace;
  }

  /** Counts a call. Null: it may go on; else the whole seconds to wait. */
  take(method: string, tier: Tier, channel: string): number | null {
    const limits = limitsOf(method, tier, channel);
    const waits = limits.map((it) => this.#wait(it));
    const longest = Math.max(...waits);
    if (longest > 0) return Math.max(1, Math.ceil(longest));
    for (const limit of limits) this.#bucket(limit).left -= 1;
    return null;
  }

  #wait(limit: Limit): number {
    const { left } = this.#bucket(limit);
    return left >= 1 ? 0 : ((1 - left) * 60) / (limit.perMinute * this.#pace);
  }

  #bucket({ name, perMinute, burst }: Limit): { left: number } {
    const at = performance.now();
    const bucket = this.#buckets.get(name) ?? { left: burst, at };
    const gained = ((at - bucket.at) / 60_000) * perMinute * this.#pace;
    bucket.left = Math.min(burst, bucket.left + gained);
    bucket.at = at;
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

function limitsOf(method: string, tier: Tier, channel: string): readonly Limit[] {
  if (tier === 'post') {
    return [
      { name: `${method} ${channel}`, ...POST },
      { name: method, ...HUNDREDS },
    ];
  }
  if (tier === 'special') return [{ name: method, ...HUNDREDS }];
  if (tier === 1) return [{ name: method, ...TIER_1 }];
  return [{ name: method, perMinute: TIERS[tier], burst: TIERS[tier] }];
}
