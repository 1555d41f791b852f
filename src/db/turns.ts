import { AsyncLocalStorage } from 'node:async_hooks';

/** One who waits behind is passed over so often, and then has their turn: rooms are late in a storm, but they come. */
const MOST_PASSED = 3;

const place = new AsyncLocalStorage<'first' | 'behind'>();

/** What is asked of the built-in database during `work` waits behind what people and pages wait for. */
export function behindOthers<T>(work: () => T): T {
  return place.run('behind', work);
}

/** For what goes on by itself, whoever began it. */
export function amongTheFirst<T>(work: () => T): T {
  return place.run('first', work);
}

export function isBehindOthers(): boolean {
  return place.getStore() === 'behind';
}

/**
 * Those who wait for the one connection of the built-in database, in two rows: a page must not wait for rooms and cards,
 * of which there may be very many. Each row is served in order.
 */
export class Turns<T> {
  readonly #first: T[] = [];
  readonly #behind: T[] = [];
  #passed = 0;

  add(it: T, isBehind: boolean): void {
    (isBehind ? this.#behind : this.#first).push(it);
  }

  /** Who is next, and waits no longer. */
  take(): T | undefined {
    if (this.#behind.length === 0) return this.#first.shift();
    if (this.#first.length > 0 && this.#passed < MOST_PASSED) {
      this.#passed += 1;
      return this.#first.shift();
    }
    this.#passed = 0;
    return this.#behind.shift();
  }

  /** Gives up waiting. */
  remove(it: T): void {
    for (const row of [this.#first, this.#behind]) {
      const at = row.indexOf(it);
      if (at >= 0) row.splice(at, 1);
    }
  }

  /** All of them, who wait no longer. */
  removeAll(): T[] {
    return [...this.#first.splice(0), ...this.#behind.splice(0)];
  }
}
