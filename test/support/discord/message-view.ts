import { GatewayDispatchEvents as Events, GatewayIntentBits as Intents } from 'discord-api-types/v10';

import type { Cdn } from './cdn.ts';
import { withMedia } from './components.ts';
import type { Core } from './core.ts';
import { redacted } from './events.ts';
import { channelJson, memberWithoutUser, userJson } from './views.ts';
import type { Attachment, Json, Message, World } from './world.ts';

/** A message as Discord writes it; `cdn` makes the addresses of its files, which expire. */
export function messageJson(world: World, cdn: Cdn, message: Message): Json {
  const author = world.users.get(message.authorId);
  const thread = message.threadId === null ? undefined : world.channels.get(message.threadId);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    content: message.content,
    author: author ? userJson(author) : deletedUser(message.authorId),
    timestamp: message.at,
    edited_timestamp: message.editedAt,
    flags: message.flags,
    embeds: message.embeds,
    components: withMedia(message.components, (name) => {
      const file = message.attachments.find((it) => it.name === name);
      return file && cdn.urlOf(message.channelId, file);
    }),
    attachments: message.attachments.map((it) => attachmentJson(cdn, message, it)),
    mentions: message.mentions.users.flatMap((id) => {
      const user = world.users.get(id);
      return user ? [userJson(user)] : [];
    }),
    mention_roles: message.mentions.roles,
    mention_everyone: message.mentions.everyone,
    pinned: message.pinnedAt !== null,
    tts: false,
    ...(message.nonce === null ? null : { nonce: message.nonce }),
    ...(message.reactions.size === 0 ? null : { reactions: reactionsJson(world, message) }),
    ...(message.interaction ? interactionJson(world, message, message.interaction) : null),
    ...(message.reference ? referenceJson(world, cdn, message, message.reference) : null),
    ...(thread ? { thread: channelJson(world, thread) } : null),
  };
}

/**
 * As the bot reads it over HTTP: an application that may not read the words of others
 * finds them empty, unless they were said to it directly or mention it.
 */
export function readableJson({ world, cdn, forbidden }: Core, message: Message): Json {
  const json = messageJson(world, cdn, message);
  const channel = world.channels.get(message.channelId);
  const intents = forbidden.intents & Intents.MessageContent ? 0 : Intents.MessageContent;
  return redacted(
    world,
    { t: Events.MessageCreate, d: json, message, ...(channel ? { channel } : null) },
    intents,
  ) as Json;
}

/** As the gateway sends it: with the guild, and the author's membership. */
export function messageEvent(world: World, cdn: Cdn, message: Message): Json {
  const json = messageJson(world, cdn, message);
  if (world.channels.get(message.channelId)?.recipientId !== null) return json;
  const member = world.members.get(message.authorId);
  return { ...json, guild_id: world.guildId, ...(member ? { member: memberWithoutUser(member) } : null) };
}

function attachmentJson(cdn: Cdn, message: Message, file: Attachment): Json {
  const url = cdn.urlOf(message.channelId, file);
  return {
    id: file.id,
    filename: file.name,
    size: file.bytes.length,
    content_type: file.type,
    url,
    proxy_url: url,
    ...(file.description === null ? null : { description: file.description }),
    ...(message.onlyFor === null ? null : { ephemeral: true }),
  };
}

function reactionsJson(world: World, message: Message): Json[] {
  return [...message.reactions].map(([emoji, who]) => ({
    emoji: { id: null, name: emoji },
    count: who.size,
    count_details: { burst: 0, normal: who.size },
    burst_colors: [],
    me_burst: false,
    me: who.has(world.botId),
  }));
}

function interactionJson(world: World, message: Message, asked: NonNullable<Message['interaction']>): Json {
  const user = world.users.get(asked.userId);
  const common = {
    id: asked.id,
    user: user ? userJson(user) : deletedUser(asked.userId),
    authorizing_integration_owners: { 0: world.guildId },
  };
  const pressed = message.reference ? { interacted_message_id: message.reference.messageId } : null;
  // Of a form: what it came of.
  const triggering_interaction_metadata = { ...common, type: pressed ? 3 : 2, ...pressed };
  return {
    application_id: world.appId,
    webhook_id: world.appId,
    interaction_metadata: {
      ...common,
      type: asked.type,
      original_response_message_id: message.id,
      ...(asked.type === 3 ? pressed : null),
      ...(asked.type === 5 ? { triggering_interaction_metadata } : null),
    },
  };
}

function referenceJson(
  world: World,
  cdn: Cdn,
  message: Message,
  { channelId, messageId }: NonNullable<Message['reference']>,
): Json {
  const isDirect = world.channels.get(channelId)?.recipientId !== null;
  const referred = world.messages.get(messageId);
  return {
    message_reference: {
      type: 0,
      channel_id: channelId,
      message_id: messageId,
      ...(isDirect ? null : { guild_id: world.guildId }),
    },
    ...(message.type === 19
      ? { referenced_message: referred ? messageJson(world, cdn, { ...referred, reference: null }) : null }
      : null),
  };
}

function deletedUser(id: string): Json {
  return userJson({ id, username: 'deleted_user', name: 'Deleted User', isBot: false, takesDirect: false });
}
