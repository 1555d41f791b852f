import { GatewayDispatchEvents as Events } from 'discord-api-types/v10';

import type { Core } from './core.ts';
import { need } from './errors.ts';
import { guildOf } from './messages.ts';
import { memberJson } from './views.ts';
import type { Channel, Message } from './world.ts';

/** Different ones on one message. */
const REACTIONS_MAX = 20;

/** Whether it is an emoji as Discord knows them: one character, however many signs it is made of. */
export function isEmoji(text: string): boolean {
  return /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v.test(text);
}

/** Puts somebody's emoji to a message. Throws 10014 or 30010. */
export function react(core: Core, channel: Channel, message: Message, emoji: string, userId: string): void {
  need(isEmoji(emoji), 10014);
  const who = message.reactions.get(emoji) ?? new Set();
  need(who.size > 0 || message.reactions.size < REACTIONS_MAX, 30010);
  if (who.has(userId)) return;
  message.reactions.set(emoji, who.add(userId));
  tell(core, Events.MessageReactionAdd, channel, message, emoji, userId);
}

/** Takes somebody's emoji off a message; one that is not there is none the less gone. Throws 10014. */
export function unreact(core: Core, channel: Channel, message: Message, emoji: string, userId: string): void {
  need(isEmoji(emoji), 10014);
  const who = message.reactions.get(emoji);
  if (!who?.delete(userId)) return;
  if (who.size === 0) message.reactions.delete(emoji);
  tell(core, Events.MessageReactionRemove, channel, message, emoji, userId);
}

function tell(
  core: Core,
  t: Events,
  channel: Channel,
  message: Message,
  emoji: string,
  userId: string,
): void {
  const member = core.world.members.get(userId);
  const isAdded = t === Events.MessageReactionAdd;
  const d = {
    user_id: userId,
    channel_id: channel.id,
    message_id: message.id,
    ...guildOf(core, channel),
    emoji: { id: null, name: emoji },
    burst: false,
    type: 0,
    ...(isAdded ? { message_author_id: message.authorId, burst_colors: [] } : null),
    ...(isAdded && member && channel.recipientId === null
      ? { member: memberJson(core.world, member) }
      : null),
  };
  core.emit({ t, d, channel, byPeople: true });
}
