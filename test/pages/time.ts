import type { Clock } from '#src/jobs/clock.ts';

interface Waiting {
  readonly due: number;
  readonly call: () => void;
}

/** The time of a play: it stands still until it is moved, and knows when somebody wants to be woken next. */
export class Time implements Clock {
  #ms: number;
  readonly #waiting = new Set<Waiting>();

  constructor(start: Date) {
    this.#ms = start.getTime();
  }

  get ms(): number {
    return this.#ms;
  }

  now(): Date {
    return new Date(this.#ms);
  }

  at(due: Date, call: () => void): () => void {
    const it = { due: due.getTime(), call };
    this.#waiting.add(it);
    return () => void this.#waiting.delete(it);
  }

  /** Resolves after so many milliseconds. */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.at(new Date(this.#ms + ms), resolve));
  }

  /** When somebody is to be woken next. */
  next(): number | null {
    const first = this.#first();
    return first?.due ?? null;
  }

  /** Goes to the next time at which somebody is to be woken, and wakes them. */
  step(): void {
    const it = this.#first();
    if (!it) return;
    this.#waiting.delete(it);
    this.#ms = Math.max(this.#ms, it.due);
    it.call();
  }

  /** The clock is set: it is that time at once, and nobody was woken in between. */
  jump(ms: number): void {
    this.#ms += ms;
  }

  /** The earliest; of equals the one who asked first. */
  #first(): Waiting | null {
    let first: Waiting | null = null;
    for (const it of this.#waiting) if (!first || it.due < first.due) first = it;
    return first;
  }
}
