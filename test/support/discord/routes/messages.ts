import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import { checkMessage, type MessageBody } from '#test/support/discord/checks/message.ts';
import type { Core } from '#test/support/discord/core.ts';
import { found, need, Problems, refusal } from '#test/support/discord/errors.ts';
import { readableJson } from '#test/support/discord/message-view.ts';
import { changeMessage, removeMessage, sameNonce, sendMessage } from '#test/support/discord/messages.ts';
import { can } from '#test/support/discord/permissions.ts';
import { done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import type { Channel, Message } from '#test/support/discord/world.ts';

import { channelAt, isWritable, mayIn, messageAt } from './access.ts';

const LIST = '/channels/{channel_id}/messages';
const ONE = `${LIST}/{message_id}`;

export function messageRoutes(core: Core): readonly Route[] {
  const bot = { auth: 'bot', rate: RATES.message } as const;
  const json = (message: Message) => readableJson(core, message);
  return [
    { ...bot, method: 'POST', path: LIST, run: (call) => ok(json(create(core, call))) },
    {
      ...bot,
      method: 'GET',
      path: LIST,
      run: ({ params, query }) => ok(list(core, channelAt(core, params['channel_id']), query).map(json)),
    },
    {
      ...bot,
      method: 'GET',
      path: ONE,
      run: ({ params }) =>
        ok(json(messageAt(core, channelAt(core, params['channel_id']), params['message_id']))),
    },
    { ...bot, method: 'PATCH', path: ONE, run: (call) => ok(json(change(core, call))) },
    {
      ...bot,
      method: 'DELETE',
      path: ONE,
      run: ({ params }) => {
        const channel = channelAt(core, params['channel_id']);
        const message = messageAt(core, channel, params['message_id']);
        const isOwn = message.authorId === core.world.botId;
        if (!isOwn) {
          need(channel.recipientId === null, 50003);
          mayIn(core, channel, Bits.ManageMessages);
        }
        removeMessage(core, message);
        return done;
      },
    },
  ];
}

function create(core: Core, { params, body: sent, files }: Call): Message {
  const { world } = core;
  const body = (sent ?? {}) as MessageBody;
  const channel = channelAt(core, params['channel_id']);
  isWritable(channel);
  checkMessage(body, files, { isInteraction: false, before: null });
  if (channel.recipientId !== null) need(takesDirect(core, channel.recipientId), 50007);
  if (channel.thread?.locked && !can(world, world.botId, channel, Bits.ManageThreads)) throw refusal(160005);
  mayIn(core, channel, Bits.SendMessages);
  if (files.length > 0) mayIn(core, channel, Bits.AttachFiles);
  if (body.embeds?.length) mayIn(core, channel, Bits.EmbedLinks);
  if (body.enforce_nonce && body.nonce !== undefined && body.nonce !== null) {
    const same = sameNonce(core, channel, world.botId, body.nonce);
    if (same) return same;
  }
  const reference = referred(core, channel, body);
  return sendMessage(core, {
    channel,
    authorId: world.botId,
    body,
    files,
    reference,
    type: reference ? 19 : 0,
  });
}

/** The message that this one answers; null where there is none, or it is gone and that does not matter. */
function referred(
  core: Core,
  channel: Channel,
  { message_reference: to }: MessageBody,
): Message['reference'] {
  if (!to?.message_id) return null;
  need(can(core.world, core.world.botId, channel, Bits.ReadMessageHistory), 160002);
  const message = core.world.messages.get(to.message_id);
  if (message?.channelId === channel.id && message.onlyFor === null && message.type !== 6) {
    return { channelId: channel.id, messageId: message.id };
  }
  if (to.fail_if_not_exists === false) return null;
  const problems = new Problems();
  problems.add('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
  problems.check();
  return null;
}

function change(core: Core, { params, body: sent, files }: Call): Message {
  const body = (sent ?? {}) as MessageBody;
  const channel = channelAt(core, params['channel_id']);
  const message = messageAt(core, channel, params['message_id']);
  need(message.authorId === core.world.botId, 50005);
  need(message.type !== 6 && message.type !== 18 && message.type !== 21, 50021);
  need(!channel.thread?.archived, 50083);
  checkMessage(body, files, { isInteraction: false, before: message.flags });
  return changeMessage(core, message, body, files);
}

/** The newest first. */
function list(core: Core, channel: Channel, query: URLSearchParams): readonly Message[] {
  isWritable(channel);
  if (!can(core.world, core.world.botId, channel, Bits.ReadMessageHistory)) return [];
  const limit = Number(query.get('limit') ?? 50);
  const problems = new Problems();
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    problems.add('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  problems.check();
  const [before, after, around] = ['before', 'after', 'around'].map((it) => query.get(it));
  const all = core.world.messagesIn(channel.id).filter((it) => it.onlyFor === null);
  const newestFirst = all.toReversed();
  if (before) return newestFirst.filter(({ id }) => BigInt(id) < BigInt(before)).slice(0, limit);
  if (after) {
    return all
      .filter(({ id }) => BigInt(id) > BigInt(after))
      .slice(0, limit)
      .toReversed();
  }
  if (around) {
    const at = newestFirst.findIndex(({ id }) => BigInt(id) <= BigInt(around));
    return newestFirst.slice(Math.max(0, at - Math.floor(limit / 2)), at + Math.ceil(limit / 2));
  }
  return newestFirst.slice(0, limit);
}

/** Bots reach people with whom they share a guild, and who have not closed their door. */
export function takesDirect({ world }: Core, userId: string): boolean {
  return world.members.has(userId) && found(world.users.get(userId), 10013).takesDirect;
}
