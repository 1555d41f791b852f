import PQueue from 'p-queue';

import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './limits.ts';
import type { Windows } from './methods.ts';

/** Answers to people come first, then cards and messages, then what nobody waits for. */
const URGENCY = { person: 2, message: 1, rest: 0 } as const;
export type Urgency = keyof typeof URGENCY;

/** The longest a call waits for its turn, in milliseconds; then its job comes again later. */
const PATIENCE_MS = 8000;
/** Lanes that nobody is on are taken down when there are so many. */
const LANES = 500;

interface Lane {
  /** One for each window, the longest first. */
  readonly queues: readonly PQueue[];
  /** By kind of call, until when it rests, by the clock of `performance`. */
  readonly rests: Map<string, number>;
  usedAt: number;
}

/** A call that waits for its turn, and the one before it that is under way. */
interface Slot {
  waiting: { call: () => Promise<unknown>; promise: Promise<unknown> } | null;
  running: Promise<unknown> | null;
}

interface Turn {
  readonly urgency: Urgency;
  /** Of calls under the same name that wait, only the latest is made. */
  readonly merge?: string | undefined;
  /** What rests when the service says so: not all that is on a lane. */
  readonly kind: string;
}

/**
 * Keeps calls below the platform's rates. Each lane, such as what is sent to one
 * conversation, has its own; one that must rest does not stop the others. All
 * lanes lead through the gate.
 */
export class Pace {
  readonly #lanes = new Map<string, Lane>();
  readonly #slots = new Map<string, Slot>();
  readonly #gate: readonly PQueue[];

  constructor(gate: Windows) {
    this.#gate = queuesFor(gate);
  }

  /**
   * Runs it when it is its turn.
   *
   * @throws ProviderError with a time to come back at, when it would have to wait for too long
   */
  async run<T>(
    lane: string,
    windows: Windows,
    call: () => Promise<T>,
    { urgency, merge, kind }: Turn,
  ): Promise<T> {
    const turn = async (task: () => Promise<unknown>) =>
      await this.#turn(this.#lane(lane, windows), { name: lane, kind, priority: URGENCY[urgency] }, task);
    return (await (merge === undefined ? turn(call) : this.#merged(merge, call, turn))) as T;
  }

  /** Nothing of this kind goes out on this lane for so many milliseconds. */
  rest(lane: string, windows: Windows, kind: string, ms: number): void {
    const { rests } = this.#lane(lane, windows);
    rests.set(kind, Math.max(rests.get(kind) ?? 0, performance.now() + ms));
  }

  async #merged(
    name: string,
    call: () => Promise<unknown>,
    turn: (task: () => Promise<unknown>) => Promise<unknown>,
  ): Promise<unknown> {
    const slot = this.#slots.get(name) ?? { waiting: null, running: null };
    this.#slots.set(name, slot);
    if (slot.waiting) {
      slot.waiting.call = call;
      return await slot.waiting.promise;
    }
    const done = Promise.withResolvers<unknown>();
    const waiting = { call, promise: done.promise };
    slot.waiting = waiting;
    let last = slot.running;
    try {
      await last?.catch(() => null);
      const result = await turn(() => {
        slot.waiting = null;
        last = waiting.call();
        slot.running = last;
        return last;
      });
      done.resolve(result);
    } catch (error) {
      done.reject(error);
    } finally {
      if (slot.waiting === waiting) slot.waiting = null;
      // The next one may be under way already.
      if (slot.waiting === null && slot.running === last) this.#slots.delete(name);
    }
    return await done.promise;
  }

  async #turn(
    lane: Lane,
    { name, kind, priority }: { readonly name: string; readonly kind: string; readonly priority: number },
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    const left = (lane.rests.get(kind) ?? 0) - performance.now();
    if (left > 0) throw tooBusy(name, left);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(tooBusy(name, PATIENCE_MS)), PATIENCE_MS);
    const started = Promise.withResolvers<unknown>();
    const options = { priority, signal: patience.signal };
    const through = async (queues: readonly PQueue[]): Promise<void> => {
      const [next, ...rest] = queues;
      if (next) return await next.add(async () => await through(rest), options);
      clearTimeout(timer);
      // The queue holds a call until it begins; how long it takes is its own affair.
      started.resolve(call());
    };
    try {
      await through([...lane.queues, ...this.#gate]);
    } finally {
      clearTimeout(timer);
    }
    return await started.promise;
  }

  #lane(name: string, windows: Windows): Lane {
    const known = this.#lanes.get(name);
    const usedAt = performance.now();
    if (known) {
      known.usedAt = usedAt;
      return known;
    }
    if (this.#lanes.size >= LANES) this.#forgetIdle(usedAt);
    const made = { queues: queuesFor(windows), rests: new Map<string, number>(), usedAt };
    this.#lanes.set(name, made);
    return made;
  }

  /** A lane that was not used for an hour has nothing to remember. */
  #forgetIdle(now: number): void {
    for (const [name, { usedAt }] of this.#lanes) {
      if (now - usedAt > 3_600_000) this.#lanes.delete(name);
    }
  }
}

function queuesFor(windows: Windows): readonly PQueue[] {
  return windows.map(([intervalCap, interval]) => new PQueue({ interval, intervalCap, strict: true }));
}

function tooBusy(lane: string, ms: number): ProviderError {
  return new ProviderError(PLATFORM, `${lane} is at its limit`, { retry: true, retryAfterMs: Math.ceil(ms) });
}
