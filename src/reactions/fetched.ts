/** Room for what is at hand, in bytes. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The other platforms want it within moments, unless they are away. */
const KEPT_MS = 60_000;

interface Kept {
  readonly bytes: Promise<Uint8Array>;
  /** 0 while it is being fetched. */
  size: number;
}

/** Files that were fetched a moment ago, so that three platforms that want the same one cost one download. */
export class Fetched {
  readonly #kept = new Map<string, Kept>();

  /** The bytes of this name, fetched if they are not at hand. What `fetch` throws is thrown, and not kept. */
  async of(name: string, fetch: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#kept.get(name);
    if (known) return await known.bytes;
    const made: Kept = { bytes: fetch(), size: 0 };
    this.#kept.set(name, made);
    try {
      const bytes = await made.bytes;
      made.size = bytes.byteLength;
      setTimeout(() => this.#drop(name, made), KEPT_MS).unref();
      this.#makeRoom();
      return bytes;
    } catch (error) {
      this.#drop(name, made);
      throw error;
    }
  }

  /** How much is at hand. */
  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#kept.values()) bytes += size;
    return bytes;
  }

  /** The oldest go first. */
  #makeRoom(): void {
    for (const [name, kept] of this.#kept) {
      if (this.bytes <= MOST_BYTES) return;
      if (kept.size > 0) this.#drop(name, kept);
    }
  }

  #drop(name: string, kept: Kept): void {
    if (this.#kept.get(name) === kept) this.#kept.delete(name);
  }
}
