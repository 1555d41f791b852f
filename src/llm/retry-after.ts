/** How long the other side asks us to wait, in milliseconds; null where it does not say, or in no way we know. */
export function retryAfterMs(headers: Headers | undefined): number | null {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const said = headers?.get('retry-after');
  if (said === null || said === undefined || said === '') return null;
  const seconds = Number(said);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  // A date: the answer says what time it is there.
  const until = Date.parse(said);
  const now = Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(until) || Number.isNaN(now) ? null : Math.max(0, until - now);
}
