const FIRST = 400;
const LONGEST = 15_000;

/**
 * How long to wait before the next attempt, in milliseconds: doubling from 0.4 s to 15 s, of which
 * a random half is left out, so that many pages do not come back in the same moment.
 * `attempt` counts from 0; `chance` is from 0 (inclusive) to 1.
 */
export function waitBefore(attempt: number, chance: number): number {
  const longest = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  return Math.round(longest * (0.5 + chance / 2));
}
