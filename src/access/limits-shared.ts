import { SlidingWindow, type Allowance, type Window } from './limits.ts';

/** Where all processes count together: a Redis. */
export interface SharedCount {
  isUp(): boolean;
  /** Runs a script there that reads and writes under this key. */
  run(script: string, key: string, argument: number): Promise<unknown>;
}

/** A request does not wait longer than this to be counted; after such a wait it is counted here for a while. */
const PATIENCE_MS = 200;
const AWAY_MS = 1000;

/**
 * The same limit for all processes together, by the same rule as `SlidingWindow` and by Redis's clock. While
 * Redis is away each process counts alone: somebody may then ask as often at each. Never an error for who asks.
 */
export class SharedWindow implements Window {
  readonly #limit: number;
  readonly #name: string;
  readonly #count: SharedCount;
  readonly #own: SlidingWindow;
  #awayUntil = 0;

  constructor(name: string, limit: number, now: () => Date, count: SharedCount) {
    this.#name = name;
    this.#limit = limit;
    this.#count = count;
    this.#own = new SlidingWindow(limit, now);
  }

  async take(owner: string): Promise<Allowance> {
    if (!this.#count.isUp() || performance.now() < this.#awayUntil) return this.#own.take(owner);
    const counted = await this.#ask(owner);
    if (counted === null) {
      this.#awayUntil = performance.now() + AWAY_MS;
      return this.#own.take(owner);
    }
    const [allowed, sum, oldest, second] = counted;
    const resetAt = oldest + WINDOW_S;
    return {
      allowed: allowed === 1,
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - sum),
      resetAt,
      retryAfterS: allowed === 1 ? 0 : Math.max(1, resetAt - second),
    };
  }

  /** Null where it is not known in time. */
  async #ask(owner: string): Promise<Counted | null> {
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    const asked = this.#count.run(SCRIPT, `limit:${this.#name}:${owner}`, this.#limit).then(
      (it) => it as Counted,
      () => null,
    );
    const counted = await Promise.race([asked, late]);
    clearTimeout(timer);
    return counted;
  }
}

/** Whether it is allowed (1), how many were counted with it, the second of the oldest, and the one that it is. */
type Counted = readonly [number, number, number, number];

const WINDOW_S = 60;

/** By whole seconds. Who is refused is not counted. */
const SCRIPT = `
local second = tonumber(redis.call('TIME')[1])
local limit = tonumber(ARGV[1])
local all = redis.call('HGETALL', KEYS[1])
local sum, oldest = 0, second
for i = 1, #all, 2 do
  local at = tonumber(all[i])
  if second - at >= ${WINDOW_S} then
    redis.call('HDEL', KEYS[1], all[i])
  else
    sum = sum + tonumber(all[i + 1])
    if at < oldest then oldest = at end
  end
end
if sum >= limit then return {0, sum, oldest, second} end
redis.call('HINCRBY', KEYS[1], second, 1)
redis.call('EXPIRE', KEYS[1], ${WINDOW_S + 1})
return {1, sum + 1, oldest, second}`;
