/** Milliseconds and a count; see the settings of the same names. */
export interface StormSettings {
  /** How long after it opened an incident takes alerts of other groups; 0: never. */
  readonly stormWindowMs: number;
  /** So many incidents within that time are one storm, and what else comes joins the first; 0: never. */
  readonly stormSize: number;
}

/** Incidents by their numbers; -1, -2 ... for those the same batch opens. */
interface Sky {
  /** Those of the groups next to the alert's own. */
  readonly near: readonly number[];
  /** Those that alerts opened of late in the same environment, of services tied to the alert's own by calls. */
  readonly recent: readonly number[];
  readonly now: Date;
  readonly isLive: (place: number) => boolean;
  /** When one with a number opened. */
  readonly openedAt: (place: number) => Date | null;
}

/**
 * The incident of the storm that an alert without one is part of; null: none.
 * One fault is felt by the services around it within minutes: so it is the
 * incident of a group next to its own, or else the first of as many as make a
 * storm. Either counts only while it is open and for a fixed time after it
 * opened, however many join, so that a storm grows from service to service but
 * never into the next one.
 */
export function stormOf(sky: Sky, { stormWindowMs, stormSize }: StormSettings): number | null {
  if (stormWindowMs <= 0) return null;
  const [next] = newest(sky.near, sky, stormWindowMs);
  if (next !== undefined || stormSize <= 0) return next ?? null;
  const others = newest(sky.recent, sky, stormWindowMs);
  return others.length >= stormSize ? (others[0] ?? null) : null;
}

/** Those that are open and opened within the window, the earliest first. */
function newest(places: readonly number[], { now, isLive, openedAt }: Sky, windowMs: number): number[] {
  const isNew = (place: number) => now.getTime() - (openedAt(place) ?? now).getTime() <= windowMs;
  const all = [...new Set(places)].filter((place) => isLive(place) && isNew(place));
  // Those of this batch are the latest: -1 opened before -2, and after each that has a number.
  return all.toSorted((a, b) => (a > 0 && b > 0 ? a - b : b - a));
}
