import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform, Inbox, Ref } from '#src/chat/platform.ts';
import { clean, cleanLine } from '#src/chat/text.ts';
import { ProviderError, UserError } from '#src/errors.ts';

import { botRoom, place, PLATFORM, type Chat, type Visitor } from './chat.ts';
import { LIMITS } from './fit.ts';
import { makeLive, type Connection, type Send } from './live.ts';
import { makeReceive } from './receive.ts';
import { spoken } from './render.ts';
import type { StoredMessage, StoredRoom, WebStore } from './store.ts';
import { mayEnter } from './visible.ts';

export interface WebChatDeps {
  readonly store: WebStore;
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
}

/** The built-in chat: a platform for the engine, and doors for the web server in front of it. */
export interface WebChat {
  readonly platform: ChatPlatform;
  /** Answers a request of the page below /web. Rejects only for a bug or a lost database. */
  handle(request: Request, who: Visitor): Promise<Response>;
  /** A page has opened its socket. */
  connect(who: Visitor, send: Send): Connection;
  broadcastIncident(number: number): void;
}

export function makeWebChat({ store, publicUrl, now, report }: WebChatDeps): WebChat {
  const pending = new Set<Promise<unknown>>();
  let inbox: Inbox | null = null;

  const later = (work: Promise<unknown>) => {
    const done = work.catch(report).finally(() => pending.delete(done));
    pending.add(done);
  };
  const live = makeLive({ store, now, later });
  const chat: Chat = {
    store,
    live,
    now,
    later,
    inbox() {
      if (!inbox) throw new UserError('busy', 'The program is starting or stopping. Try again in a moment.');
      return inbox;
    },
  };

  return {
    platform: {
      name: PLATFORM,
      limits: LIMITS,
      async start(ear) {
        inbox = ear;
      },
      async stop() {
        inbox = null;
        while (pending.size > 0) await Promise.allSettled(pending);
        live.close();
      },
      ...rooms(chat, publicUrl),
      ...messages(chat),
    },
    handle: makeReceive(chat),
    connect: (who, send) => live.connect(who, send),
    broadcastIncident: (number) => live.showIncident(number),
  };
}

type Rooms = Pick<ChatPlatform, 'openRoom' | 'setTopic' | 'archiveRoom' | 'reviveRoom' | 'invite'>;

/** A room is known by its name: its id says what it is about, in addresses as well. */
function rooms({ store, live, later, now }: Chat, publicUrl: string): Rooms {
  async function change(room: Ref, to: { topic: string } | { archivedAt: Date | null }): Promise<void> {
    await roomOf(store, room);
    if (await store.changeRoom(room.id, to)) later(live.showRoom(room.id));
  }

  return {
    async openRoom(wanted) {
      const id = roomName(wanted.name);
      const topic = cleanLine(wanted.topic === '' ? wanted.title : wanted.topic, LIMITS.topic);
      const at = now();
      const { fresh } = await store.openRoom({ id, kind: 'room', name: id, topic, members: [], at });
      if (fresh) later(live.showRoom(id));
      return { platform: PLATFORM, id, name: id, url: `${publicUrl}/rooms/${encodeURIComponent(id)}` };
    },
    setTopic: (room, topic) => change(room, { topic: cleanLine(topic, LIMITS.topic) }),
    archiveRoom: (room) => change(room, { archivedAt: now() }),
    reviveRoom: (room) => change(room, { archivedAt: null }),
    async invite(room, people) {
      await roomOf(store, room);
      const ids = people.filter((it) => it.platform === PLATFORM).map((it) => it.id);
      if ((await store.addMembers(room.id, ids)).length > 0) later(live.showRoom(room.id));
    },
  };
}

type Messages = Pick<ChatPlatform, 'post' | 'edit' | 'replyTo' | 'whisper' | 'direct'>;

function messages(chat: Chat): Messages {
  const { store, live, now } = chat;

  async function say(room: string, message: Message, options: SayOptions): Promise<Ref> {
    const { key, threadOf = null, onlyFor = null, pinned = false } = options;
    const said = { ...spoken(message), room, key: `bot:${key}`, threadOf, onlyFor, pinned };
    const placed = await place(chat, { ...said, author: null, at: now() });
    if (!placed) throw gone(`there is no room ${room}, or nobody called ${onlyFor ?? ''}`);
    return { platform: PLATFORM, id: String(placed.message.id) };
  }

  return {
    post: (room, message, { key, pin = false }) => say(room.id, message, { key, pinned: pin }),
    async edit(posted, message) {
      const { id, room } = await messageOf(store, posted);
      const changed = await store.rewrite(id, { ...spoken(message), at: now() });
      if (changed) live.showMessage(changed, await roomOf(store, { platform: PLATFORM, id: room }));
    },
    async replyTo(posted, message, { key }) {
      const { id, room, threadOf, onlyFor } = await messageOf(store, posted);
      return await say(room, message, { key, threadOf: threadOf ?? id, onlyFor });
    },
    async whisper(person, room, message, { key }) {
      if (!mayEnter(person.id, await roomOf(store, room))) throw gone(`${person.id} is not in that room`);
      await say(room.id, message, { key, onlyFor: person.id });
    },
    async direct(person, message, { key }) {
      if (!(await store.findPerson(person.id))) throw gone(`there is nobody called ${person.id}`);
      return await say(await botRoom(chat, person.id), message, { key });
    },
  };
}

interface SayOptions {
  readonly key: string;
  readonly threadOf?: number | null;
  readonly onlyFor?: string | null;
  readonly pinned?: boolean;
}

async function roomOf(store: WebStore, room: Ref): Promise<StoredRoom> {
  const found = await store.findRoom(room.id);
  if (!found) throw gone(`there is no room ${room.id}`);
  return found;
}

async function messageOf(store: WebStore, posted: Ref): Promise<StoredMessage> {
  const found = /^\d{1,15}$/.test(posted.id) ? await store.findMessage(Number(posted.id)) : null;
  if (!found) throw gone(`there is no message ${posted.id}`);
  return found;
}

/** Lower-case letters, digits, hyphens and underscores, so that it can be typed and stand in an address. */
function roomName(name: string): string {
  const words = clean(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
  const fitting = words.replace(/^-+/, '').slice(0, LIMITS.roomName).toWellFormed();
  const id = fitting.replace(/[-\uFFFD]+$/, '');
  if (id === '') throw gone('a room needs a name with a letter or a digit in it');
  return id;
}

function gone(why: string): ProviderError {
  return new ProviderError(PLATFORM, why, { retry: false });
}
