import PQueue from 'p-queue';

/** Who is served first where calls have to wait. */
export type Priority = 'answer' | 'card' | 'later';

const RANK: Readonly<Record<Priority, number>> = { answer: 2, card: 1, later: 0 };

/** Discord's documented limit is 50 calls a second for a bot; the gateway's own calls need a few of them. */
const A_SECOND = 45;

/** What came of a call, and for how long none like it may follow, in milliseconds. */
export interface Paced<T> {
  readonly value: T;
  readonly holdMs: number;
}

/**
 * Keeps calls below Discord's rates: those of one route and channel go one after
 * the other, because Discord says with each answer how many more may follow; and
 * all together stay below the limit that they share.
 */
export class Pace {
  readonly #all = new PQueue({ interval: 1000, intervalCap: A_SECOND, strict: true });
  readonly #lanes = new Map<string, PQueue>();

  /** `lane`: what Discord counts together. */
  async run<T>(lane: string, priority: Priority, work: () => Promise<Paced<T>>): Promise<T> {
    const rank = { priority: RANK[priority] };
    const queue = this.#lane(lane);
    return await queue.add(async () => {
      const { value, holdMs } = await this.#all.add(work, rank);
      if (holdMs > 0) {
        queue.pause();
        setTimeout(() => queue.start(), holdMs).unref();
      }
      return value;
    }, rank);
  }

  #lane(name: string): PQueue {
    const known = this.#lanes.get(name);
    if (known) return known;
    const made = new PQueue({ concurrency: 1 });
    this.#lanes.set(name, made);
    made.addEventListener('idle', () => {
      if (!made.isPaused) this.#lanes.delete(name);
    });
    return made;
  }
}

/** Work under one key is done in the order in which it came, one after the other; a failure does not stop what follows. */
export function inOrder(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const mine = (async () => {
      await before?.catch(() => {});
      return await work();
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

/** Of several versions of the same thing that wait to be sent only the latest is sent; all are told what came of it. */
export function latest<T>(
  send: (key: string, value: () => T) => Promise<void>,
): (key: string, value: T) => Promise<void> {
  const waiting = new Map<string, { value: T; readonly done: Promise<void> }>();
  return async (key, value) => {
    const before = waiting.get(key);
    if (before) {
      before.value = value;
      return await before.done;
    }
    const take = () => {
      waiting.delete(key);
      return entry.value;
    };
    const entry = { value, done: Promise.resolve().then(() => send(key, take)) };
    waiting.set(key, entry);
    try {
      await entry.done;
    } finally {
      if (waiting.get(key) === entry) waiting.delete(key);
    }
  };
}

/** Whether something is seen for the first time; the last 10,000 are remembered. */
export class Recent {
  readonly #seen = new Set<string>();

  isNew(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > 10_000 && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

/** The last so many things under their keys. */
export class Kept<V> {
  readonly #all = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#all.get(key);
  }

  set(key: string, value: V): void {
    this.#all.delete(key);
    this.#all.set(key, value);
    const [oldest] = this.#all.keys();
    if (this.#all.size > this.#most && oldest !== undefined) this.#all.delete(oldest);
  }
}
