import PQueue from 'p-queue';

import { atItsLimit, inTurn, Latest, type Urgency } from '#src/chat/queueing.ts';

import { PLATFORM } from './limits.ts';
import type { Windows } from './methods.ts';

/** Lanes that nobody is on are taken down when there are so many. */
const LANES = 500;

interface Lane {
  /** One for each window, the longest first. */
  readonly queues: readonly PQueue[];
  /** By kind of call, until when it rests, by the clock of `performance`. */
  readonly rests: Map<string, number>;
  usedAt: number;
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
  readonly #latest = new Latest();
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
      await this.#turn(this.#lane(lane, windows), { name: lane, kind, urgency }, task);
    return (await (merge === undefined ? turn(call) : this.#latest.run(merge, call, turn))) as T;
  }

  /** Nothing of this kind goes out on this lane for so many milliseconds. */
  rest(lane: string, windows: Windows, kind: string, ms: number): void {
    const { rests } = this.#lane(lane, windows);
    rests.set(kind, Math.max(rests.get(kind) ?? 0, performance.now() + ms));
  }

  async #turn(
    lane: Lane,
    { name, kind, urgency }: Pick<Turn, 'kind' | 'urgency'> & { readonly name: string },
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    const left = (lane.rests.get(kind) ?? 0) - performance.now();
    const tooBusy = (ms: number) => atItsLimit(PLATFORM, name, ms);
    if (left > 0) throw tooBusy(left);
    return await inTurn([...lane.queues, ...this.#gate], call, { urgency, tooBusy });
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
