import { within } from './within.ts';

const CAUGHT_UP_MS = 10_000;

/** Work that nobody waits for but the end of the program. */
export class Pending {
  readonly #works = new Set<Promise<unknown>>();
  readonly #report: (error: unknown) => void;

  /** `report` is told of each failure. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  add(work: Promise<unknown>): void {
    const done = work.catch(this.#report).finally(() => this.#works.delete(done));
    this.#works.add(done);
  }

  /** Waits, for ten seconds at most, until what is under way now has ended. */
  async caughtUp(): Promise<void> {
    await within(CAUGHT_UP_MS, Promise.allSettled(this.#works));
  }

  /** Resolves when nothing is under way any more, what was begun meanwhile included. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
  }
}
