/** The last so many things under their keys; the oldest is forgotten first. */
export class Kept<V> {
  readonly #all = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#all.get(key);
  }

  set(key: string, value: V): void {
    this.#all.delete(key);
    this.#all.set(key, value);
    const [oldest] = this.#all.keys();
    if (this.#all.size > this.#most && oldest !== undefined) this.#all.delete(oldest);
  }

  delete(key: string): void {
    this.#all.delete(key);
  }
}

/** Whether something is seen for the first time; the last 10,000 are remembered. */
export class Recent {
  readonly #seen = new Kept<true>(10_000);

  isNew(id: string): boolean {
    if (this.#seen.get(id)) return false;
    this.#seen.set(id, true);
    return true;
  }
}
