/** How often something may be done: `most` times in any `perMs` milliseconds that begin with one of them. */
export interface Rate {
  readonly most: number;
  readonly perMs: number;
}

/** What this process has done of what may be done only so often. */
export class Pace {
  readonly #windows = new Map<string, { since: number; count: number }>();

  /** How many more of them may be done now. */
  left(name: string, { most, perMs }: Rate, now: Date): number {
    const window = this.#windows.get(name);
    return window && isIn(window.since, perMs, now) ? Math.max(0, most - window.count) : most;
  }

  did(name: string, { perMs }: Rate, now: Date): void {
    const window = this.#windows.get(name);
    if (window && isIn(window.since, perMs, now)) window.count += 1;
    else this.#windows.set(name, { since: now.getTime(), count: 1 });
  }

  /** When more may be done, where none may now; else null. */
  nextAt(name: string, rate: Rate, now: Date): Date | null {
    const window = this.#windows.get(name);
    if (!window || this.left(name, rate, now) > 0) return null;
    return new Date(window.since + rate.perMs);
  }
}

/** A clock that was set back must not make it longer. */
function isIn(since: number, perMs: number, now: Date): boolean {
  const passed = now.getTime() - since;
  return passed >= 0 && passed < perMs;
}
