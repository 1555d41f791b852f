import type {
  Message,
  MessageView,
  MessagesView,
  Part,
  Push,
  RoomView,
  RoomsView,
  Text,
} from '#adapters/web/protocol.ts';
import { plainMessage } from '#src/chat/message.ts';

import type { FakePerson, SeenMessage, SeenRoom } from './fake-platform.ts';
import type { WebWire } from './web-wire.ts';

/** What stands on one person's page: what it was answered and pushed, kept up to date by itself. */
export class WebMirror {
  readonly person: FakePerson;
  /** How often something new came. */
  news = 0;
  readonly #wire: WebWire;
  readonly #known: readonly FakePerson[];
  readonly #rooms = new Map<string, RoomView>();
  readonly #messages = new Map<string, readonly MessageView[]>();
  readonly #below = new Map<number, readonly MessageView[]>();
  readonly #files = new Map<string, Uint8Array>();
  readonly #stale = new Set<string>();
  #connection: { close(): void } | undefined;
  #reading: Promise<void> | undefined;

  constructor(wire: WebWire, person: FakePerson, known: readonly FakePerson[]) {
    this.#wire = wire;
    this.person = person;
    this.#known = known;
  }

  /** Opens the page. */
  connect(): void {
    this.#connection?.close();
    this.#connection = this.#wire.connect(this.person.id, (push) => this.#pushed(push));
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Asks for everything again. */
  async look(): Promise<void> {
    for (const { id } of await this.#readRooms()) this.#stale.add(id);
    await this.#catchUp();
  }

  messages(room: string): readonly SeenMessage[] {
    const shown = (this.#messages.get(room) ?? []).filter((it) => it.threadOf === null && !it.deleted);
    return shown.map((it) => this.#seen(it));
  }

  below(message: string): readonly SeenMessage[] {
    const [, ...answers] = this.#below.get(Number(message)) ?? [];
    return answers.filter((it) => !it.deleted).map((it) => this.#seen(it));
  }

  /** The conversation with the bot. */
  direct(): readonly SeenMessage[] {
    const own = [...this.#rooms.values()].find((it) => it.kind === 'direct' && it.members.length === 1);
    return own ? this.messages(own.id).map((it) => ({ ...it, private: true })) : [];
  }

  rooms(): readonly SeenRoom[] {
    return [...this.#rooms.values()].filter(({ kind }) => kind === 'room').map(seenRoom);
  }

  room(id: string): SeenRoom | null {
    const found = this.#rooms.get(id);
    return found ? seenRoom(found) : null;
  }

  /** The newest message whose drawing has this part. */
  find<T>(
    room: string,
    pick: (part: Part, at: number) => T | null,
  ): { message: MessageView; found: T } | null {
    const direct = [...this.#rooms.values()].filter((it) => it.kind === 'direct').map((it) => it.id);
    const all = [room, ...direct].flatMap((it) => this.#messages.get(it) ?? []);
    const threads = all.flatMap((it) => (this.#below.get(it.id) ?? []).slice(1));
    for (const message of [...all, ...threads].toSorted((a, b) => b.id - a.id)) {
      if (message.body.type !== 'message' || message.deleted) continue;
      for (const [at, part] of message.body.message.parts.entries()) {
        const found = pick(part, at);
        if (found !== null) return { message, found };
      }
    }
    return null;
  }

  #pushed(push: Push): void {
    this.news += 1;
    if (push.type === 'room') {
      // Who is let in sees what was written before.
      if (!this.#rooms.has(push.room.id)) this.#stale.add(push.room.id);
      this.#rooms.set(push.room.id, push.room);
    }
    if (push.type === 'message') this.#stale.add(push.message.room);
    if (push.type === 'hello') void this.look().catch(() => {});
    else if (push.type === 'message' || push.type === 'room') void this.#catchUp().catch(() => {});
  }

  async #catchUp(): Promise<void> {
    // Somebody else may have begun to read what was stale to us, and has not read it yet.
    while (this.#reading !== undefined || this.#stale.size > 0) {
      this.#reading ??= this.#readStale().finally(() => (this.#reading = undefined));
      await this.#reading;
    }
  }

  async #readStale(): Promise<void> {
    const rooms = [...this.#stale];
    this.#stale.clear();
    if (rooms.some((it) => !this.#rooms.has(it))) await this.#readRooms();
    for (const room of rooms) await this.#readRoom(room);
    this.news += 1;
  }

  async #readRooms(): Promise<readonly RoomView[]> {
    const { status, body } = await this.#wire.request(this.person.id, 'GET', '/web/rooms');
    if (status !== 200) return [];
    const { rooms } = body as RoomsView;
    this.#rooms.clear();
    for (const room of rooms) this.#rooms.set(room.id, room);
    return rooms;
  }

  async #readRoom(room: string): Promise<void> {
    const messages = await this.#page(`/web/rooms/${encodeURIComponent(room)}/messages`);
    for (const { id, replies } of messages) {
      if (replies > 0) this.#below.set(id, await this.#page(`/web/messages/${id}/thread`));
    }
    for (const { id } of messages.flatMap(({ files }) => files)) {
      if (!this.#files.has(id)) {
        this.#files.set(id, await this.#wire.download(this.person.id, `/web/files/${id}`));
      }
    }
    this.#messages.set(room, messages);
  }

  async #page(path: string): Promise<readonly MessageView[]> {
    const { status, body } = await this.#wire.request(this.person.id, 'GET', path);
    return status === 200 ? (body as MessagesView).messages : [];
  }

  #seen(message: MessageView): SeenMessage {
    const { body } = message;
    const parts = body.type === 'message' ? body.message.parts : [];
    const named = body.type === 'message' ? parts.flatMap(peopleIn) : mentionsIn(body.text);
    return {
      id: String(message.id),
      room: message.room,
      text: body.type === 'words' ? body.text : textOf(body.message),
      author: message.author?.id ?? 'bot',
      buttons: parts.flatMap((it) => (it.type === 'buttons' ? it.buttons.map(({ label }) => label) : [])),
      options: parts.flatMap((it) =>
        it.type === 'select' ? it.select.options.map(({ label }) => label) : [],
      ),
      notified: this.#known.map(({ id }) => id).filter((id) => named.includes(id)),
      links: parts.flatMap(linksIn),
      pinned: message.pinned,
      private: message.private,
      reactions: Object.fromEntries(message.reactions.map(({ emoji, people }) => [emoji, people.length])),
      files: message.files.map(({ id, name }) => ({ name, bytes: this.#files.get(id) ?? new Uint8Array() })),
    };
  }
}

function seenRoom({ id, name, topic, archived, members, private: isPrivate }: RoomView): SeenRoom {
  return { id, name, topic, archived, private: isPrivate, members, bookmarks: [] };
}

/** What a reader reads in a message. */
function textOf(message: Message): string {
  const parts = message.parts.filter((it) => it.type !== 'buttons' && it.type !== 'select');
  return plainMessage({ ...message, parts });
}

function textsIn(part: Part): readonly Text[] {
  if (part.type === 'text' || part.type === 'context') return [part.text];
  if (part.type === 'fields') return part.fields.map(({ value }) => value);
  return part.type === 'list' ? part.items : [];
}

function peopleIn(part: Part): string[] {
  return textsIn(part).flatMap((text) =>
    typeof text === 'string'
      ? []
      : text.flatMap((it) => (typeof it !== 'string' && it.type === 'person' ? [it.id] : [])),
  );
}

function linksIn(part: Part): string[] {
  return textsIn(part).flatMap((text) =>
    typeof text === 'string'
      ? []
      : text.flatMap((it) => (typeof it !== 'string' && it.type === 'link' ? [it.url] : [])),
  );
}

/** As the page draws them: `@bo` where it does not stand in a word. */
function mentionsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\p{L}\p{N}_@./-])@([a-z0-9][a-z0-9_-]*)/giu)].map(([, id = '']) => id);
}
