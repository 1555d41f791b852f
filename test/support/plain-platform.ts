import { setTimeout as sleep } from 'node:timers/promises';

import { plainMessage, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, Limits, OpenedRoom, Ref, WantedRoom } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

interface PlainMessage {
  readonly id: string;
  readonly key: string;
  text: string;
  readonly pinned: boolean;
  edits: number;
  isDeleted: boolean;
  /** The message it hangs below. */
  readonly below: string | null;
  readonly reactions: Set<string>;
  readonly bytes: Uint8Array | null;
}

interface PlainRoom {
  readonly id: string;
  readonly wanted: WantedRoom;
  topic: string;
  isArchived: boolean;
  isDeleted: boolean;
  readonly members: string[];
  readonly messages: PlainMessage[];
}

const FRESH = { pinned: false, edits: 0, isDeleted: false, below: null, bytes: null } as const;

const LIMITS: Limits = {
  roomName: 60,
  topic: 200,
  message: 4000,
  buttons: 25,
  formFields: 5,
  commands: 'slash command',
  completion: false,
  privateReply: 'in the room',
  form: 'opens at once',
  formErrors: 'at the field',
  room: 'channel',
  privateRooms: true,
  liveTopic: true,
  archive: 'archived',
  threads: true,
  pins: true,
  bookmarks: true,
  reactions: true,
  file: 1_000_000,
  emails: true,
};

/**
 * A chat platform in memory that can fail in every way the port knows. It counts
 * its calls, does everything once per key, and takes nothing in a room that was put away.
 */
export class PlainPlatform implements ChatPlatform {
  readonly socket = null;
  readonly name: string;
  readonly limits: Limits;
  /** Every call but `check`, in order: the method, and the room or message it was for. */
  readonly calls: { readonly method: string; readonly on: string }[] = [];
  readonly rooms: PlainRoom[] = [];
  /** What was said to single people, in order. */
  readonly directs: { readonly to: string; readonly text: string }[] = [];
  /** The members of each group, as they were last set. */
  readonly groups = new Map<string, readonly string[]>();
  /** Names that belong to somebody else. */
  readonly taken = new Set<string>();
  /** People who have left. */
  readonly gone = new Set<string>();
  /** What each call takes; those that were begun and have not ended yet, and the most there ever were. */
  delayMs = 0;
  running = 0;
  mostRunning = 0;
  /** Called in the middle of each call: whoever throws decides how it fails. */
  onCall: (method: string, on: string) => void = () => {};
  /** Calls are done, but nobody hears of it. */
  isMute = false;
  #isDown = false;
  #isStuck = false;
  readonly #keys = new Map<string, Ref>();

  constructor(name: string, limits: Partial<Limits> = {}) {
    this.name = name;
    this.limits = { ...LIMITS, ...limits };
  }

  down(): void {
    this.#isDown = true;
  }

  back(): void {
    this.#isDown = false;
  }

  /** Calls never end. */
  stuck(): void {
    this.#isStuck = true;
  }

  // Eyes and hands.

  /** The rooms of this name that are there. */
  named(name: string): PlainRoom[] {
    return this.rooms.filter((it) => it.wanted.name === name && !it.isDeleted);
  }

  /** An incident's room: the newest whose name says so. */
  of(incident: number): PlainRoom {
    const found = this.rooms.findLast((it) => it.wanted.name.startsWith(`inc-${incident}-`) && !it.isDeleted);
    if (!found) throw new Error(`${this.name} has no room of incident ${incident}`);
    return found;
  }

  has(incident: number): boolean {
    return this.rooms.some((it) => it.wanted.name.startsWith(`inc-${incident}-`) && !it.isDeleted);
  }

  /** What can be read in it, without the card. */
  said(room: PlainRoom): string[] {
    return room.messages.filter((it) => !it.isDeleted && !it.pinned).map(({ text }) => text);
  }

  card(room: PlainRoom): PlainMessage {
    const cards = room.messages.filter((it) => it.pinned && !it.isDeleted);
    if (cards.length !== 1) throw new Error(`${room.wanted.name} has ${cards.length} cards`);
    return cards[0] as PlainMessage;
  }

  lines(): string[] {
    return this.named('incidents').flatMap((it) => this.said(it));
  }

  count(method: string): number {
    return this.calls.filter((it) => it.method === method).length;
  }

