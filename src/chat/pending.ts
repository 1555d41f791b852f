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

  /** Resolves when nothing is under way any more, what was begun meanwhile included. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
  }
}
