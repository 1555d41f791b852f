import { createHash } from 'node:crypto';

import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { clean } from '#src/chat/text.ts';

import { BOT, botRoom, place, PLATFORM, type Chat } from './chat.ts';
import { fileName } from './files.ts';
import { foundMessage, gone, messageOf, roomOf } from './find.ts';
import { fileIdsOf, NOTHING, spoken, written } from './render.ts';
import type { StoredMessage } from './store.ts';
import { mayEnter } from './visible.ts';

type Messages = Pick<
  ChatPlatform,
  'post' | 'edit' | 'remove' | 'replyTo' | 'whisper' | 'direct' | 'react' | 'attach' | 'fetchFile'
>;

export function messages(chat: Chat): Messages {
  return { ...posting(chat), ...changing(chat), ...files(chat) };
}

function posting(chat: Chat): Pick<Messages, 'post' | 'replyTo' | 'whisper' | 'direct'> {
  const { store, now } = chat;

  async function say(room: string, message: Message, options: SayOptions): Promise<Ref> {
    const { key, threadOf = null, onlyFor = null, pinned = false } = options;
    const said = { ...spoken(message), room, key: `bot:${key}`, threadOf, onlyFor, pinned };
    const placed = await place(chat, { ...said, author: null, at: now() });
    if (!placed) throw gone(`there is no room ${room}, or nobody called ${onlyFor ?? ''}`, 'room');
    return { platform: PLATFORM, id: String(placed.message.id) };
  }

  return {
    post: (room, message, { key, pin = false }) => say(room.id, message, { key, pinned: pin }),
    async replyTo(posted, message, { key }) {
      const { id, room, threadOf, onlyFor } = await messageOf(store, posted);
      return await say(room, message, { key, threadOf: threadOf ?? id, onlyFor });
    },
    async whisper(person, room, message, { key }) {
      if (!mayEnter(person.id, await roomOf(store, room))) {
        throw gone(`${person.id} is not in that room`, 'person');
      }
      await say(room.id, message, { key, onlyFor: person.id });
    },
    async direct(person, message, { key }) {
      if (!(await store.findPerson(person.id))) throw gone(`there is nobody called ${person.id}`, 'person');
      return await say(await botRoom(chat, person.id), message, { key });
    },
  };
}

function changing({ store, live, now }: Chat): Pick<Messages, 'edit' | 'remove' | 'react'> {
  async function show(changed: StoredMessage | null): Promise<void> {
    if (changed) live.showMessage(changed, await roomOf(store, { platform: PLATFORM, id: changed.room }));
  }

  const last = new Map<string, Promise<void>>();

  async function inTurn(id: string, act: () => Promise<void>): Promise<void> {
    const before = last.get(id) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(act);
    last.set(id, mine);
    try {
      await mine;
    } finally {
      if (last.get(id) === mine) last.delete(id);
    }
  }

  return {
    // In the order in which they are asked for, or an older text could be written last.
    edit: (posted, message) =>
      inTurn(posted.id, async () => {
        const { id } = await messageOf(store, posted);
        await show(await store.rewrite(id, { ...spoken(message), at: now() }));
      }),
    async remove(posted) {
      const message = await foundMessage(store, posted);
      if (!message) return;
      await show(await store.wipe(message.id, { ...NOTHING, at: now() }));
      await store.removeFiles(fileIdsOf(message));
    },
    async react(posted, emoji, on) {
      const { id } = await messageOf(store, posted);
      await show(await store.react(id, { emoji, person: BOT, on, at: now() }));
    },
  };
}

function files(chat: Chat): Pick<Messages, 'attach' | 'fetchFile'> {
  const { store, now } = chat;
  return {
    async attach(room, file, { key, words }) {
      await roomOf(store, room);
      const id = fileId(key);
      const name = fileName(file.name);
      await store.addFile({ ...file, id, name, room: room.id, at: now() });
      const info = [{ id, name, type: file.type, size: file.bytes.length }];
      const said = { ...written(clean(words), info), room: room.id, key: `bot:${key}`, threadOf: null };
      const placed = await place(chat, { ...said, author: null, onlyFor: null, at: now(), pinned: false });
      if (!placed) throw gone(`there is no room ${room.id}`, 'room');
      return { platform: PLATFORM, id: String(placed.message.id) };
    },
    async fetchFile(file) {
      const found = await store.findFile(file.id);
      if (!found) throw gone(`there is no file ${file.id}`);
      return found.bytes;
    },
  };
}

interface SayOptions {
  readonly key: string;
  readonly threadOf?: number | null;
  readonly onlyFor?: string | null;
  readonly pinned?: boolean;
}

/** The same key is the same file. */
function fileId(key: string): string {
  return createHash('sha256').update(`file:${key}`).digest('base64url').slice(0, 32);
}
