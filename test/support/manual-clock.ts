import type { Clock } from '#src/jobs/clock.ts';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #ms: number;
  #waiting: { readonly due: number; readonly call: () => void }[] = [];

  constructor(start = new Date('2026-03-01T08:00:00Z')) {
    this.#ms = start.getTime();
  }

  now(): Date {
    return new Date(this.#ms);
  }

  at(due: Date, call: () => void): () => void {
    const entry = { due: due.getTime(), call };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((it) => it !== entry);
    };
  }

  /** Lets time pass: whoever waits is called at its time, in order. */
  advance(ms: number): void {
    const end = this.#ms + ms;
    for (;;) {
      const next = this.#waiting.filter((it) => it.due <= end).toSorted((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#waiting = this.#waiting.filter((it) => it !== next);
      this.#ms = Math.max(this.#ms, next.due);
      next.call();
    }
    this.#ms = end;
  }
}
