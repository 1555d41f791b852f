import { ChannelType, GatewayDispatchEvents as Events, MessageFlags as Flags } from 'discord-api-types/v10';

import type { Upload } from './call.ts';
import type { MessageBody } from './checks/message.ts';
import { completed } from './components.ts';
import type { Core } from './core.ts';
import { need } from './errors.ts';
import { readMarkdown } from './eyes/markdown.ts';
import { namesOf } from './eyes/names.ts';
import { idOf, textOf } from './json.ts';
import { mentionsIn, notifiedBy } from './mentions.ts';
import { messageEvent } from './message-view.ts';
import { textsOf } from './texts.ts';
import { channelJson, threadMemberJson } from './views.ts';
import type { Attachment, Channel, Json, Message } from './world.ts';

export interface Draft {
  readonly channel: Channel;
  readonly authorId: string;
  readonly body: MessageBody;
  readonly files?: readonly Upload[];
  readonly type?: number;
  readonly onlyFor?: string | null;
  readonly interaction?: Message['interaction'];
  readonly reference?: Message['reference'];
}

/** How long a nonce is remembered, in milliseconds. */
const NONCE_MS = 5 * 60_000;

/** Puts a message into a channel, and tells of it. What may be said by whom has been checked. */
export function sendMessage(core: Core, draft: Draft): Message {
  const { world } = core;
  const {
    channel,
    authorId,
    body,
    files = [],
    type = 0,
    onlyFor = null,
    interaction = null,
    reference = null,
  } = draft;
  const content = (body.content ?? '').trim();
  const loading = ((body.flags ?? 0) & Flags.Loading) !== 0;
  const isEmpty = content === '' && !body.embeds?.length && !body.components?.length && files.length === 0;
  need(!isEmpty || loading || type === 6 || type === 18 || type === 21, 50006);
  const message: Message = {
    id: world.nextId(),
    channelId: channel.id,
    authorId,
    type,
    at: world.timestamp(),
    content,
    embeds: (body.embeds ?? []).map(embedJson),
    components: completed(body.components ?? []),
    flags: (body.flags ?? 0) | (onlyFor === null ? 0 : Flags.Ephemeral),
    editedAt: null,
    attachments: attachmentsOf(core, body, files),
    mentions: { users: [], roles: [], everyone: false },
    notified: [],
    nonce: body.nonce ?? null,
    pinnedAt: null,
    reactions: new Map(),
    reference,
    onlyFor,
    interaction,
    threadId: null,
  };
  world.messages.set(message.id, message);
  channel.lastMessageId = message.id;
  wake(core, channel);
  notify(core, channel, message, body);
  if (onlyFor === null) tellOfMessage(core, Events.MessageCreate, channel, message);
  preview(core, channel, message);
  return message;
}

/** Changes what is given of a message and leaves the rest. */
export function changeMessage(
  core: Core,
  message: Message,
  body: MessageBody,
  files: readonly Upload[] = [],
): Message {
  const { world } = core;
  const channel = world.channels.get(message.channelId);
  const wasLoading = (message.flags & Flags.Loading) !== 0;
  const kept = body.attachments
    ? message.attachments.filter(({ id }) => body.attachments?.some((it) => it['id'] === id))
    : message.attachments;
  const next = {
    content: body.content === undefined ? message.content : (body.content ?? '').trim(),
    embeds: body.embeds === undefined ? message.embeds : (body.embeds ?? []).map(embedJson),
    components: body.components === undefined ? message.components : completed(body.components ?? []),
    attachments: [...kept, ...attachmentsOf(core, body, files)],
  };
  const isV2 = (((body.flags ?? 0) | message.flags) & Flags.IsComponentsV2) !== 0;
  const isEmpty =
    next.content === '' && next.embeds.length + next.components.length + next.attachments.length === 0;
  need(!isEmpty, 50006);
  need(!isV2 || (next.content === '' && next.embeds.length === 0), 50035);
  const suppressed =
    body.flags === undefined || body.flags === null
      ? message.flags
      : (message.flags & ~Flags.SuppressEmbeds) | body.flags;
  Object.assign(message, next, {
    flags:
      (suppressed & ~(Flags.Loading | Flags.Ephemeral)) | (message.onlyFor === null ? 0 : Flags.Ephemeral),
  });
  if (!channel) return message;
  if (wasLoading) notify(core, channel, message, body);
  else {
    message.editedAt = world.timestamp();
    message.mentions = mentioned(core, channel, message, body);
  }
  if (message.onlyFor === null) tellOfMessage(core, Events.MessageUpdate, channel, message);
  preview(core, channel, message);
  return message;
}

export function removeMessage(core: Core, message: Message): void {
  const channel = core.world.channels.get(message.channelId);
  core.world.messages.delete(message.id);
  if (!channel || message.onlyFor !== null) return;
  core.emit({
    t: Events.MessageDelete,
    d: { id: message.id, channel_id: channel.id, ...guildOf(core, channel) },
    channel,
    byPeople: true,
  });
}

