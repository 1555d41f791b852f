import { randomUUID } from 'node:crypto';

import { z } from 'zod';

/**
 * What processes that serve pages tell each other. They carry ids: who is told reads the rest, and shows it to
 * those of its own pages who may see it.
 */
const newsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), id: z.number() }),
  z.object({ type: z.literal('room'), id: z.string(), people: z.array(z.string()).optional() }),
  z.object({ type: z.literal('typing'), room: z.string(), person: z.string() }),
  /** Whose pages are open at one process. */
  z.object({ type: z.literal('online'), at: z.string(), people: z.array(z.string()) }),
]);
export type News = z.output<typeof newsSchema>;

/** Null for what is none, also of a later version. */
export function readNews(heard: unknown): News | null {
  return newsSchema.safeParse(heard).data ?? null;
}

/** So often a process says who is online at it, and so long it is believed. */
const SAY_MS = 20_000;
const BELIEVED_MS = 60_000;

/** Who has a page open at other processes. A process that is gone is forgotten after a minute. */
export class Elsewhere {
  readonly #self = randomUUID().slice(0, 8);
  readonly #tell: (news: News) => void;
  readonly #changed: () => void;
  readonly #others = new Map<string, { readonly people: readonly string[]; readonly at: number }>();
  readonly #timer: NodeJS.Timeout;
  #own: readonly string[] = [];

  constructor(tell: (news: News) => void, changed: () => void) {
    this.#tell = tell;
    this.#changed = changed;
    this.#timer = setInterval(() => this.#beat(), SAY_MS);
    this.#timer.unref();
  }

  people(): readonly string[] {
    return [...this.#others.values()].flatMap(({ people }) => people);
  }

  /** Whose pages are open here now. */
  say(people: readonly string[]): void {
    this.#own = people;
    this.#tell({ type: 'online', at: this.#self, people: [...people] });
  }

  heard({ at, people }: Extract<News, { type: 'online' }>): void {
    const before = this.#others.get(at);
    this.#others.set(at, { people, at: performance.now() });
    if (!before && this.#own.length > 0) this.say(this.#own);
    if (before?.people.join() !== people.join()) this.#changed();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#own.length > 0) this.say([]);
  }

  #beat(): void {
    const gone = [...this.#others].filter(([, { at }]) => performance.now() - at > BELIEVED_MS);
    for (const [name] of gone) this.#others.delete(name);
    if (gone.some(([, { people }]) => people.length > 0)) this.#changed();
    if (this.#own.length > 0) this.say(this.#own);
  }
}
