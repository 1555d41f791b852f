/**
 * What other processes are told of: `work` was added to the queue, `timers` were set, something happened to an
 * `incident`, something in the built-in `chat` is to be shown, `access` was taken or given, a `lease` is free.
 */
export const TOPICS = ['work', 'timers', 'incident', 'chat', 'access', 'lease'] as const;
export type Topic = (typeof TOPICS)[number];

/** Carries what is rung to the other processes, and loses it where it cannot. */
export interface Wire {
  /** Each text is at most TEXT_MAX bytes long. */
  send(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Whom a wire hands over to: what it heard, and whether it hears and is heard. */
export interface WireEar {
  readonly heard: (text: string) => void;
  readonly changed: (isUp: boolean) => void;
}

/** What PostgreSQL carries in one notification is below 8,000 bytes. */
export const TEXT_MAX = 7500;

/** The first ring goes out at once, those that follow within this time together. */
const GATHER_MS = 20;
/** What waits beyond this is not worth being told. */
const WAITING_MAX = 5000;

/**
 * Tells the other processes that there is something to look at, so that they look at once. It only makes
 * things sooner: whatever it carries is also found by looking, and carries ids, never what they stand for.
 * So it may lose, repeat and be down; then everybody looks more often.
 */
export class Bell {
  readonly #from: string;
  readonly #wire: Wire | null;
  readonly #log: { warn(details: object, message: string): void };
  readonly #ears = new Map<Topic, ((payload: unknown) => void)[]>();
  readonly #watching: ((isUp: boolean) => void)[] = [];
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isUp = false;
  #isStopped = false;

  /** `from`: this process; it does not hear itself. `open` null: there are no others. */
  constructor(
    from: string,
    open: ((ear: WireEar) => Wire) | null,
    log: { warn(details: object, message: string): void },
  ) {
    this.#from = from;
    this.#log = log;
    this.#wire =
      open?.({ heard: (text) => this.#heard(text), changed: (isUp) => this.#changed(isUp) }) ?? null;
  }

  /** Whether others hear at once, as far as is known; there may be no others. */
  get isUp(): boolean {
    return this.#wire === null || this.#isUp;
  }

  /** Never throws and is never waited for. */
  ring(topic: Topic, payload: unknown = null): void {
    if (this.#wire === null || this.#isStopped || this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.add(JSON.stringify([topic, payload]));
    this.#timer ??= setTimeout(() => this.#flush(), 0);
  }

  on(topic: Topic, hear: (payload: unknown) => void): void {
    this.#ears.set(topic, [...(this.#ears.get(topic) ?? []), hear]);
  }

  /** Told when it goes down and when it is up again: what was rung meanwhile is lost. */
  watch(tell: (isUp: boolean) => void): void {
    this.#watching.push(tell);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) await this.#send();
    this.#isStopped = true;
    await this.#wire?.close();
  }

  #flush(): void {
    const isEmpty = this.#waiting.size === 0;
    this.#timer = isEmpty || this.#isStopped ? undefined : setTimeout(() => this.#flush(), GATHER_MS);
    if (!isEmpty) void this.#send();
  }

  async #send(): Promise<void> {
    const rings = [...this.#waiting];
    this.#waiting.clear();
    await this.#wire?.send(together(this.#from, rings)).catch(() => {});
  }

  #heard(text: string): void {
    if (this.#isStopped) return;
    for (const [topic, payload] of ringsOf(text, this.#from)) {
      for (const hear of this.#ears.get(topic) ?? []) {
        try {
          hear(payload);
        } catch (error) {
          this.#log.warn({ err: error, topic }, 'What another process told of could not be taken in');
        }
      }
    }
  }

  #changed(isUp: boolean): void {
    if (isUp === this.#isUp || this.#isStopped) return;
    this.#isUp = isUp;
    for (const tell of this.#watching) tell(isUp);
  }
}

/** As few texts as they fit into; a ring that is longer than one goes nowhere. */
function together(from: string, rings: readonly string[]): string[] {
  const head = `[${JSON.stringify(from)}`;
  const texts: string[] = [];
  let text = head;
  for (const ring of rings) {
    const longer = `${text},${ring}`;
    if (Buffer.byteLength(longer) < TEXT_MAX) {
      text = longer;
      continue;
    }
    if (text !== head) texts.push(`${text}]`);
    text = Buffer.byteLength(ring) + Buffer.byteLength(head) + 2 < TEXT_MAX ? `${head},${ring}` : head;
  }
  if (text !== head) texts.push(`${text}]`);
  return texts;
}

/** Anybody who can write to the wire may have sent it: what is not understood is nothing, also of a later version. */
function ringsOf(text: string, own: string): [Topic, unknown][] {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read) || read[0] === own) return [];
    return read.slice(1).filter((it): it is [Topic, unknown] => Array.isArray(it) && isTopic(it[0]));
  } catch {
    return [];
  }
}

function isTopic(word: unknown): word is Topic {
  return (TOPICS as readonly unknown[]).includes(word);
}
