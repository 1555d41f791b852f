import { createHash } from 'node:crypto';

import type { PlatformStore } from './store.ts';

export interface SavedCommand {
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
}

/** So many keys are known to be written down without asking again. */
const REMEMBERED = 10_000;

/**
 * Buttons carry a short key to a record on the server: platforms allow few
 * characters, and what comes back from a person's device is not trusted. The
 * same command has the same key, so that drawing a card again writes nothing.
 */
export class Presses {
  readonly #store: Pick<PlatformStore, 'find' | 'keep'>;
  readonly #kept = new Set<string>();

  constructor(store: Pick<PlatformStore, 'find' | 'keep'>) {
    this.#store = store;
  }

  /** 22 characters: letters, digits, `-` and `_`. */
  async keyFor({ command, args }: SavedCommand): Promise<string> {
    const saved = { command, args: { ...args } };
    const key = createHash('sha256').update(JSON.stringify(saved)).digest('base64url').slice(0, 22);
    if (this.#kept.has(key)) return key;
    await this.#store.keep(`press:${key}`, saved);
    if (this.#kept.size >= REMEMBERED) this.#kept.clear();
    this.#kept.add(key);
    return key;
  }

  /** Null for a key that we never gave. */
  async find(key: string): Promise<SavedCommand | null> {
    if (!/^[\w-]{22}$/.test(key)) return null;
    return await this.#store.find<{ command: string; args: Record<string, string> }>(`press:${key}`);
  }
}
