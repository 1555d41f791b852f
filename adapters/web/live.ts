import { z } from 'zod';

import { Elsewhere, readNews, type News } from './elsewhere.ts';
import type { Push } from './protocol.ts';
import { messageView, roomView } from './render.ts';
import type { StoredMessage, StoredRoom, WebStore } from './store.ts';
import { isOpen, isStorable, mayEnter } from './visible.ts';

/**
 * Hands a push to one connected page. `false` says that the page takes no
 * more: it was too slow, its socket has been closed, and it will come back and
 * catch up. Nothing is ever kept here for a page that does not read.
 */
export type Send = (push: Push) => unknown;

/** One connected page. Both may be called at any time and never throw. */
export interface Connection {
  /** Something came over the socket: parsed JSON, and not to be trusted. */
  received(sent: unknown): void;
  closed(): void;
}

/** The pages that are open, and what is shown on them without their asking. */
export interface Live {
  connect(who: { readonly id: string }, send: Send): Connection;
  /** The people who have a page open, here or at another process. */
  online(): readonly string[];
  /** Another process has something shown on the pages that are open here. What is no news is nothing. */
  heard(news: unknown): void;
  /** Shows a message, new or changed, to everybody who may see it. */
  showMessage(message: StoredMessage, room: StoredRoom): void;
  /** Shows a room as it now is to these people, or to all who may see it. */
  showRoom(id: string, people?: readonly string[]): Promise<void>;
  /** Says that something changed about an incident, to those who may know of it; many changes in a moment are said once. */
  showIncident(number: number): void;
  /** Forgets all pages; closing their sockets is for whoever opened them. */
  close(): void;
}

export interface LiveDeps {
  readonly store: Pick<WebStore, 'findRoom' | 'findMessage' | 'roomFor' | 'viewersOf'>;
  /** Has the other processes show something on the pages that are open at them. */
  readonly tell: (news: News) => void;
  readonly now: () => Date;
  readonly later: (work: Promise<unknown>) => void;
}

/** An alert storm changes one incident hundreds of times a second; nobody reads that fast. */
const GATHER_MS = 100;
const TYPING_MS = 1000;

const sentSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('typing'), room: z.string().max(200) }),
  z.object({ type: z.literal('ping') }),
]);

interface Page {
  readonly person: string;
  readonly send: Send;
  typedAt: number;
}

export function makeLive({ store, now, tell, later }: LiveDeps): Live {
  const elsewhere = new Elsewhere(tell, () => pages.showOnline());
  const pages = new Pages(elsewhere);
  const incidents = gather((numbers) => later(showIncidents({ store, pages }, numbers)));
  const here = onPagesHere(store, pages);

  async function typed(page: Page, id: string): Promise<void> {
    const room = await store.findRoom(id);
    if (!room || !mayEnter(page.person, room) || room.archivedAt !== null) return;
    here.showTyping(room, page.person);
    tell({ type: 'typing', room: room.id, person: page.person });
  }

  function received(page: Page, sent: unknown): void {
    const parsed = sentSchema.safeParse(sent);
    if (!parsed.success) return;
    if (parsed.data.type === 'ping') {
      pages.push([page], { type: 'pong' });
      return;
    }
    if (!isStorable(parsed.data.room)) return;
    if (now().getTime() - page.typedAt < TYPING_MS) return;
    page.typedAt = now().getTime();
    later(typed(page, parsed.data.room));
  }

  return {
    online: () => pages.online(),
    connect(who, send) {
      const page: Page = { person: who.id, send, typedAt: 0 };
      pages.add(page);
      return { received: (sent) => received(page, sent), closed: () => pages.remove([page]) };
    },
    heard(said) {
      const news = readNews(said);
      if (news?.type === 'online') elsewhere.heard(news);
      else if (news && pages.isAny()) later(here.show(news));
    },
    showMessage(message, room) {
      here.showMessage(message, room);
      tell({ type: 'message', id: message.id });
    },
    async showRoom(id, people) {
      tell({ type: 'room', id, ...(people ? { people: [...people] } : {}) });
      await here.showRoom(id, people);
    },
    showIncident: (number) => incidents.add(number),
    close() {
      incidents.stop();
      elsewhere.stop();
      pages.clear();
    },
  };
}

