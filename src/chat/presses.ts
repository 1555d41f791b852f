import { createHash } from 'node:crypto';

import { Kept } from './kept.ts';
import type { PlatformStore } from './store.ts';

export interface SavedCommand {
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
}

/** So many commands are known, and known to be written down, without asking again. */
const REMEMBERED = 10_000;
/**
 * What is drawn again after so many milliseconds is written down again: what nobody draws any
 * more is forgotten one day, by the time at which it was last written, see `src/db/housekeeping.ts`.
 */
const AGAIN_MS = 12 * 3_600_000;

/**
 * Buttons carry a short key to a record on the server: platforms allow few
 * characters, and what comes back from a person's device is not trusted. The
 * same command has the same key, so that drawing a card again writes nothing.
 */
export class Presses {
  readonly #store: Pick<PlatformStore, 'find' | 'keep'>;
  readonly #kept = new Kept<{ readonly saved: SavedCommand; readonly at: number }>(REMEMBERED);
  readonly #ms: () => number;

  /** `ms`: how far some clock is that only goes on, in milliseconds. */
  constructor(store: Pick<PlatformStore, 'find' | 'keep'>, ms: () => number = () => performance.now()) {
    this.#store = store;
    this.#ms = ms;
  }

  /** 22 characters: letters, digits, `-` and `_`. */
  async keyFor({ command, args }: SavedCommand): Promise<string> {
    const saved = { command, args: { ...args } };
    const key = createHash('sha256').update(JSON.stringify(saved)).digest('base64url').slice(0, 22);
    const at = this.#ms();
    if (at - (this.#kept.get(key)?.at ?? -Infinity) < AGAIN_MS) return key;
    await this.#store.keep(`press:${key}`, saved);
    this.#kept.set(key, { saved, at });
    return key;
  }

  /** Null for a key that we never gave. What was drawn lately is known without asking the database. */
  async find(key: string): Promise<SavedCommand | null> {
    if (!/^[\w-]{22}$/.test(key)) return null;
    const known = this.#kept.get(key);
    if (known) return known.saved;
    return await this.#store.find<{ command: string; args: Record<string, string> }>(`press:${key}`);
  }
}
