import {
  GatewayDispatchEvents as Events,
  MessageType,
  type APIMessage,
  type GatewayMessageDeleteBulkDispatchData,
  type GatewayMessageDeleteDispatchData,
  type GatewayMessageReactionAddDispatchData,
  type GatewayMessageReactionRemoveDispatchData,
} from 'discord-api-types/v10';

import { inOrder } from '#src/chat/in-order.ts';
import { Kept, Recent } from '#src/chat/kept.ts';
import type { FileRef, Inbox, Ref, Said as PortSaid } from '#src/chat/platform.ts';
import { clean, cleanLine } from '#src/chat/text.ts';

import type { Answering } from './answer.ts';
import type { Api } from './api.ts';
import { PLATFORM } from './limits.ts';
import { messageRef } from './messages.ts';
import type { Places } from './places.ts';
import { wordsOf } from './words.ts';

/** What people write and do beside commands. */
export interface Said {
  heard(event: Events, data: unknown): void;
}

export interface SaidDeps {
  readonly api: Api;
  readonly guildId: string;
  readonly botId: () => Promise<string>;
  readonly places: Places;
  readonly answering: Pick<Answering, 'settleDirect'>;
  readonly inbox: () => Inbox;
  readonly later: (work: Promise<unknown>) => void;
}

type Reaction = GatewayMessageReactionAddDispatchData | GatewayMessageReactionRemoveDispatchData;

/** Somebody of whom Discord says nothing. */
const UNKNOWN = 'unknown';

interface Ear extends SaidDeps {
  readonly recent: Recent;
  /** Who wrote the last messages: Discord does not say it of those that are deleted. Empty: a bot. */
  readonly authors: Kept<string>;
  /** By message, person and emoji: whether it was put on last. */
  readonly reactions: Kept<{ readonly on: boolean; readonly times: number }>;
}

export function makeSaid(deps: SaidDeps): Said {
  const ear: Ear = { ...deps, recent: new Recent(), authors: new Kept(20_000), reactions: new Kept(20_000) };
  const turns = inOrder();
  /** What happens in one channel is told in its order, and never holds up another one. */
  const inTurn = (channel: string, work: () => Promise<void>) => deps.later(turns(channel, work));

  return {
    heard(event, data) {
      const hear = HEARD[event];
      const { guild_id: guild, channel_id: channel = '' } = (data ?? {}) as Where;
      if (!hear || (guild !== undefined && guild !== deps.guildId)) return;
      inTurn(channel, () => hear(ear, data, guild === undefined));
    },
  };
}

interface Where {
  readonly guild_id?: string;
  readonly channel_id?: string;
}

type Hear = (ear: Ear, data: unknown, isDirect: boolean) => Promise<void>;

/** Of what happens between the bot and one person only their words count: they are commands. */
const HEARD: Readonly<Partial<Record<Events, Hear>>> = {
  [Events.MessageCreate]: (ear, data, isDirect) => written(ear, data as APIMessage, isDirect),
  [Events.MessageUpdate]: inGuild((ear, data) => rewritten(ear, data as APIMessage)),
  [Events.MessageDelete]: inGuild((ear, data) => {
    const { channel_id: channel, id } = data as GatewayMessageDeleteDispatchData;
    return deleted(ear, channel, id);
  }),
  [Events.MessageDeleteBulk]: inGuild(async (ear, data) => {
    const { channel_id: channel, ids } = data as GatewayMessageDeleteBulkDispatchData;
    for (const id of ids) await deleted(ear, channel, id);
  }),
  [Events.MessageReactionAdd]: inGuild((ear, data) => reacted(ear, data as Reaction, true)),
  [Events.MessageReactionRemove]: inGuild((ear, data) => reacted(ear, data as Reaction, false)),
};

function inGuild(hear: (ear: Ear, data: unknown) => Promise<void>): Hear {
  return async (ear, data, isDirect) => (isDirect ? undefined : await hear(ear, data));
}

async function written(ear: Ear, message: APIMessage, isDirect: boolean): Promise<void> {
  if (!ear.recent.isNew(message.id)) return;
  const isBot = byBot(message);
  ear.authors.set(message.id, isBot ? '' : message.author.id);
  if (isBot) return;
  if (isDirect) return await direct(ear, message);
  if (message.type === MessageType.ChannelPinnedMessage) return await pinned(ear, message);
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return;
  const { room, below } = await ear.places.placeOf(message.channel_id);
  const answered = message.type === MessageType.Reply ? message.message_reference?.message_id : undefined;
  await ear.inbox().said({
    ...about(message.id, message.author.id, room, message.channel_id, message.id),
    kind: 'message',
    text: wordsOf(message),
    files: message.attachments.map((it) => fileOf(message, it)),
    below: below ?? (answered === undefined ? null : messageRef(message.channel_id, answered)),
  });
}

