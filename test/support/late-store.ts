import { setTimeout as sleep } from 'node:timers/promises';

import type { PlatformStore } from '#src/chat/store.ts';

/** A drawer whose every answer comes so many milliseconds late. */
export function lateStore(store: PlatformStore, by: { lateMs: number }): PlatformStore {
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    if (by.lateMs > 0) await sleep(by.lateMs);
    return await work();
  };
  return {
    once: (key, send) => late(() => store.once(key, send)),
    inTurn: (key, work) => late(() => store.inTurn(key, work)),
    find: (key) => late(() => store.find(key)),
    keep: (key, value) => late(() => store.keep(key, value)),
    forget: (key) => late(() => store.forget(key)),
  };
}
