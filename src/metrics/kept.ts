/** A figure that takes longer is not looked up at every scrape. Milliseconds. */
const CHEAP_MS = 50;
/** What was looked up in so many milliseconds is good for this many times as long: a twentieth of one core at most. */
const GOOD_FOR = 20;
/** While the database is away nobody waits for what is in it: all other figures are wanted then. */
const PATIENCE_MS = 1500;

/**
 * Looks something up, and answers what was found before as long as looking again would cost too much. One look at
 * a time; rejects where it takes too long.
 */
export class Kept<T> {
  readonly #look: () => Promise<T>;
  #last: { readonly found: T; readonly until: number } | null = null;
  #looking: Promise<T> | null = null;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  async get(): Promise<T> {
    if (this.#last && performance.now() < this.#last.until) return this.#last.found;
    this.#looking ??= this.#find().finally(() => {
      this.#looking = null;
    });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('it takes too long')), PATIENCE_MS);
    try {
      return await Promise.race([this.#looking, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #find(): Promise<T> {
    const start = performance.now();
    const found = await this.#look();
    const ms = performance.now() - start;
    this.#last = ms < CHEAP_MS ? null : { found, until: start + ms * (1 + GOOD_FOR) };
    return found;
  }
}
