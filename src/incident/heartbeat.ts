import type { Environment, Severity } from './incident.ts';
import type { TeamId } from './person.ts';

/** A call that is expected from outside again and again: from a backup that ran, from a job that lives. */
export interface Heartbeat {
  readonly id: string;
  readonly name: string;
  /** Milliseconds from one to the next. */
  readonly everyMs: number;
  /** Milliseconds that it may be late. */
  readonly graceMs: number;
  /** Of the alert when it is missing. */
  readonly severity: Severity;
  readonly team: TeamId | null;
  readonly service: string | null;
  readonly environment: Environment;
  /** Heard and noted, but not expected. */
  readonly paused: boolean;
}

/** What is known of one. */
export interface Heard {
  /** Null: never yet. */
  readonly heardAt: Date | null;
  /** From when on it is missing unless it is heard before; null: nothing is expected. */
  readonly missingAt: Date | null;
  /** When it was last said that it is missing; null: that is not said now. */
  readonly alarmedAt: Date | null;
}

export const MINUTE_MS = 60_000;
/** Between them a heartbeat says something, and `missing_at` is reckoned with whole days. */
export const EVERY_MS = { least: MINUTE_MS, most: 366 * 24 * 60 * MINUTE_MS } as const;
export const GRACE_MS = { least: MINUTE_MS, most: 30 * 24 * 60 * MINUTE_MS, usual: 5 * MINUTE_MS } as const;

/** One that stays missing is said again after so long: its incident may have been resolved meanwhile. */
const REMIND_MS = 24 * 60 * MINUTE_MS;
/** Whoever looks later than this did not listen at the time itself: the program was down, or its clock jumped. */
const LATE_MS = 30_000;

type Rhythm = Pick<Heartbeat, 'everyMs' | 'graceMs' | 'paused'>;

/** Heard now: it is missing when neither its next one nor its grace brings it. */
export function missingAfterBeat({ everyMs, graceMs, paused }: Rhythm, at: Date): Date | null {
  return paused ? null : later(at, everyMs + graceMs);
}

/**
 * Its definition changed. One that was never heard is not expected before its first. One that goes on
 * after a pause has its whole time again; with another rhythm it has its grace at least.
 */
export function missingAfterChange(before: (Rhythm & Heard) | null, after: Rhythm, now: Date): Date | null {
  const heardAt = before?.heardAt ?? null;
  if (!before || heardAt === null || after.paused) return null;
  if (before.paused || before.missingAt === null) return missingAfterBeat(after, now);
  if (before.everyMs === after.everyMs && before.graceMs === after.graceMs) return before.missingAt;
  return latest(later(heardAt, after.everyMs + after.graceMs), later(now, after.graceMs));
}

/** We may not have heard it: its grace begins again. One that is missing already stays so. */
export function missingAfterSilence(it: Pick<Heartbeat, 'graceMs'> & Heard, now: Date): Date | null {
  if (it.missingAt === null || it.alarmedAt !== null) return it.missingAt;
  return latest(it.missingAt, later(now, it.graceMs));
}

/** Nobody was listening at the time of a look, however it came. */
export function wasDeaf(dueAt: Date, now: Date): boolean {
  return now.getTime() - dueAt.getTime() > LATE_MS;
}

export function isMissing({ missingAt }: Pick<Heard, 'missingAt'>, now: Date): boolean {
  return missingAt !== null && missingAt <= now;
}

/** What is to be said of it now; null: nothing that is not said already. */
export function toSay(it: Heard, now: Date): 'missing' | 'back' | null {
  if (!isMissing(it, now)) return it.alarmedAt === null ? null : 'back';
  return it.alarmedAt === null || later(it.alarmedAt, REMIND_MS) <= now ? 'missing' : null;
}

/** When it is to be looked at next; null: not before something happens to it. */
export function lookAt(it: Heard, now: Date): Date | null {
  if (it.alarmedAt === null) return it.missingAt;
  return isMissing(it, now) ? later(it.alarmedAt, REMIND_MS) : now;
}

/** In one word. `late`: it should have been heard, and its grace runs. */
export function stateOf(
  it: Pick<Heartbeat, 'paused' | 'graceMs'> & Heard,
  now: Date,
): 'paused' | 'new' | 'well' | 'late' | 'missing' {
  if (it.paused) return 'paused';
  if (it.missingAt === null) return 'new';
  if (isMissing(it, now)) return 'missing';
  return it.missingAt.getTime() - it.graceMs <= now.getTime() ? 'late' : 'well';
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