/** What is written to the bot alone is a command, with or without its first word. */
async function direct({ answering, inbox }: Ear, message: APIMessage): Promise<void> {
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return;
  const text = wordsOf(message)
    .replace(/^\s*\/?incident\b/i, '')
    .trim();
  const person = { platform: PLATFORM, id: message.author.id };
  const outcome = (async () =>
    await inbox().invoked({ id: message.id, person, room: null, ask: { type: 'typed', text } }))();
  await answering.settleDirect({ id: message.id, channel: message.channel_id }, outcome);
}

/** Discord says who has pinned what by a message of its own. */
async function pinned(ear: Ear, notice: APIMessage): Promise<void> {
  const { message_id: id, channel_id: channel = notice.channel_id } = notice.message_reference ?? {};
  if (id === undefined) return;
  const { room } = await ear.places.placeOf(channel);
  const message =
    notice.referenced_message ?? (await ear.api.call('message', { channel_id: channel, message_id: id }));
  await ear.inbox().said({
    ...about(notice.id, notice.author.id, room, channel, id),
    kind: 'pinned',
    text: wordsOf(message),
    by: { platform: PLATFORM, id: message.author.id },
  });
}

async function rewritten(ear: Ear, message: APIMessage): Promise<void> {
  // Discord tells of previews and pins as well, which are no edits.
  if (!message.edited_timestamp || !message.author || byBot(message)) return;
  const id = `${message.id}:${message.edited_timestamp}`;
  if (!ear.recent.isNew(id)) return;
  const { room } = await ear.places.placeOf(message.channel_id);
  await ear.inbox().said({
    ...about(id, message.author.id, room, message.channel_id, message.id),
    kind: 'edited',
    text: wordsOf(message),
  });
}

async function deleted(ear: Ear, channel: string, message: string): Promise<void> {
  const author = ear.authors.get(message) ?? UNKNOWN;
  const id = `${message}:deleted`;
  if (author === '' || !ear.recent.isNew(id)) return;
  const { room } = await ear.places.placeOf(channel);
  await ear.inbox().said({ ...about(id, author, room, channel, message), kind: 'deleted' });
}

async function reacted(ear: Ear, data: Reaction, on: boolean): Promise<void> {
  const { user_id: person, channel_id: channel, message_id: message, emoji } = data;
  if (('member' in data && data.member?.user.bot) || person === (await ear.botId())) return;
  const name = cleanLine(emoji.name ?? '', 100);
  const key = `${message}:${person}:${emoji.id ?? name}`;
  const before = ear.reactions.get(key);
  if (before?.on === on || name === '') return;
  const times = (before?.times ?? 0) + 1;
  ear.reactions.set(key, { on, times });
  const { room } = await ear.places.placeOf(channel);
  await ear.inbox().said({
    ...about(`${key}:${on ? 'on' : 'off'}:${times}`, person, room, channel, message),
    kind: 'reacted',
    emoji: emoji.id === null ? name : `:${name}:`,
    on,
    text: on ? await textOf(ear, room, channel, message) : '',
    by: authorOf(ear, data),
  });
}

/** Discord says who wrote it when an emoji is put on, but not when it is taken off. */
function authorOf({ authors }: Ear, data: Reaction): Ref | null {
  const said = 'message_author_id' in data ? data.message_author_id : undefined;
  const id = said ?? authors.get(data.message_id) ?? '';
  return id === '' ? null : { platform: PLATFORM, id };
}

/** Asked for only where it may matter: in our own rooms. */
async function textOf({ api, places }: Ear, room: Ref, channel: string, message: string): Promise<string> {
  if (!(await places.opened(room.id))) return '';
  return wordsOf(await api.call('message', { channel_id: channel, message_id: message }));
}

function about(
  id: string,
  person: string,
  room: Ref,
  channel: string,
  message: string,
): Pick<PortSaid, 'id' | 'person' | 'room' | 'message'> {
  return { id, person: { platform: PLATFORM, id: person }, room, message: messageRef(channel, message) };
}

function fileOf({ channel_id: channel, id }: APIMessage, file: APIMessage['attachments'][number]): FileRef {
  return {
    platform: PLATFORM,
    id: `${channel}:${id}:${file.id}`,
    name: cleanLine(file.filename, 200),
    type: clean(file.content_type ?? 'application/octet-stream'),
    size: file.size,
  };
}

function byBot({ author, webhook_id: webhook }: APIMessage): boolean {
  return author?.bot === true || webhook !== undefined;
}
