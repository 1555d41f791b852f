import { MessageFlags, type APIMessage } from 'discord-api-types/v10';

import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import { codeOf, type Api } from './api.ts';
import { makeFetchFile } from './files.ts';
import { LIMITS, MAX, PLATFORM } from './limits.ts';
import { latest, type Priority } from './pace.ts';
import type { Places } from './places.ts';
import { markOf, mentioning, render, type Body, type Drawing } from './render.ts';
import { drawn } from './text.ts';

export interface MessagesDeps {
  readonly api: Api;
  readonly apiUrl: string;
  readonly store: PlatformStore;
  readonly drawing: Drawing;
  readonly places: Places;
  /** The bot's own id. */
  readonly botId: () => Promise<string>;
  /** The channel in which the bot and one person talk alone. */
  readonly directWith: (person: string) => Promise<string>;
  readonly report: (error: unknown) => void;
}

export interface Post {
  readonly channel: string;
  readonly key: string;
  readonly message: Message;
  /** The message that it answers, where it cannot stand in a thread below it. */
  readonly answers?: string;
  readonly priority?: Priority;
}

export type Messages = Pick<
  ChatPlatform,
  'post' | 'edit' | 'remove' | 'replyTo' | 'whisper' | 'direct' | 'react' | 'attach' | 'fetchFile'
> & {
  /** Posts once per key; answers the reference of the message. */
  say(post: Post & { readonly body?: (key: string) => Promise<Body> }): Promise<Ref>;
};

const THREAD_EXISTS = 160004;
const THREAD_ARCHIVED = 50083;
const NO_SUCH_REACTION = 10014;

