import type { CachedAnswer, Ledger } from './ledger.ts';

/** Contracts 5.3. */
const TTL_MS = 3_600_000;
const MOST = 1000;

type Kept = CachedAnswer & { readonly until: Date };

/**
 * Answers that are used again within the hour. All are in the database, for every process and after a
 * restart; those that this process saw last are at hand.
 */
export class Answers {
  readonly #ledger: Pick<Ledger, 'find' | 'keep'>;
  readonly #now: () => Date;
  readonly #atHand = new Map<string, Kept>();

  constructor(ledger: Pick<Ledger, 'find' | 'keep'>, now: () => Date) {
    this.#ledger = ledger;
    this.#now = now;
  }

  /** Null where there is none that still holds. */
  async find(key: string): Promise<CachedAnswer | null> {
    const now = this.#now();
    const known = this.#atHand.get(key);
    if (known && known.until > now) return known;
    const found = await this.#ledger.find(key, now);
    if (found) this.#hold(key, found);
    return found;
  }

  async keep(key: string, answer: CachedAnswer): Promise<void> {
    const at = this.#now();
    const until = new Date(at.getTime() + TTL_MS);
    this.#hold(key, { ...answer, until });
    await this.#ledger.keep(key, { ...answer, at, until });
  }

  /** The one that has been there longest makes room. */
  #hold(key: string, answer: Kept): void {
    this.#atHand.delete(key);
    this.#atHand.set(key, answer);
    const [oldest] = this.#atHand.keys();
    if (this.#atHand.size > MOST && oldest !== undefined) this.#atHand.delete(oldest);
  }
}
