import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { Core } from '#test/support/discord/core.ts';
import { found, need } from '#test/support/discord/errors.ts';
import { can, guildBits, sees } from '#test/support/discord/permissions.ts';
import { fallAsleep } from '#test/support/discord/sleeping.ts';
import type { Channel, Message } from '#test/support/discord/world.ts';

/** The channel of this id, which the bot must see. Throws 10003 or 50001. */
export function channelAt(core: Core, id: string | undefined): Channel {
  const { world } = core;
  const channel = found(world.channels.get(id ?? ''), 10003);
  fallAsleep(core, channel);
  need(sees(world, world.botId, channel), 50001);
  return channel;
}

/** The bot must be allowed this in the channel. Throws 50013. */
export function mayIn({ world }: Core, channel: Channel, bits: bigint): void {
  need(can(world, world.botId, channel, bits), 50013);
}

/** The bot must be allowed this in the guild. Throws 50013. */
export function mayInGuild({ world }: Core, bits: bigint): void {
  need((guildBits(world, world.botId) & bits) === bits, 50013);
}

export function guildAt({ world }: Core, id: string | undefined): void {
  need(id === world.guildId, 10004);
}

/** A message that can be seen in the channel by all, and so by the bot. Throws 10008. */
export function messageAt({ world }: Core, channel: Channel, id: string | undefined): Message {
  const message = world.messages.get(id ?? '');
  need(message?.channelId === channel.id && message.onlyFor === null, 10008);
  mayIn({ world } as Core, channel, Bits.ReadMessageHistory);
  return found(message, 10008);
}

/** Words can be written in it. Throws 50008. */
export function isWritable({ type }: Channel): void {
  need(type !== ChannelType.GuildCategory && type !== ChannelType.GuildForum, 50008);
}
