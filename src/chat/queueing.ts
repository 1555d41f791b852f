import { ProviderError } from '#src/errors.ts';

/** Answers to people come first, then cards and messages, then what nobody waits for. */
const URGENCY = { person: 2, message: 1, rest: 0 } as const;
export type Urgency = keyof typeof URGENCY;

/** The longest a call waits for its turn, in milliseconds; then its job comes again later. */
export const PATIENCE_MS = 8000;

/** What keeps calls below a rate. */
interface Line {
  add(
    task: () => Promise<unknown> | void,
    options: { readonly priority: number; readonly signal: AbortSignal },
  ): Promise<unknown>;
}

/**
 * Runs a call when it is its turn in one line after the other. A line holds it until
 * it begins; how long it takes is its own affair.
 *
 * @throws what `tooBusy` makes, when it would have to wait for too long
 */
export async function inTurn(
  lines: readonly Line[],
  call: () => Promise<unknown>,
  { urgency, tooBusy }: { readonly urgency: Urgency; readonly tooBusy: (ms: number) => ProviderError },
): Promise<unknown> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(tooBusy(PATIENCE_MS)), PATIENCE_MS);
  const started = Promise.withResolvers<unknown>();
  const options = { priority: URGENCY[urgency], signal: patience.signal };
  const through = async (some: readonly Line[]): Promise<void> => {
    const [next, ...rest] = some;
    if (next) return void (await next.add(async () => await through(rest), options));
    clearTimeout(timer);
    started.resolve(call());
  };
  try {
    await through(lines);
  } finally {
    clearTimeout(timer);
  }
  return await started.promise;
}

/** Something is at the limit of its rate; come back in so many milliseconds. */
export function atItsLimit(platform: string, line: string, ms: number): ProviderError {
  return new ProviderError(platform, `${line} is at its limit`, {
    retry: true,
    retryAfterMs: Math.ceil(ms),
  });
}

/** A call that waits for its turn, and the one before it that is under way. */
interface Slot {
  waiting: { call: () => Promise<unknown>; promise: Promise<unknown> } | null;
  running: Promise<unknown> | null;
}

/** Of calls under one name one runs at a time, and of those that wait the latest, for all of them. */
export class Latest {
  readonly #slots = new Map<string, Slot>();

  /** `turn` runs what it is given when it is its turn, or throws. */
  async run(
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
}