export function makeMessages(deps: MessagesDeps): Messages {
  const { api, store, drawing, places, directWith } = deps;
  const say = makeSay(deps);

  const change = latest<Message>(async (id, take) => {
    const { channel, message } = messageOf({ platform: PLATFORM, id });
    const body = async () => await render(take(), drawing);
    const params = { channel_id: channel, message_id: message };
    await inOpenThread(api, channel, () => api.call('edit', params, { body, priority: 'card' }));
  });

  async function below(posted: Ref, message: Message, key: string): Promise<Ref> {
    const { channel, message: root } = messageOf(posted);
    if (!(await places.hasThreads(channel))) return await say({ channel, key, message, answers: root });
    await store.once(`thread:${root}`, () => openBelow(api, channel, root, message.summary));
    return await say({ channel: root, key, message });
  }

  return {
    say,
    async post(room, message, { key, pin = false }) {
      const posted = await say({ channel: channelOf(room), key: `post:${key}`, message, priority: 'card' });
      if (pin) await store.once(`pin:${key}`, () => pinned(deps, posted));
      return posted;
    },
    async edit(posted, message) {
      messageOf(posted);
      await change(posted.id, message);
    },
    async remove(posted) {
      const at = partsOf(posted);
      if (!at) return;
      try {
        await api.call('remove', { channel_id: at.channel, message_id: at.message });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
    replyTo: (posted, message, { key }) => below(posted, message, `below:${key}`),
    async whisper(person, _room, message, { key }) {
      await say({ channel: await directWith(person.id), key: `whisper:${key}`, message });
    },
    async direct(person, message, { key }) {
      return await say({ channel: await directWith(person.id), key: `direct:${key}`, message });
    },
    async react(posted, emoji, on) {
      const { channel, message } = messageOf(posted);
      const params = { channel_id: channel, message_id: message, emoji_name: emoji };
      try {
        await inOpenThread(api, channel, () => api.call(on ? 'react' : 'unreact', params));
      } catch (error) {
        if (on || codeOf(error) !== NO_SUCH_REACTION) throw error;
      }
    },
    attach: makeAttach(deps),
    fetchFile: makeFetchFile({ api, apiUrl: deps.apiUrl }),
  };
}

/** `channel:message`. Throws ProviderError for what is none. */
export function messageOf(posted: Ref): { readonly channel: string; readonly message: string } {
  const parts = partsOf(posted);
  if (parts) return parts;
  throw new ProviderError(PLATFORM, `there is no message ${posted.id}`, { retry: false, gone: 'message' });
}

export function messageRef(channel: string, message: string): Ref {
  return { platform: PLATFORM, id: `${channel}:${message}` };
}

/** Throws ProviderError for what can be no channel. */
export function channelOf(room: Ref): string {
  if (/^\d{1,20}$/.test(room.id)) return room.id;
  throw new ProviderError(PLATFORM, `there is no room ${room.id}`, { retry: false, gone: 'room' });
}

function partsOf({ id }: Ref) {
  const [, channel, message] = /^(\d{1,20}):(\d{1,20})$/.exec(id) ?? [];
  return channel !== undefined && message !== undefined ? { channel, message } : null;
}

function makeSay({ api, store, drawing, botId }: MessagesDeps): Messages['say'] {
  return async ({ channel, key, message, answers, priority = 'later', body: given }) => {
    const id = await store.once(key, async (isRepeat) => {
      const body = given ? await given(key) : await render(message, drawing, { key });
      const before = isRepeat ? await found(channel, (it) => isMarked(it, key)) : null;
      const reference = answers === undefined ? null : { message_id: answers, fail_if_not_exists: false };
      const sent =
        before ??
        (await api.call(
          'post',
          { channel_id: channel },
          {
            body: { ...body, ...nonceOf(key), ...(reference ? { message_reference: reference } : null) },
            priority,
          },
        ));
      return messageRef(channel, sent.id).id;
    });
    return { platform: PLATFORM, id };
  };

  /** Among the last messages of the bot. */
  async function found(channel: string, isIt: (message: APIMessage) => boolean): Promise<APIMessage | null> {
    return await lastOwn({ api, botId }, channel, isIt);
  }
}

async function lastOwn(
  { api, botId }: Pick<MessagesDeps, 'api' | 'botId'>,
  channel: string,
  isIt: (message: APIMessage) => boolean,
): Promise<APIMessage | null> {
  const own = await botId();
  const last = await api.call('messages', { channel_id: channel }, { query: { limit: '100' } });
  return last.find((it) => it.author.id === own && isIt(it)) ?? null;
}

function isMarked({ components = [] }: APIMessage, key: string): boolean {
  return components[0]?.id === markOf(key);
}

/** Discord answers a repeat of it, within some minutes, with the message that is there already. */
function nonceOf(key: string): { readonly nonce: string; readonly enforce_nonce: true } {
  return {
    nonce: String(markOf(`nonce:${key}`))
      .concat(String(markOf(key)))
      .slice(0, MAX.nonce),
    enforce_nonce: true,
  };
}

/** A pin that cannot be set is no reason to hold the message back: the right may be missing, or the room is full of pins. */
async function pinned({ api, report }: MessagesDeps, posted: Ref): Promise<boolean> {
  const { channel, message } = messageOf(posted);
  try {
    await api.call('pin', { channel_id: channel, message_id: message }, { priority: 'card' });
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.retry) throw error;
    report(error);
    return false;
  }
}

/** A thread below a message has the id of the message. */
async function openBelow(api: Api, channel: string, message: string, summary: string): Promise<boolean> {
  const name = cleanLine(summary, LIMITS.roomName) || 'More about this';
  try {
    await api.call('threadBelow', { channel_id: channel, message_id: message }, { body: { name } });
  } catch (error) {
    if (codeOf(error) !== THREAD_EXISTS) throw error;
  }
  return true;
}

/** In a thread that fell asleep nothing can be changed: it is woken for it, and put to sleep again. */
export async function inOpenThread<T>(api: Api, channel: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== THREAD_ARCHIVED) throw error;
  }
  const sleep = (archived: boolean) =>
    api.call('changeChannel', { channel_id: channel }, { body: { archived } });
  await sleep(false);
  try {
    return await work();
  } finally {
    await sleep(true);
  }
}

function makeAttach({ api, store, botId }: MessagesDeps): ChatPlatform['attach'] {
  return async (room, file, { key, words }) => {
    const channel = channelOf(room);
    if (file.bytes.length > LIMITS.file) {
      const why = `${file.name} is larger than the ${LIMITS.file / 1024 / 1024} MB that Discord takes`;
      throw new ProviderError(PLATFORM, why, { retry: false });
    }
    const name = cleanLine(file.name, 200).replaceAll(/[/\\]/g, '_') || 'file';
    const body = {
      content: drawn(words, MAX.content),
      attachments: [{ id: 0, filename: name }],
      flags: MessageFlags.SuppressEmbeds,
      allowed_mentions: mentioning({ parts: [] }),
      ...nonceOf(`attach:${key}`),
    };
    const id = await store.once(`attach:${key}`, async (isRepeat) => {
      const isIt = ({ content, attachments }: APIMessage) =>
        content.trim() === body.content.trim() && attachments.some(({ size }) => size === file.bytes.length);
      const before = isRepeat ? await lastOwn({ api, botId }, channel, isIt) : null;
      const files = [{ name, data: file.bytes, contentType: file.type }];
      const sent = before ?? (await api.call('attach', { channel_id: channel }, { body, files }));
      return messageRef(channel, sent.id).id;
    });
    return { platform: PLATFORM, id };
  };
}

function isGone(error: unknown): boolean {
  return error instanceof ProviderError && error.gone !== undefined;
}
