import { Refusal } from './refusal.ts';

/** At most so many calls in so many seconds. */
export type Windows = readonly (readonly [calls: number, seconds: number])[];

/** Per bot and thread: sending, editing, deleting, and making conversations. Microsoft's "Rate limiting for bots". */
export const SENDING: Windows = [
  [7, 1],
  [8, 2],
  [60, 30],
  [1800, 3600],
];

/** Per bot and thread: members and details. The same page. */
export const READING: Windows = [
  [14, 1],
  [16, 2],
  [120, 30],
  [3600, 3600],
];

/** Per app and tenant, for all of the Bot Connector. The same page. */
export const EVERYTHING: Windows = [[50, 1]];

/** An agent may react twice a second: Microsoft's "Enable agent reactions". */
export const REACTING: Windows = [[2, 1]];

/** Per app and team: Microsoft Graph's limits for Teams. */
export const OF_A_TEAM: Windows = [[4, 1]];

/** Per app and tenant, for everything else that Graph has of Teams. */
export const OF_GRAPH: Windows = [[30, 1]];

/** Counts calls over real time, whatever the clock of the test says. Calls that were refused do not count. */
export class Rates {
  readonly #calls = new Map<string, number[]>();

  /** @throws Refusal 429 with the whole seconds after which there is room again */
  take(limits: readonly (readonly [key: string, windows: Windows])[]): void {
    const now = performance.now();
    for (const [key, windows] of limits) {
      const waitMs = roomIn(this.#calls.get(key) ?? [], windows, now);
      if (waitMs > 0) {
        const seconds = Math.max(1, Math.ceil(waitMs / 1000));
        throw new Refusal(429, 'TooManyRequests', `too many calls: ${key}`, seconds);
      }
    }
    for (const [key, windows] of limits) {
      const longest = Math.max(...windows.map(([, seconds]) => seconds)) * 1000;
      const kept = (this.#calls.get(key) ?? []).filter((at) => now - at < longest);
      this.#calls.set(key, [...kept, now]);
    }
  }
}

function roomIn(calls: readonly number[], windows: Windows, now: number): number {
  const waits = windows.map(([most, seconds]) => {
    const within = calls.filter((at) => now - at < seconds * 1000);
    const first = within.at(-most);
    return first === undefined ? 0 : first + seconds * 1000 - now;
  });
  return Math.max(...waits);
}
