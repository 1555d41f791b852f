import type { Json } from '#src/db/json.ts';

export type { Json } from '#src/db/json.ts';

/**
 * What an adapter may remember: its own drawer in the database, which outlives
 * the process. `src/db/platform-store.ts` has it; `src/main.ts` joins the two.
 */
export interface PlatformStore {
  /**
   * Does what has not been done under this key, and remembers what came of it; a
   * repeat is answered the same, also while the first is still running. What
   * `send` throws is not remembered.
   *
   * `isRepeat`: an earlier try began and nobody knows how it ended, because it was cut
   * off or killed. Then look first whether it was done, where the platform can tell.
   */
  once<T extends Json>(key: string, send: (isRepeat: boolean) => Promise<T>): Promise<T>;
  /** Does one thing under this key at a time, in all processes. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
  find<T extends Json>(key: string): Promise<T | null>;
  /** Writes it down, in place of what was there. */
  keep(key: string, value: Json): Promise<void>;
  forget(key: string): Promise<void>;
}
