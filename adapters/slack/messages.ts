import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import type { Urgency } from '#src/chat/queueing.ts';
import { ProviderError } from '#src/errors.ts';

import { channelOf, findPlace, messageRef, PLATFORM, placeOf, type Chat, type Place } from './chat.ts';
import { emojiName } from './emoji.ts';
import { removeFile } from './files.ts';
import { inRoom } from './members.ts';
import { dmWith, nobody } from './people.ts';
import { render, type Drawn } from './render.ts';
import { isUserId } from './text.ts';
import { unless, wordOf } from './trouble.ts';

type Messages = Pick<ChatPlatform, 'post' | 'edit' | 'remove' | 'replyTo' | 'whisper' | 'direct' | 'react'>;

export function messages(chat: Chat): Messages {
  const { api } = chat;
  return {
    async post(room, message, { key, pin = false }) {
      const place = await send(chat, { channel: channelOf(room), message, key, thread: null });
      if (pin) await pinOnce(chat, place, key);
      return messageRef(place);
    },
    async edit(posted, message) {
      const { channel, ts } = placeOf(posted);
      const args = {
        channel,
        ts,
        ...shown(await render(message, chat.presses)),
        parse: 'none',
        link_names: false,
      };
      const update = () => api.call('chat.update', args, { merge: `edit ${channel}:${ts}` });
      // What is in an archived room stays as it was when it was put away.
      await unless(['is_archived', 'is_inactive'], () => inRoom(chat, channel, update));
    },
    async remove(posted) {
      const place = findPlace(posted);
      if (!place) return;
      if (await removeFile(chat, place)) return;
      const { channel, ts } = place;
      const gone = ['message_not_found', 'channel_not_found'];
      await unless(gone, () => api.call('chat.delete', { channel, ts }));
    },
    async replyTo(posted, message, { key }) {
      const { channel, ts, thread } = placeOf(posted);
      return messageRef(await send(chat, { channel, message, key, thread: thread ?? ts }));
    },
    async whisper(person, room, message, { key }) {
      const channel = channelOf(room);
      await chat.store.once(key, async () => {
        await whisperTo(chat, person.id, { channel, thread: null }, await render(message, chat.presses));
        return true;
      });
    },
    async direct(person, message, { key }) {
      const channel = await dmWith(chat, person.id);
      return messageRef(await send(chat, { channel, message, key, thread: null }));
    },
    async react(posted, emoji, on) {
      const { channel, ts: timestamp } = placeOf(posted);
      const name = emojiName(emoji);
      if (name === null) {
        throw new ProviderError(PLATFORM, `no name is known for the emoji ${emoji}`, { retry: false });
      }
      const method = on ? 'reactions.add' : 'reactions.remove';
      const args = { channel, timestamp, name };
      const react = () => api.call(method, args, { urgency: 'rest' });
      await unless(['already_reacted', 'no_reaction'], () => inRoom(chat, channel, react));
    },
  };
}

interface Sending {
  readonly channel: string;
  readonly message: Message;
  readonly key: string;
  readonly thread: string | null;
  readonly urgency?: Urgency;
}

/** Says it once for each key, also when an earlier try ended nobody knows how: then it is looked for first. */
export async function send(
  chat: Chat,
  { channel, message, key, thread, urgency = 'message' }: Sending,
): Promise<Place> {
  const ts = await chat.store.once<string>(key, async (isRepeat) => {
    const found = isRepeat ? await findPosted(chat, channel, thread, key) : null;
    if (found !== null) return found;
    const args = {
      channel,
      ...shown(await render(message, chat.presses)),
      ...quietly,
      ...(thread === null ? {} : { thread_ts: thread }),
      metadata: { event_type: EVENT_TYPE, event_payload: { key } },
    };
    const post = () => chat.api.call<{ ts: string }>('chat.postMessage', args, { urgency });
    return (await inRoom(chat, channel, post)).ts;
  });
  return { channel, ts, thread };
}

/** For one person in a room; where they are not in it, to them alone. */
export async function whisperTo(
  chat: Chat,
  user: string,
  { channel, thread }: { readonly channel: string; readonly thread: string | null },
  drawn: Drawn,
): Promise<void> {
  if (!isUserId(user)) throw nobody(user);
  const args = { channel, user, ...shown(drawn), ...(thread === null ? {} : { thread_ts: thread }) };
  const whisper = () => chat.api.call('chat.postEphemeral', args, { urgency: 'person' });
  try {
    await inRoom(chat, channel, whisper);
  } catch (error) {
    if (!ELSEWHERE.has(wordOf(error) ?? '')) throw error;
    const dm = await dmWith(chat, user);
    await chat.api.call(
      'chat.postMessage',
      { channel: dm, ...shown(drawn), ...quietly },
      { urgency: 'person' },
    );
  }
}

/** The person, or the bot, is not where it should be whispered. */
const ELSEWHERE = new Set(['user_not_in_channel', 'channel_not_found', 'is_archived', 'not_in_channel']);

/** No previews of addresses, and no names or channels made of bare words. */
const quietly = { unfurl_links: false, unfurl_media: false, link_names: false, mrkdwn: false } as const;

/** Slack keeps this with the message, for programs only. */
const EVENT_TYPE = 'posted_by_key';

function shown({ text, blocks }: Drawn) {
  return { text, blocks };
}

interface History {
  readonly messages: readonly {
    readonly ts: string;
    readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly key?: string } };
  }[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

/** So many pages of 200 messages are looked through: a try that was cut off is not long ago. */
const PAGES = 5;

async function findPosted(
  chat: Chat,
  channel: string,
  thread: string | null,
  key: string,
): Promise<string | null> {
  const method = thread === null ? 'conversations.history' : 'conversations.replies';
  const about = {
    channel,
    ...(thread === null ? {} : { ts: thread }),
    limit: 200,
    include_all_metadata: true,
  };
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const args = { ...about, ...(cursor === '' ? {} : { cursor }) };
    const { messages: some, response_metadata: more } = await inRoom(chat, channel, () =>
      chat.api.call<History>(method, args),
    );
    const found = some.find(
      ({ metadata }) => metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key,
    );
    if (found) return found.ts;
    cursor = more?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null;
}

/** A pin that cannot be set is no reason to hold the message back. */
async function pinOnce(chat: Chat, { channel, ts }: Place, key: string): Promise<void> {
  const pin = () => chat.api.call('pins.add', { channel, timestamp: ts }, { urgency: 'rest' });
  await chat.store.once(`pin:${key}`, async () => {
    try {
      await unless(['already_pinned'], () => inRoom(chat, channel, pin));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.retry) throw error;
      chat.report(error);
    }
    return true;
  });
}
