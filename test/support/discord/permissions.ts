import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { Channel, Member, World } from './world.ts';

const ALL = Object.values(Bits).reduce((all, bit) => all | bit, 0n);

/** What a member may do in the guild, before any channel has a say. */
export function guildBits(world: World, userId: string): bigint {
  const member = world.members.get(userId);
  if (!member) return 0n;
  if (userId === world.ownerId) return ALL;
  const bits = rolesOf(world, member).reduce((all, id) => all | (world.roles.get(id)?.permissions ?? 0n), 0n);
  return bits & Bits.Administrator ? ALL : bits;
}

/** What a member may do in a channel, overwrites counted; nothing where they cannot see it. */
export function channelBits(world: World, userId: string, channel: Channel): bigint {
  if (channel.recipientId !== null) return directBits(world, userId, channel);
  const parent = channel.thread ? world.channels.get(channel.parentId ?? '') : channel;
  if (!parent) return 0n;
  const bits = rawBits(world, userId, parent);
  if (!(bits & Bits.ViewChannel)) return 0n;
  if (!channel.thread) return quietened(bits, Boolean(bits & Bits.SendMessages));
  const { thread } = channel;
  const isOpen = channel.type !== ChannelType.PrivateThread;
  if (!isOpen && !thread.members.has(userId) && !(bits & Bits.ManageThreads)) return 0n;
  const maySend =
    Boolean(bits & Bits.SendMessagesInThreads) && (!thread.locked || Boolean(bits & Bits.ManageThreads));
  return quietened(maySend ? bits | Bits.SendMessages : bits & ~Bits.SendMessages, maySend);
}

export function can(world: World, userId: string, channel: Channel, bit: bigint): boolean {
  return (channelBits(world, userId, channel) & bit) === bit;
}

export function sees(world: World, userId: string, channel: Channel): boolean {
  return can(world, userId, channel, Bits.ViewChannel);
}

/** By roles and overwrites alone, whether or not they see the channel. */
export function rawBits(world: World, userId: string, channel: Channel): bigint {
  const member = world.members.get(userId);
  if (!member) return 0n;
  const base = guildBits(world, userId);
  if (base === ALL) return ALL;
  const everyone = channel.overwrites.filter(({ id }) => id === world.guildId);
  const roles = channel.overwrites.filter(({ id, type }) => type === 0 && member.roles.includes(id));
  const own = channel.overwrites.filter(({ id, type }) => type === 1 && id === userId);
  return [everyone, roles, own].reduce((bits, level) => {
    const deny = level.reduce((all, it) => all | it.deny, 0n);
    const allow = level.reduce((all, it) => all | it.allow, 0n);
    return (bits & ~deny) | allow;
  }, base);
}

/** Who cannot write cannot do what goes with it either. */
function quietened(bits: bigint, maySend: boolean): bigint {
  if (maySend) return bits;
  return (
    bits &
    ~(Bits.SendMessages | Bits.MentionEveryone | Bits.AttachFiles | Bits.EmbedLinks | Bits.SendTTSMessages)
  );
}

function directBits(world: World, userId: string, channel: Channel): bigint {
  if (userId !== channel.recipientId && userId !== world.botId) return 0n;
  return (
    Bits.ViewChannel |
    Bits.SendMessages |
    Bits.ReadMessageHistory |
    Bits.AddReactions |
    Bits.AttachFiles |
    Bits.EmbedLinks |
    Bits.PinMessages |
    Bits.UseApplicationCommands
  );
}

function rolesOf(world: World, member: Member): readonly string[] {
  return [world.guildId, ...member.roles];
}
