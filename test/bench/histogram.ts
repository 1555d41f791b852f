/** Tenths of milliseconds that are told apart; what is longer than a minute counts as a minute. */
const PER_MS = 10;
const LONGEST_MS = 60_000;

/** How long things took, in room that does not grow with their number. */
export class Histogram {
  readonly #counts = new Uint32Array(LONGEST_MS * PER_MS + 1);
  count = 0;

  add(ms: number): void {
    const at = Math.min(this.#counts.length - 1, Math.max(0, Math.round(ms * PER_MS)));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.count += 1;
  }

  percentiles(): { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } {
    return { p50: this.#at(0.5), p95: this.#at(0.95), p99: this.#at(0.99), max: this.#at(1) };
  }

  #at(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.count * share));
    let seen = 0;
    for (const [at, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return at / PER_MS;
    }
    return 0;
  }
}
