/** Chance that falls the same way again with the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `least` to `most`, both included. */
  number(least: number, most: number): number {
    return least + Math.floor(this.roll() * (most - least + 1));
  }

  of<T>(all: readonly T[]): T {
    const one = all[this.number(0, all.length - 1)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => this.of(Array.from(alphabet))).join('');
  }
}
