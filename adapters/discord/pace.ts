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
