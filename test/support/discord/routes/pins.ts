import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { Core } from '#test/support/discord/core.ts';
import { need } from '#test/support/discord/errors.ts';
import { readableJson } from '#test/support/discord/message-view.ts';
import { pin, pinned, unpin } from '#test/support/discord/pinning.ts';
import { isEmoji, react, unreact } from '#test/support/discord/reacting.ts';
import { done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import { userJson } from '#test/support/discord/views.ts';
import type { Channel, Message } from '#test/support/discord/world.ts';

import { channelAt, mayIn, messageAt } from './access.ts';

const REACTION = '/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}';

/** Pins, by their address of today and that of before, and reactions. */
export function pinRoutes(core: Core): readonly Route[] {
  const bot = { auth: 'bot', rate: RATES.message } as const;
  const listed = (call: Call) => pinned(core, channelAt(core, call.params['channel_id']));
  const json = (message: Message) => readableJson(core, message);
  const both = (prefix: string): Route[] => [
    {
      ...bot,
      method: 'PUT',
      path: `${prefix}/{message_id}`,
      run: (call) => {
        const { channel, message } = pinnable(core, call);
        pin(core, channel, message, core.world.botId);
        return done;
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path: `${prefix}/{message_id}`,
      run: (call) => {
        const { channel, message } = pinnable(core, call);
        unpin(core, channel, message);
        return done;
      },
    },
  ];
  return [
    {
      ...bot,
      method: 'GET',
      path: '/channels/{channel_id}/messages/pins',
      run: (call) => {
        const limit = Number(call.query.get('limit') ?? 50);
        const all = listed(call);
        const items = all.slice(0, limit).map((it) => ({ pinned_at: it.pinnedAt, message: json(it) }));
        return ok({ items, has_more: all.length > limit });
      },
    },
    {
      ...bot,
      method: 'GET',
      path: '/channels/{channel_id}/pins',
      run: (call) => ok(listed(call).slice(0, 50).map(json)),
    },
    ...both('/channels/{channel_id}/messages/pins'),
    ...both('/channels/{channel_id}/pins'),
    ...reactionRoutes(core),
  ];
}

function pinnable(core: Core, { params }: Call): { channel: Channel; message: Message } {
  const channel = channelAt(core, params['channel_id']);
  const message = messageAt(core, channel, params['message_id']);
  mayIn(core, channel, Bits.PinMessages);
  need(message.type !== 6 && message.type !== 18 && message.type !== 21, 50021);
  need(!channel.thread?.archived, 50083);
  return { channel, message };
}

function reactionRoutes(core: Core): Route[] {
  const bot = { auth: 'bot', rate: RATES.reaction } as const;
  const own = (call: Call) => {
    const channel = channelAt(core, call.params['channel_id']);
    const message = messageAt(core, channel, call.params['message_id']);
    need(!channel.thread?.archived, 50083);
    return { channel, message, emoji: call.params['emoji_name'] ?? '' };
  };
  return [
    {
      ...bot,
      method: 'PUT',
      path: `${REACTION}/@me`,
      run: (call) => {
        const { channel, message, emoji } = own(call);
        if (isEmoji(emoji) && !message.reactions.has(emoji)) mayIn(core, channel, Bits.AddReactions);
        react(core, channel, message, emoji, core.world.botId);
        return done;
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path: `${REACTION}/@me`,
      run: (call) => {
        const { channel, message, emoji } = own(call);
        unreact(core, channel, message, emoji, core.world.botId);
        return done;
      },
    },
    {
      ...bot,
      rate: RATES.read,
      method: 'GET',
      path: REACTION,
      run: (call) => {
        const { message, emoji } = own(call);
        const users = [...(message.reactions.get(emoji) ?? [])].flatMap(
          (id) => core.world.users.get(id) ?? [],
        );
        return ok(users.map(userJson));
      },
    },
  ];
}
