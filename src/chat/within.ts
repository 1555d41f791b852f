import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What comes of a promise if it is settled within `ms` milliseconds, else null;
 * the promise goes on. For platforms that must be answered before we know what to say.
 */
export async function within<T>(ms: number, promise: Promise<T>): Promise<{ readonly value: T } | null> {
  const stop = new AbortController();
  const late = sleep(ms, null, { signal: stop.signal, ref: false }).catch(() => null);
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    stop.abort();
  }
}
