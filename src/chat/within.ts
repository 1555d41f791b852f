import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What comes of a promise if it is settled within `ms` milliseconds and before `cut` fires, else null;
 * the promise goes on. For platforms that must be answered before we know what to say.
 */
export async function within<T>(
  ms: number,
  promise: Promise<T>,
  cut?: AbortSignal,
): Promise<{ readonly value: T } | null> {
  const stop = new AbortController();
  const signal = cut ? AbortSignal.any([cut, stop.signal]) : stop.signal;
  const late = sleep(ms, null, { signal, ref: false }).catch(() => null);
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    stop.abort();
  }
}
