import { ChannelType } from 'discord-api-types/v10';

import { channelBits } from './permissions.ts';
import type { Channel, Json, Member, Role, Thread, User, World } from './world.ts';

/** A user as Discord writes one. */
export function userJson({ id, username, name, isBot }: User): Json {
  return {
    id,
    username,
    global_name: name,
    discriminator: isBot ? '0001' : '0',
    avatar: null,
    bot: isBot,
    public_flags: 0,
    flags: 0,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

export function memberJson(world: World, member: Member): Json {
  const user = world.users.get(member.userId);
  return { ...memberWithoutUser(member), ...(user ? { user: userJson(user) } : null) };
}

/** As it stands beside a message's author. */
export function memberWithoutUser({ roles, joinedAt }: Member): Json {
  return {
    roles,
    joined_at: joinedAt,
    nick: null,
    avatar: null,
    banner: null,
    avatar_decoration_data: null,
    collectibles: null,
    communication_disabled_until: null,
    premium_since: null,
    pending: false,
    mute: false,
    deaf: false,
    flags: 0,
  };
}

export function roleJson({ id, name, permissions, position, managed }: Role): Json {
  return {
    id,
    name,
    permissions: String(permissions),
    position,
    managed,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

export function channelJson(world: World, channel: Channel): Json {
  if (channel.recipientId !== null) return directJson(world, channel);
  if (channel.thread) return threadJson(world, channel, channel.thread);
  return {
    id: channel.id,
    type: channel.type,
    guild_id: world.guildId,
    name: channel.name,
    position: channel.position,
    parent_id: channel.parentId,
    nsfw: channel.nsfw,
    flags: 0,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: String(allow),
      deny: String(deny),
    })),
    ...writableJson(channel),
  };
}

/** A channel as an interaction carries it: with what its user may do there. */
export function interactionChannelJson(world: World, channel: Channel, userId: string): Json {
  return { ...channelJson(world, channel), permissions: String(channelBits(world, userId, channel)) };
}

export function threadMemberJson(channel: Channel, userId: string): Json {
  return { id: channel.id, user_id: userId, join_timestamp: channel.thread?.members.get(userId), flags: 0 };
}

function writableJson(channel: Channel): Json {
  if (channel.type === ChannelType.GuildCategory) return {};
  const common = {
    rate_limit_per_user: channel.slowmode,
    last_message_id: channel.lastMessageId,
  };
  if (channel.type === ChannelType.GuildVoice) {
    return { ...common, bitrate: 64_000, user_limit: channel.userLimit, rtc_region: null };
  }
  return {
    ...common,
    topic: channel.topic,
    ...(channel.lastPin === null ? null : { last_pin_timestamp: channel.lastPin }),
  };
}

function threadJson(world: World, channel: Channel, thread: Thread): Json {
  const count = world.messagesIn(channel.id).length;
  return {
    id: channel.id,
    type: channel.type,
    guild_id: world.guildId,
    parent_id: channel.parentId,
    name: channel.name,
    owner_id: thread.ownerId,
    last_message_id: channel.lastMessageId,
    rate_limit_per_user: channel.slowmode,
    flags: 0,
    message_count: count,
    total_message_sent: count,
    member_count: thread.members.size,
    thread_metadata: {
      archived: thread.archived,
      locked: thread.locked,
      auto_archive_duration: thread.autoArchive,
      archive_timestamp: thread.archivedAt,
      create_timestamp: thread.createdAt,
      ...(channel.type === ChannelType.PrivateThread ? { invitable: thread.invitable } : null),
    },
    ...(thread.members.has(world.botId) ? { member: threadMemberJson(channel, world.botId) } : null),
  };
}

function directJson(world: World, channel: Channel): Json {
  const recipient = world.users.get(channel.recipientId ?? '');
  return {
    id: channel.id,
    type: ChannelType.DM,
    last_message_id: channel.lastMessageId,
    flags: 0,
    recipients: recipient ? [userJson(recipient)] : [],
  };
}
