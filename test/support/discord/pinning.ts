import { GatewayDispatchEvents as Events } from 'discord-api-types/v10';

import type { Core } from './core.ts';
import { need } from './errors.ts';
import { guildOf, sendMessage, tellOfMessage } from './messages.ts';
import type { Channel, Message } from './world.ts';

/** In one channel. */
const PINS_MAX = 250;

/** Pins a message: the channel is told by a line of its own. Pinning what is pinned changes nothing. Throws 30003. */
export function pin(core: Core, channel: Channel, message: Message, userId: string): void {
  if (message.pinnedAt !== null) return;
  need(pinned(core, channel).length < PINS_MAX, 30003);
  message.pinnedAt = core.world.timestamp();
  channel.lastPin = message.pinnedAt;
  tell(core, channel);
  tellOfMessage(core, Events.MessageUpdate, channel, message);
  sendMessage(core, {
    channel,
    authorId: userId,
    body: {},
    type: 6,
    reference: { channelId: channel.id, messageId: message.id },
  });
}

export function unpin(core: Core, channel: Channel, message: Message): void {
  if (message.pinnedAt === null) return;
  message.pinnedAt = null;
  tell(core, channel);
  tellOfMessage(core, Events.MessageUpdate, channel, message);
}

/** The one pinned last comes first. */
export function pinned({ world }: Core, channel: Channel): Message[] {
  return world
    .messagesIn(channel.id)
    .filter((it) => it.pinnedAt !== null)
    .toReversed()
    .toSorted((a, b) => (b.pinnedAt ?? '').localeCompare(a.pinnedAt ?? ''));
}

function tell(core: Core, channel: Channel): void {
  core.emit({
    t: Events.ChannelPinsUpdate,
    d: { channel_id: channel.id, last_pin_timestamp: channel.lastPin, ...guildOf(core, channel) },
    channel,
    byPeople: true,
  });
}
