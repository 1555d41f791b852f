/** Smaller batches say little of what many cost, because most of their time is the commit, but that they cost no more than this. */
const TELLING = 100;
/** How much the latest batch counts against all before it. */
const WEIGHT = 0.2;

/** How fast batches have been stored of late, and so how long what waits will have to. */
export class Pace {
  #msPerAlert = 0;

  took(alerts: number, ms: number): void {
    const now = ms / alerts;
    // Whoever is refused for what was slow once would else be refused for good: what is let in comes in small batches.
    if (alerts < TELLING && now >= this.#msPerAlert) return;
    this.#msPerAlert = this.#msPerAlert === 0 ? now : this.#msPerAlert + (now - this.#msPerAlert) * WEIGHT;
  }

  /** Milliseconds; 0 where nothing was measured yet. */
  waitFor(alerts: number): number {
    return alerts * this.#msPerAlert;
  }
}
