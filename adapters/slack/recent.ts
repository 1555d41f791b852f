/** Remembers what was last done under so many names; the oldest is forgotten first. */
export class Recent<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;

  constructor(most = 5000) {
    this.#most = most;
  }

  has(name: string): boolean {
    return this.#kept.has(name);
  }

  find(name: string): T | undefined {
    return this.#kept.get(name);
  }

  keep(name: string, value: T): void {
    this.#kept.delete(name);
    this.#kept.set(name, value);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
  }
}
