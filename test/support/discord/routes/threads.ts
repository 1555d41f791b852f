import {
  ChannelType,
  GatewayDispatchEvents as Events,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import { checkChannel, type ChannelBody } from '#test/support/discord/checks/channel.ts';
import type { Core } from '#test/support/discord/core.ts';
import { found, need } from '#test/support/discord/errors.ts';
import { joinThread, sendMessage, THREADS } from '#test/support/discord/messages.ts';
import { can, sees } from '#test/support/discord/permissions.ts';
import { created, done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import { channelJson, memberJson, threadMemberJson } from '#test/support/discord/views.ts';
import type { Channel, Message, Thread } from '#test/support/discord/world.ts';

import { channelAt, mayIn, messageAt } from './access.ts';
import { isText } from './channels.ts';

const CHANNEL = '/channels/{channel_id}';

/** Threads: begun from a message or by themselves, who is in them, and those that are archived. */
export function threadRoutes(core: Core): readonly Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.channel } as const;
  return [
    {
      ...bot,
      method: 'POST',
      path: `${CHANNEL}/messages/{message_id}/threads`,
      run: ({ params, body }) => {
        const channel = channelAt(core, params['channel_id']);
        const message = messageAt(core, channel, params['message_id']);
        need(isText(channel), 50024);
        mayIn(core, channel, Bits.CreatePublicThreads);
        checkChannel({ ...(body as ChannelBody), type: 0 }, true);
        return created(
          channelJson(world, threadFrom(core, channel, message, body as ChannelBody, world.botId)),
        );
      },
    },
    {
      ...bot,
      method: 'POST',
      path: `${CHANNEL}/threads`,
      run: ({ params, body }) => {
        const channel = channelAt(core, params['channel_id']);
        need(isText(channel), 50024);
        const wanted = (body ?? {}) as ChannelBody;
        checkChannel({ ...wanted, type: 0 }, true);
        const type: ChannelType = wanted.type ?? ChannelType.PrivateThread;
        need(THREADS.includes(type), 50024);
        mayIn(
          core,
          channel,
          type === ChannelType.PrivateThread ? Bits.CreatePrivateThreads : Bits.CreatePublicThreads,
        );
        return created(channelJson(world, openThread(core, channel, wanted, { type, userId: world.botId })));
      },
    },
    ...memberRoutes(core),
    ...archivedRoutes(core),
  ];
}

/** The thread below a message: it has the message's id. Throws 160004. */
export function threadFrom(
  core: Core,
  channel: Channel,
  message: Message,
  wanted: ChannelBody,
  userId: string,
): Channel {
  need(message.threadId === null && !core.world.channels.has(message.id), 160004);
  const thread = openThread(core, channel, wanted, {
    type: ChannelType.PublicThread,
    userId,
    id: message.id,
  });
  message.threadId = thread.id;
  message.flags |= 1 << 5;
  return thread;
}

function openThread(
  core: Core,
  parent: Channel,
  wanted: ChannelBody,
  { type, userId, id }: { readonly type: ChannelType; readonly userId: string; readonly id?: string },
): Channel {
  const { world } = core;
  const at = world.timestamp();
  const thread: Thread = {
    ownerId: userId,
    createdAt: at,
    archivedAt: at,
    archived: false,
    locked: false,
    invitable: wanted.invitable ?? true,
    autoArchive: wanted.auto_archive_duration ?? 1440,
    members: new Map([[userId, at]]),
  };
  const channel = world.addChannel({
    ...(id === undefined ? null : { id }),
    type,
    name: (wanted.name ?? '').trim(),
    parentId: parent.id,
    slowmode: wanted.rate_limit_per_user ?? 0,
    thread,
  });
  core.emit({ t: Events.ThreadCreate, d: { ...channelJson(world, channel), newly_created: true }, channel });
  if (id === undefined && type === ChannelType.PublicThread) {
    sendMessage(core, {
      channel: parent,
      authorId: userId,
      body: { content: channel.name },
      type: 18,
      reference: { channelId: channel.id, messageId: channel.id },
    });
  }
  return channel;
}

function memberRoutes(core: Core): Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.channel } as const;
  const at = ({ params }: Call) => {
    const channel = channelAt(core, params['channel_id']);
    const thread = found(channel.thread, 50024);
    return { channel, thread, id: params['user_id'] ?? world.botId };
  };
  const writable = (call: Call) => {
    const given = at(call);
    need(!given.thread.archived, 50083);
    return given;
  };
  return [
    {
      ...bot,
      method: 'GET',
      path: `${CHANNEL}/thread-members`,
      run: (call) => {
        const { channel, thread } = at(call);
        return ok([...thread.members.keys()].map((id) => memberOf(core, channel, id, call.query)));
      },
    },
    {
      ...bot,
      method: 'PUT',
      path: `${CHANNEL}/thread-members/@me`,
      run: (call) => {
        joinThread(core, writable(call).channel, [world.botId]);
        return done;
      },
    },
    {
      ...bot,
      method: 'GET',
      path: `${CHANNEL}/thread-members/{user_id}`,
      run: (call) => {
        const { channel, thread, id } = at(call);
        need(thread.members.has(id), 10007);
        return ok(memberOf(core, channel, id, call.query));
      },
    },
    {
      ...bot,
      method: 'PUT',
      path: `${CHANNEL}/thread-members/{user_id}`,
      run: (call) => {
        const { channel, id } = writable(call);
        need(world.users.has(id), 10013);
        need(world.members.has(id), 10007);
        mayIn(core, channel, Bits.SendMessages);
        const parent = found(world.channels.get(channel.parentId ?? ''), 10003);
        need(sees(world, id, parent), 50001);
        joinThread(core, channel, [id]);
        return done;
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path: `${CHANNEL}/thread-members/{user_id}`,
      run: (call) => {
        const { channel, thread, id } = writable(call);
        need(id === world.botId || can(world, world.botId, channel, Bits.ManageThreads), 50013);
        thread.members.delete(id);
        return done;
      },
    },
  ];
}

function memberOf({ world }: Core, channel: Channel, id: string, query: URLSearchParams) {
  const member = query.get('with_member') === 'true' ? world.members.get(id) : undefined;
  return { ...threadMemberJson(channel, id), ...(member ? { member: memberJson(world, member) } : null) };
}

function archivedRoutes(core: Core): Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.read } as const;
  return (['public', 'private'] as const).map((kind) => ({
    ...bot,
    method: 'GET',
    path: `${CHANNEL}/threads/archived/${kind}`,
    run: ({ params }) => {
      const channel = channelAt(core, params['channel_id']);
      mayIn(
        core,
        channel,
        kind === 'private' ? Bits.ReadMessageHistory | Bits.ManageThreads : Bits.ReadMessageHistory,
      );
      const type = kind === 'private' ? ChannelType.PrivateThread : ChannelType.PublicThread;
      const all = world
        .threads()
        .filter((it) => it.parentId === channel.id && it.type === type && it.thread?.archived);
      const newestFirst = all.toSorted((a, b) =>
        (b.thread?.archivedAt ?? '').localeCompare(a.thread?.archivedAt ?? ''),
      );
      return ok({ threads: newestFirst.map((it) => channelJson(world, it)), members: [], has_more: false });
    },
  }));
}
