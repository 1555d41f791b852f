import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { Upload } from '#test/support/discord/call.ts';
import type { Core } from '#test/support/discord/core.ts';
import { changeMessage, removeMessage, sendMessage } from '#test/support/discord/messages.ts';
import { can } from '#test/support/discord/permissions.ts';
import { pin, unpin } from '#test/support/discord/pinning.ts';
import { react, unreact } from '#test/support/discord/reacting.ts';
import { threadFrom } from '#test/support/discord/routes/threads.ts';
import { fallAsleep } from '#test/support/discord/sleeping.ts';
import type { Channel, Message } from '#test/support/discord/world.ts';

/** The channel, where the person may do this. Throws where Discord's app would not let them. */
export function placeFor(core: Core, userId: string, room: string, bits: bigint): Channel {
  const { world } = core;
  const channel = world.channels.get(room);
  if (channel) fallAsleep(core, channel);
  if (!channel || !can(world, userId, channel, Bits.ViewChannel)) {
    throw new Error(`They do not see the channel ${room}.`);
  }
  if (!can(world, userId, channel, bits)) throw new Error(`They may not do that in ${channel.name}.`);
  return channel;
}

export function messageFor(
  core: Core,
  userId: string,
  id: string,
  bits: bigint,
): { channel: Channel; message: Message } {
  const message = core.world.messages.get(id);
  if (!message) throw new Error(`There is no message ${id}.`);
  return { message, channel: placeFor(core, userId, message.channelId, bits) };
}

export function write(
  core: Core,
  userId: string,
  room: string,
  content: string,
  files: readonly Upload[] = [],
): Message {
  const channel = placeFor(
    core,
    userId,
    room,
    files.length > 0 ? Bits.SendMessages | Bits.AttachFiles : Bits.SendMessages,
  );
  if (content.length > 2000) throw new Error('Discord does not send more than 2000 characters.');
  return sendMessage(core, { channel, authorId: userId, body: { content, allowed_mentions: ALL }, files });
}

/** What people write mentions whom it says. */
const ALL = { parse: ['users', 'roles', 'everyone'], replied_user: true };

/** Below a message stands its thread; below one in a thread, an answer that refers to it. */
export function answer(core: Core, userId: string, id: string, content: string): Message {
  const { channel, message } = messageFor(core, userId, id, Bits.ViewChannel);
  const isText = channel.type === ChannelType.GuildText;
  if (!isText) {
    placeFor(core, userId, channel.id, Bits.SendMessages);
    const reference = { channelId: channel.id, messageId: message.id };
    return sendMessage(core, {
      channel,
      authorId: userId,
      body: { content, allowed_mentions: ALL },
      type: 19,
      reference,
    });
  }
  const before = core.world.channels.get(message.threadId ?? '');
  if (!before) placeFor(core, userId, channel.id, Bits.CreatePublicThreads);
  const thread = before ?? threadFrom(core, channel, message, { name: content.slice(0, 100) }, userId);
  return write(core, userId, thread.id, content);
}

export function togglePin(core: Core, userId: string, id: string, on = true): void {
  const { channel, message } = messageFor(core, userId, id, Bits.PinMessages);
  if (on) pin(core, channel, message, userId);
  else unpin(core, channel, message);
}

export function toggleReaction(core: Core, userId: string, id: string, emoji: string, on: boolean): void {
  const { channel, message } = messageFor(core, userId, id, Bits.ReadMessageHistory);
  if (on) react(core, channel, message, emoji, userId);
  else unreact(core, channel, message, emoji, userId);
}

export function rewrite(core: Core, userId: string, id: string, content: string): void {
  const { message } = messageFor(core, userId, id, Bits.ViewChannel);
  if (message.authorId !== userId) throw new Error('Nobody changes the words of others.');
  changeMessage(core, message, { content, allowed_mentions: ALL });
}

export function erase(core: Core, userId: string, id: string): void {
  const { message } = messageFor(core, userId, id, Bits.ViewChannel);
  const mayAll = can(core.world, userId, placeFor(core, userId, message.channelId, 0n), Bits.ManageMessages);
  if (message.authorId !== userId && !mayAll) throw new Error('Nobody deletes the words of others.');
  removeMessage(core, message);
}
