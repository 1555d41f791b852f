import type { Life } from './life.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

/** Something that befalls the whole program: `at` milliseconds after the beginning, at the so manyth boundary that is passed then. */
export type Fault =
  | { readonly kind: 'kill'; readonly at: number; readonly after: number; readonly downMs: number }
  | {
      readonly kind: 'drop';
      readonly at: number;
      readonly after: number;
      readonly ms: number;
      /** Of the statements made meanwhile, how many fail. */
      readonly share: number;
    }
  | { readonly kind: 'jump'; readonly at: number; readonly ms: number };

/** When something was not there, and how long the program may need after it. Milliseconds since 1970. */
export interface Span {
  readonly kind: Fault['kind'] | 'breaker';
  /** Of a breaker: what is left alone. */
  readonly channel?: string;
  readonly from: number;
  until: number;
  settlesIn: number;
}

/**
 * How long after each fault all is as it should be again. A killed program looks at once when it
 * starts. A lost connection makes a loop rest for a second, and a job that met it wait 1, 2 and 4 s and
 * 30 % more. After a jump whoever waits is woken.
 */
const SETTLES_IN = { kill: 1000, drop: 11_000, jump: 0 } as const;
/** A destination is left alone for this long, and who met that waits up to 30 % more. */
const OPEN_MS = 60_000;
const AFTER_OPEN_MS = 20_000;

/** A whole play passes some 30,000 boundaries; a program that passes more at one instant does not end. */
const MOST_PASSES = 100_000;

class ConnectionGone extends Error {
  readonly code = 'ECONNRESET';
}

/** What goes wrong in one play, and when it did. */
export class Faults {
  readonly spans: Span[] = [];
  /** How many calls to the outside have begun and not ended: while there are any, time stands still. */
  #busy = 0;
  #calm: () => void = () => {};
  readonly #time: Time;
  readonly #random: Random;
  readonly #begin: number;
  readonly #kills: Extract<Fault, { kind: 'kill' }>[];
  readonly #drops: Extract<Fault, { kind: 'drop' }>[];
  #waiting: { kill: number | null; drop: number | null } = { kill: null, drop: null };
  #drop: { readonly until: number; readonly share: number } | null = null;
  #instant = { ms: 0, passes: 0 };
  onStuck: (life: Life) => void = () => {};
  onKill: (downMs: number) => void = () => {};
  onDrop: (until: number) => void = () => {};

  constructor(time: Time, random: Random, all: readonly Fault[]) {
    this.#time = time;
    this.#random = random;
    this.#begin = time.ms;
    this.#kills = all.filter((it) => it.kind === 'kill').toSorted((a, b) => a.at - b.at);
    this.#drops = all.filter((it) => it.kind === 'drop').toSorted((a, b) => a.at - b.at);
  }

  began(): void {
    this.#busy += 1;
  }

  ended(): void {
    this.#busy -= 1;
    if (this.#busy === 0) this.#calm();
  }

  /** Resolves when nothing is under way any more. */
  async calm(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      if (this.#busy > 0) {
        quiet = 0;
        await new Promise<void>((resolve) => void (this.#calm = resolve));
      }
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  /** A boundary is passed by this life. */
  passed(life: Life): void {
    if (this.#instant.ms !== this.#time.ms) this.#instant = { ms: this.#time.ms, passes: 0 };
    this.#instant.passes += 1;
    if (this.#instant.passes > MOST_PASSES) return this.onStuck(life);
    const now = this.#time.ms - this.#begin;
    const [kill] = this.#kills;
    if (kill && kill.at <= now) {
      this.#waiting.kill = (this.#waiting.kill ?? kill.after) - 1;
      if (this.#waiting.kill <= 0) return this.#die(life, kill);
    }
    const [drop] = this.#drops;
    if (!drop || drop.at > now || this.isAway()) return;
    this.#waiting.drop = (this.#waiting.drop ?? drop.after) - 1;
    if (this.#waiting.drop > 0) return;
    this.#waiting.drop = null;
    this.#drops.shift();
    this.#drop = { until: this.#time.ms + drop.ms, share: drop.share };
    this.note('drop', this.#time.ms, this.#drop.until);
    this.onDrop(this.#drop.until);
  }

  note(kind: Fault['kind'], from: number, until: number): void {
    this.spans.push({ kind, from, until, settlesIn: SETTLES_IN[kind] });
  }

  /** A destination is left alone from now on, until that is set. */
  leftAlone(channel: string): Span {
    const span: Span = {
      kind: 'breaker',
      channel,
      from: this.#time.ms,
      until: Infinity,
      settlesIn: AFTER_OPEN_MS,
    };
    this.spans.push(span);
    return span;
  }

  /** Whoever left it alone is dead. Its jobs wait as long as they would have. */
  forgot(span: Span): void {
    span.until = this.#time.ms;
    span.settlesIn = Math.max(AFTER_OPEN_MS, span.from + OPEN_MS + AFTER_OPEN_MS - span.until);
  }

  isAway(): boolean {
    return this.#drop !== null && this.#time.ms < this.#drop.until;
  }

  /** While the database is away, all or some of what is asked of it fails. */
  throwIfAway(): void {
    if (this.isAway() && this.#random.chance(this.#drop?.share ?? 0)) throw this.gone();
  }

  gone(): Error {
    return new ConnectionGone('Connection terminated unexpectedly');
  }

  isGone(error: unknown): boolean {
    return error instanceof ConnectionGone;
  }

  #die(life: Life, { downMs }: Extract<Fault, { kind: 'kill' }>): void {
    this.#kills.shift();
    this.#waiting.kill = null;
    this.note('kill', this.#time.ms, this.#time.ms + downMs);
    life.die();
    this.onKill(downMs);
  }
}
