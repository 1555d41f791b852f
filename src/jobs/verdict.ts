import { isDatabaseAway, isTooSlow } from '#src/db/lost.ts';
import { ProviderError, UserError } from '#src/errors.ts';

/** Contracts 4.7, generic: 1 s, doubled each time, at most 30 s, and up to 30 % more so that not all come at once. */
const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
const JITTER = 0.3;

/** How often a job is tried when the outside fails. */
export const ATTEMPTS = 8;
/** A bug rarely goes away by itself: the first time and 3 repeats (contracts 4.7). */
export const ATTEMPTS_AT_A_BUG = 4;

/**
 * The destination has been failing and is left alone for `waitMs`. The job waits,
 * and that is no attempt of its own: it was not tried, or it was tried only to
 * find out whether the destination is back. `cause`: what the last call met.
 */
export class LeftAlone extends ProviderError {
  readonly waitMs: number;

  constructor(destination: string, waitMs: number, cause?: Error) {
    const why = cause === undefined ? 'it has been failing' : `of this: ${cause.message}`;
    super(destination, `is left alone for ${waitMs} ms because ${why}`, {
      retry: true,
      retryAfterMs: waitMs,
      cause,
    });
    this.waitMs = waitMs;
  }
}

/** Somebody else runs the job, or the queue stops: nothing is said about the destination by that. */
export class GivenBack extends Error {
  override readonly name = 'GivenBack';
}

/** What comes of a failed attempt. Only attempts that count use the job's attempts up. */
export type Verdict =
  | { readonly end: 'again'; readonly inMs: number; readonly counts: boolean }
  | { readonly end: 'dead' };

/**
 * Decides what comes of an attempt that threw.
 *
 * @param attempt from 1
 * @param random from 0 up to, not including, 1
 */
export function verdict(error: unknown, attempt: number, random: () => number): Verdict {
  if (error instanceof LeftAlone) return { end: 'again', inMs: spread(error.waitMs, random), counts: false };
  // Nobody is there who could ask again in a second, as it says.
  if (error instanceof UserError && error.code === 'busy') {
    return { end: 'again', inMs: backOffMs(1, random), counts: false };
  }
  if (error instanceof UserError) return { end: 'dead' };
  if (error instanceof ProviderError) {
    if (!error.retry) return { end: 'dead' };
    // Who names a time asks for patience: that it was not had before says nothing of the job.
    if (error.retryAfterMs !== undefined) {
      return { end: 'again', inMs: spread(error.retryAfterMs, random), counts: false };
    }
    if (attempt >= ATTEMPTS) return { end: 'dead' };
    return { end: 'again', inMs: backOffMs(attempt, random), counts: true };
  }
  // That says nothing of the job: while connections come and go, or there is no room, nothing may be lost, however long it takes.
  if (isDatabaseAway(error) && !isTooSlow(error)) {
    return { end: 'again', inMs: backOffMs(1, random), counts: false };
  }
  if (attempt >= ATTEMPTS_AT_A_BUG) return { end: 'dead' };
  return { end: 'again', inMs: backOffMs(attempt, random), counts: true };
}

/** Milliseconds to wait after the failed attempt of this number, from 1. */
export function backOffMs(attempt: number, random: () => number): number {
  return spread(Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1)), random);
}

/** Never earlier than `ms`, and up to 30 % later. */
function spread(ms: number, random: () => number): number {
  return Math.round(ms * (1 + JITTER * random()));
}

/** What is kept of an error: its sentence where it is one of ours, its stack where it is a bug. */
export function textOf(error: unknown): string {
  if (error instanceof UserError || error instanceof ProviderError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
