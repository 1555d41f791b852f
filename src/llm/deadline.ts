/** The time that all of a question has. Its signal fires when that is over, or when who asked does not want it any more. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #end: number;
  readonly #timer: NodeJS.Timeout;
  readonly #over = new AbortController();
  readonly #whole: Deadline | undefined;

  /**
   * @param asker cuts it off before
   * @param whole the deadline that this one is a part of, and ends with
   */
  constructor(ms: number, asker?: AbortSignal, whole?: Deadline) {
    this.#end = performance.now() + ms;
    this.#timer = setTimeout(() => this.#over.abort(), ms);
    this.#whole = whole;
    const others = [asker, whole?.signal].filter((it) => it !== undefined);
    this.signal = AbortSignal.any([this.#over.signal, ...others]);
  }

  /** A part of the time that is left; 1: all of it. */
  part(share: number): Deadline {
    return new Deadline(this.leftMs * share, undefined, this);
  }

  get leftMs(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** It was the time that ran out, not somebody who cut it off. */
  get isOver(): boolean {
    return this.#over.signal.aborted || this.leftMs === 0 || (this.#whole?.isOver ?? false);
  }

  /** Has to be called when the question is answered. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** What it answers, or null as soon as the signal fires. What it does then goes on, and its failure is nobody's. */
export async function orCut<T>(signal: AbortSignal, work: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const cut = () => resolve(null);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', cut);
    if (signal.aborted) work.catch(() => {});
  }
}

/** False where the signal fired first. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), ms);
  try {
    return (await orCut(signal, promise)) ?? false;
  } finally {
    clearTimeout(timer);
  }
}
