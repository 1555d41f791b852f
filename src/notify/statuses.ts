/** What a status means for the order: try again, never try again, or the address takes nothing any more. */
export type Meaning = 'sent' | 'retry' | 'stop' | 'gone';

/** A day of rest that a provider asks for is no use to a page: the next route is taken long before. */
const LONGEST_WAIT_MS = 300_000;

/** Statuses that mean something else than the rest of their hundred. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  // It took too long over there, it may be a repeat of a first flight, there were too many.
  [408, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  // It will never be able to.
  [501, 'stop'],
  [505, 'stop'],
]);

/**
 * The one table of all channels. A refusal stays a refusal, whatever hangs on it: the
 * job ends, its receipt says why, and the next route is taken at once. No redirect is
 * followed, since it would take what is secret in the request to somebody else.
 *
 * @param special what this provider means by some statuses
 */
export function meaningOf(status: number, special: Readonly<Record<number, Meaning>> = {}): Meaning {
  const meant = special[status] ?? MEANINGS.get(status);
  if (meant) return meant;
  if (status >= 200 && status < 300) return 'sent';
  return status >= 500 ? 'retry' : 'stop';
}

/**
 * Milliseconds to wait by Retry-After, at most 5 minutes; undefined where it is not
 * said or cannot be understood. A time is measured by the clock that wrote it: the
 * answer's own Date.
 */
export function retryAfterMs(headers: { get(name: string): string | null }): number | undefined {
  const said = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(said)) return Math.min(LONGEST_WAIT_MS, Number(said) * 1000);
  if (!/^[A-Z][a-z]{2}, /.test(said)) return undefined;
  const wait = Date.parse(said) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(wait) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, wait));
}