/** The message with this nonce that the same author has just put into the channel. */
export function sameNonce(
  { world }: Core,
  channel: Channel,
  authorId: string,
  nonce: string | number,
): Message | undefined {
  const since = world.now().getTime() - NONCE_MS;
  return world
    .messagesIn(channel.id)
    .find(
      (it) => String(it.nonce) === String(nonce) && it.authorId === authorId && Date.parse(it.at) >= since,
    );
}

/** Where something happened, as events say it. */
export function guildOf({ world }: Core, channel: Channel): Json {
  return channel.recipientId === null ? { guild_id: world.guildId } : {};
}

/** Adds people to a thread, and tells the bot of it when it is one of them. */
export function joinThread(core: Core, channel: Channel, userIds: readonly string[]): void {
  const { thread } = channel;
  const added = userIds.filter((id) => thread && !thread.members.has(id));
  if (!thread || added.length === 0) return;
  for (const id of added) thread.members.set(id, core.world.timestamp());
  core.emit({
    t: Events.ThreadMembersUpdate,
    d: {
      id: channel.id,
      guild_id: core.world.guildId,
      member_count: thread.members.size,
      added_members: added.map((id) => threadMemberJson(channel, id)),
      removed_member_ids: [],
    },
    channel,
  });
}

/** A message in an archived thread opens it again. */
function wake(core: Core, channel: Channel): void {
  if (!channel.thread?.archived) return;
  channel.thread.archived = false;
  core.emit({ t: Events.ThreadUpdate, d: channelJson(core.world, channel), channel });
}

function notify(core: Core, channel: Channel, message: Message, body: MessageBody): void {
  const { world } = core;
  message.mentions = mentioned(core, channel, message, body);
  const others = notifiedBy(world, message.mentions, channel).filter((id) => id !== message.authorId);
  message.notified = message.onlyFor === null ? others : others.filter((id) => id === message.onlyFor);
  if (!channel.thread || message.onlyFor !== null) return;
  joinThread(core, channel, [message.authorId, ...message.notified.filter((id) => id !== 'everyone')]);
}

/**
 * Discord looks at what an address leads to, shows it below the words, and tells of
 * it as of a change; not where that is suppressed, and not of addresses in angle brackets.
 */
function preview(core: Core, channel: Channel, message: Message): void {
  if (message.flags & (Flags.SuppressEmbeds | Flags.IsComponentsV2 | Flags.Loading)) return;
  const shown = readMarkdown(message.content.replaceAll(/<https?:[^ >]+>/gi, ''), namesOf(core.world));
  const fresh = shown.links.filter(
    (url) => /^https?:/i.test(url) && URL.canParse(url) && !message.embeds.some((it) => it['url'] === url),
  );
  if (fresh.length === 0) return;
  const embeds = fresh
    .slice(0, 5)
    .map((url) => ({ type: 'link', url, title: `Preview of ${new URL(url).host}` }));
  message.embeds = [...message.embeds, ...embeds].slice(0, 10);
  if (message.onlyFor === null) tellOfMessage(core, Events.MessageUpdate, channel, message);
}

function mentioned({ world }: Core, channel: Channel, message: Message, body: MessageBody) {
  const repliedTo =
    message.type === 19 ? (world.messages.get(message.reference?.messageId ?? '')?.authorId ?? null) : null;
  return mentionsIn(world, {
    text: textsOf(message).join('\n'),
    authorId: message.authorId,
    channel,
    allowed: body.allowed_mentions,
    repliedTo,
  });
}

/** Tells of a message as it is now: also when it is pinned or previewed, which its author has no part in. */
export function tellOfMessage(core: Core, t: Events, channel: Channel, message: Message): void {
  const d = { ...messageEvent(core.world, core.cdn, message), channel_type: channel.type };
  core.emit({ t, d, channel, message, byPeople: true });
}

function attachmentsOf({ world }: Core, body: MessageBody, files: readonly Upload[]): Attachment[] {
  return files.map(({ key, name, type, bytes }) => {
    const said = body.attachments?.find((it) => idOf(it) === key);
    const description = said?.['description'];
    const fileName = (textOf(said, 'filename') || name).replaceAll(/[^\w.-]+/g, '_');
    return {
      id: world.nextId(),
      name: fileName,
      type,
      bytes,
      description: typeof description === 'string' ? description : null,
    };
  });
}

function embedJson(embed: Json): Json {
  const fields = (embed['fields'] as readonly Json[] | undefined)?.map((it) => ({ inline: false, ...it }));
  return { type: 'rich', ...embed, ...(fields ? { fields } : null) };
}

export const THREADS: readonly ChannelType[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];