  // The port.

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async check(): Promise<void> {
    if (this.#isDown) throw this.#away();
  }

  async openRoom(wanted: WantedRoom): Promise<OpenedRoom> {
    return await this.#call('openRoom', wanted.name, () => {
      if (this.taken.has(wanted.name)) throw this.#refusal(`the name ${wanted.name} is taken`);
      const room = this.named(wanted.name)[0] ?? this.#make(wanted);
      const { id } = room;
      return { platform: this.name, id, name: wanted.name, url: `https://${this.name}.example/${id}` };
    });
  }

  async setTopic(room: Ref, topic: string): Promise<void> {
    await this.#in('setTopic', room, (it) => {
      it.topic = topic;
    });
  }

  async archiveRoom(room: Ref): Promise<void> {
    await this.#call('archiveRoom', room.id, () => void (this.#find(room).isArchived = true));
  }

  async reviveRoom(room: Ref): Promise<void> {
    await this.#call('reviveRoom', room.id, () => void (this.#find(room).isArchived = false));
  }

  async invite(room: Ref, people: readonly Ref[]): Promise<void> {
    await this.#in('invite', room, (it) => {
      if (people.some(({ id }) => this.gone.has(id))) throw this.#gone('person');
      for (const { id } of people) if (!it.members.includes(id)) it.members.push(id);
    });
  }

  async post(
    room: Ref,
    message: Message,
    { key, pin = false }: { readonly key: string; readonly pin?: boolean },
  ): Promise<Ref> {
    return await this.#in('post', room, (it) => {
      const known = this.#keys.get(key);
      if (known) return known;
      const isMention = JSON.stringify(message).includes('"type":"person"');
      if (isMention && this.gone.size > 0) throw this.#gone('person');
      const id = `${it.id}.${it.messages.length + 1}`;
      const text = plainMessage(message);
      it.messages.push({ ...FRESH, reactions: new Set(), id, key, text, pinned: pin });
      const ref = { platform: this.name, id };
      this.#keys.set(key, ref);
      return ref;
    });
  }

  async edit(posted: Ref, message: Message): Promise<void> {
    await this.#call('edit', posted.id, () => {
      const room = this.rooms.find((it) => it.messages.some(({ id }) => id === posted.id));
      if (!room || room.isDeleted) throw this.#gone('room');
      const found = room.messages.find(({ id }) => id === posted.id);
      if (!found || found.isDeleted) throw this.#gone('message');
      if (room.isArchived) throw this.#refusal('the room is archived');
      found.text = plainMessage(message);
      found.edits += 1;
    });
  }

  async remove(posted: Ref): Promise<void> {
    await this.#call('remove', posted.id, () => {
      const found = this.#message(posted);
      if (found) found.isDeleted = true;
    });
  }

  async replyTo(posted: Ref, message: Message, { key }: { readonly key: string }): Promise<Ref> {
    return await this.#call('replyTo', posted.id, () => {
      const known = this.#keys.get(key);
      if (known) return known;
      const room = this.rooms.find((it) => it.messages.some(({ id }) => id === posted.id));
      if (!room) throw this.#gone('message');
      const id = `${room.id}.${room.messages.length + 1}`;
      const text = plainMessage(message);
      room.messages.push({ ...FRESH, reactions: new Set(), id, key, text, below: posted.id });
      const ref = { platform: this.name, id };
      this.#keys.set(key, ref);
      return ref;
    });
  }

  async whisper(): Promise<void> {
    throw this.#unused();
  }
  async direct(person: Ref, message: Message, { key }: { readonly key: string }): Promise<Ref> {
    return await this.#call('direct', person.id, () => {
      const known = this.#keys.get(key);
      if (known) return known;
      const ref = { platform: this.name, id: `direct-${this.directs.length + 1}` };
      this.directs.push({ to: person.id, text: plainMessage(message) });
      this.#keys.set(key, ref);
      return ref;
    });
  }
  async react(posted: Ref, emoji: string, on: boolean): Promise<void> {
    await this.#call('react', posted.id, () => {
      const found = this.#message(posted);
      if (!found || found.isDeleted) throw this.#gone('message');
      if (on) found.reactions.add(emoji);
      else found.reactions.delete(emoji);
    });
  }

  async attach(
    room: Ref,
    file: { readonly name: string; readonly bytes: Uint8Array },
    { key, words }: { readonly key: string; readonly words: string },
  ): Promise<Ref> {
    return await this.#in('attach', room, (it) => {
      const known = this.#keys.get(key);
      if (known) return known;
      const id = `${it.id}.${it.messages.length + 1}`;
      it.messages.push({ ...FRESH, reactions: new Set(), id, key, text: words, bytes: file.bytes });
      const ref = { platform: this.name, id };
      this.#keys.set(key, ref);
      return ref;
    });
  }

  async fetchFile({ id }: Ref): Promise<Uint8Array> {
    return await this.#call('fetchFile', id, () => new TextEncoder().encode(`the bytes of ${id}`));
  }

  async whois(): Promise<null> {
    return null;
  }
  async setGroup(group: string, people: readonly Ref[]): Promise<void> {
    await this.#call(
      'setGroup',
      group,
      () =>
        void this.groups.set(
          group,
          people.map(({ id }) => id),
        ),
    );
  }

  #message({ id }: Ref): PlainMessage | undefined {
    return this.rooms.flatMap((it) => it.messages).find((it) => it.id === id);
  }

  async #in<T>(method: string, ref: Ref, act: (room: PlainRoom) => T): Promise<T> {
    return await this.#call(method, ref.id, () => {
      const room = this.#find(ref);
      if (room.isArchived) throw this.#refusal('the room is archived');
      return act(room);
    });
  }

  async #call<T>(method: string, on: string, act: () => T): Promise<T> {
    this.calls.push({ method, on });
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (this.#isStuck) await new Promise<never>(() => {});
      await sleep(this.delayMs);
      if (this.#isDown) throw this.#away();
      this.onCall(method, on);
      const result = act();
      if (this.isMute) throw new ProviderError(this.name, 'the answer was lost', { retry: true });
      return result;
    } finally {
      this.running -= 1;
    }
  }

  #make(wanted: WantedRoom): PlainRoom {
    const room = {
      id: `${this.name}-room-${this.rooms.length + 1}`,
      wanted,
      topic: wanted.topic,
      isArchived: false,
      isDeleted: false,
      members: [],
      messages: [],
    };
    this.rooms.push(room);
    return room;
  }

  #find({ id }: Ref): PlainRoom {
    const room = this.rooms.find((it) => it.id === id);
    if (!room || room.isDeleted) throw this.#gone('room');
    return room;
  }

  #gone(what: 'room' | 'message' | 'person'): ProviderError {
    return new ProviderError(this.name, `that ${what} is not there any more`, { retry: false, gone: what });
  }

  #away(): ProviderError {
    return new ProviderError(this.name, 'does not answer', { retry: true });
  }

  #refusal(text: string): ProviderError {
    return new ProviderError(this.name, text, { retry: false });
  }

  #unused(): Error {
    return new Error('nothing that happens by itself does this');
  }
}