/** What is shown on the pages that are open at this process. */
function onPagesHere(store: LiveDeps['store'], pages: Pages) {
  function audience(room: StoredRoom): readonly Page[] {
    return isOpen(room) ? pages.all() : pages.of(room.members);
  }

  function showMessage(message: StoredMessage, room: StoredRoom): void {
    const to = message.onlyFor === null ? audience(room) : pages.of([message.onlyFor]);
    pages.push(to, { type: 'message', message: messageView(message) });
  }

  function showTyping(room: StoredRoom, person: string): void {
    const others = audience(room).filter((it) => it.person !== person);
    pages.push(others, { type: 'typing', room: room.id, person });
  }

  async function showRoom(id: string, people?: readonly string[]): Promise<void> {
    const readers = pages.here().filter((it) => people?.includes(it) ?? true);
    for (const room of await store.roomFor(id, readers)) {
      pages.push(pages.of([room.reader]), { type: 'room', room: roomView(room) });
    }
  }

  async function show(news: Exclude<News, { type: 'online' }>): Promise<void> {
    if (news.type === 'room') return await showRoom(news.id, news.people);
    const message = news.type === 'message' ? await store.findMessage(news.id) : null;
    const id = news.type === 'typing' ? news.room : message?.room;
    const room = id === undefined ? null : await store.findRoom(id);
    if (room && message) showMessage(message, room);
    else if (room && news.type === 'typing') showTyping(room, news.person);
  }

  return { showMessage, showTyping, showRoom, show };
}

async function showIncidents(
  { store, pages }: Pick<LiveDeps, 'store'> & { readonly pages: Pages },
  numbers: readonly number[],
): Promise<void> {
  const here = pages.here();
  if (here.length === 0) return;
  const viewers = await store.viewersOf(numbers, here);
  for (const number of numbers) {
    // Whoever has come since reads them anyway.
    pages.push(pages.of(viewers.get(number) ?? here), { type: 'incident', number });
  }
}

/** The pages that are open at this process. One that takes no more is forgotten at once. */
class Pages {
  readonly #open = new Set<Page>();
  readonly #elsewhere: Elsewhere;
  /** As it was last shown. */
  #shown = '';

  constructor(elsewhere: Elsewhere) {
    this.#elsewhere = elsewhere;
  }

  all(): readonly Page[] {
    return [...this.#open];
  }

  isAny(): boolean {
    return this.#open.size > 0;
  }

  of(people: readonly string[]): readonly Page[] {
    return this.all().filter((it) => people.includes(it.person));
  }

  /** The people whose pages these are. */
  here(): readonly string[] {
    return [...new Set(this.all().map((it) => it.person))].toSorted();
  }

  /** And those whose pages are open at other processes. */
  online(): readonly string[] {
    return [...new Set([...this.here(), ...this.#elsewhere.people()])].toSorted();
  }

  add(page: Page): void {
    const others = this.all();
    this.#open.add(page);
    this.push([page], { type: 'hello', me: page.person, online: this.online() });
    const isNews = others.every((it) => it.person !== page.person);
    if (isNews) this.#elsewhere.say(this.here());
    this.showOnline(others);
  }

  remove(pages: readonly Page[]): void {
    const before = this.here().length;
    for (const page of pages) this.#open.delete(page);
    if (this.here().length < before) this.#elsewhere.say(this.here());
    this.showOnline();
  }

  /** To these pages, or to all, where it is not what was shown last. */
  showOnline(to: readonly Page[] = this.all()): void {
    const online = this.online();
    const shown = online.join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.push(to, { type: 'presence', online });
  }

  push(to: readonly Page[], what: Push): void {
    const gone = to.filter((page) => !handOver(page, what));
    if (gone.length > 0) this.remove(gone);
  }

  clear(): void {
    this.#open.clear();
  }
}

function handOver(page: Page, what: Push): boolean {
  try {
    return page.send(what) !== false;
  } catch {
    return false;
  }
}

/** Says a number at once when it has been quiet, and else once at the end of the moment that runs. */
function gather(say: (numbers: readonly number[]) => void) {
  const waiting = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    const numbers = [...waiting];
    waiting.clear();
    timer = numbers.length > 0 ? setTimeout(next, GATHER_MS) : undefined;
    if (numbers.length > 0) say(numbers);
  };
  return {
    add(number: number): void {
      waiting.add(number);
      if (!timer) next();
    },
    stop: () => clearTimeout(timer),
  };
}
