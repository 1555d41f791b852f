import { realClock, type Cancel, type Clock } from '#src/jobs/clock.ts';

interface Waiting {
  readonly due: Date;
  readonly call: () => void;
  cancel: Cancel;
}

/** The machine's own time, which a test can set forward: what is due by then is done at once. */
export class JumpingClock implements Clock {
  #aheadMs = 0;
  readonly #waiting = new Set<Waiting>();

  readonly now = (): Date => new Date(realClock.now().getTime() + this.#aheadMs);

  at(due: Date, call: () => void): Cancel {
    const entry: Waiting = { due, call, cancel: () => {} };
    this.#waiting.add(entry);
    this.#arm(entry);
    return () => {
      this.#waiting.delete(entry);
      entry.cancel();
    };
  }

  jump(ms: number): void {
    this.#aheadMs += ms;
    for (const entry of this.#waiting) {
      entry.cancel();
      this.#arm(entry);
    }
  }

  #arm(entry: Waiting): void {
    entry.cancel = realClock.at(new Date(entry.due.getTime() - this.#aheadMs), () => {
      this.#waiting.delete(entry);
      entry.call();
    });
  }
}
