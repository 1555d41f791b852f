import {
  ChannelType,
  GatewayDispatchEvents as Events,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import {
  checkChannel,
  checkOverwrite,
  type ChannelBody,
  type OverwriteBody,
} from '#test/support/discord/checks/channel.ts';
import type { Core } from '#test/support/discord/core.ts';
import { need, Problems } from '#test/support/discord/errors.ts';
import { can, sees } from '#test/support/discord/permissions.ts';
import { NAME_OR_TOPIC } from '#test/support/discord/rates.ts';
import { done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import { channelJson } from '#test/support/discord/views.ts';
import type { Channel, Thread } from '#test/support/discord/world.ts';

import { channelAt, mayIn } from './access.ts';
import { nameOf, overwritesOf, parentOf } from './guild.ts';

const CHANNEL = '/channels/{channel_id}';

/** One channel or thread: looked at, changed, deleted; and who may do what in it. */
export function channelRoutes(core: Core): readonly Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.channel } as const;
  return [
    {
      ...bot,
      rate: RATES.read,
      method: 'GET',
      path: CHANNEL,
      run: ({ params }) => ok(channelJson(world, channelAt(core, params['channel_id']))),
    },
    {
      ...bot,
      method: 'PATCH',
      path: CHANNEL,
      beside: (call) => renaming(core, call),
      run: ({ params, body }) => {
        const channel = channelAt(core, params['channel_id']);
        need(channel.recipientId === null, 50003);
        const wanted = (body ?? {}) as ChannelBody;
        checkChannel(wanted, false);
        if (channel.thread) changeThread(core, channel, channel.thread, wanted);
        else changeChannel(core, channel, wanted);
        return ok(channelJson(world, channel));
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path: CHANNEL,
      run: ({ params }) => {
        const channel = channelAt(core, params['channel_id']);
        const json = channelJson(world, channel);
        if (channel.recipientId === null) {
          mayIn(core, channel, channel.thread ? Bits.ManageThreads : Bits.ManageChannels);
          deleteChannel(core, channel);
        }
        return ok(json);
      },
    },
    {
      ...bot,
      method: 'POST',
      path: `${CHANNEL}/typing`,
      run: ({ params }) => (channelAt(core, params['channel_id']), done),
    },
    ...overwriteRoutes(core),
  ];
}

/** Takes a channel away with all that is in it. */
export function deleteChannel(core: Core, channel: Channel): void {
  const { world } = core;
  const isSeen = sees(world, world.botId, channel);
  const json = channelJson(world, channel);
  world.channels.delete(channel.id);
  for (const it of world.messagesIn(channel.id)) world.messages.delete(it.id);
  for (const it of world.channels.values()) {
    if (it.parentId !== channel.id) continue;
    if (it.thread) deleteChannel(core, it);
    else it.parentId = null;
  }
  if (isSeen) core.emit({ t: channel.thread ? Events.ThreadDelete : Events.ChannelDelete, d: json });
}

/** Names and topics change seldom. Threads are renamed as seldom. */
function renaming(core: Core, { params, body }: Call) {
  const { name, topic } = (body ?? {}) as ChannelBody;
  const channel = core.world.channels.get(params['channel_id'] ?? '');
  const isNew =
    (name !== undefined && name !== channel?.name) ||
    (topic !== undefined && (topic ?? '') !== (channel?.topic ?? ''));
  return isNew ? [{ name: `name and topic:${params['channel_id']}`, rate: NAME_OR_TOPIC }] : [];
}

function changeChannel(core: Core, channel: Channel, wanted: ChannelBody): void {
  mayIn(core, channel, Bits.ManageChannels);
  if (wanted.permission_overwrites) mayIn(core, channel, Bits.ManageRoles);
  const { name, topic, parent_id: parentId, position, permission_overwrites: overwrites } = wanted;
  if (parentId !== undefined && parentId !== channel.parentId) {
    channel.parentId = parentOf(core, parentId)?.id ?? null;
  }
  if (overwrites) channel.overwrites = overwritesOf(core, overwrites);
  if (name !== undefined) channel.name = nameOf(channel.type, name);
  if (topic !== undefined) channel.topic = topic === '' ? null : topic;
  if (typeof position === 'number') channel.position = position;
  if (typeof wanted.rate_limit_per_user === 'number') channel.slowmode = wanted.rate_limit_per_user;
  tell(core, channel);
}

/** Who began a thread may rename and archive it; to lock it, or to open a locked one, takes more. */
function changeThread(core: Core, channel: Channel, thread: Thread, wanted: ChannelBody): void {
  const { world } = core;
  const manages = can(world, world.botId, channel, Bits.ManageThreads);
  const isOwn = thread.ownerId === world.botId;
  const onlyOpens = Object.keys(wanted).every((it) => it === 'archived') && wanted.archived === false;
  need(manages || isOwn || (onlyOpens && !thread.locked), 50013);
  if (wanted.locked !== undefined && wanted.locked !== thread.locked) need(manages, 50013);
  // An archived thread is opened before anything else about it changes.
  if (thread.archived && wanted.archived !== false) {
    need(
      Object.keys(wanted).every((it) => it === 'archived' || it === 'locked'),
      50083,
    );
  }
  if (wanted.archived !== undefined && wanted.archived !== thread.archived) {
    thread.archivedAt = world.timestamp();
  }
  thread.archived = wanted.archived ?? thread.archived;
  thread.locked = wanted.locked ?? thread.locked;
  thread.invitable = wanted.invitable ?? thread.invitable;
  thread.autoArchive = wanted.auto_archive_duration ?? thread.autoArchive;
  if (wanted.name !== undefined) channel.name = nameOf(channel.type, wanted.name);
  core.emit({ t: Events.ThreadUpdate, d: channelJson(world, channel), channel });
}

function overwriteRoutes(core: Core): Route[] {
  const { world } = core;
  const path = `${CHANNEL}/permissions/{overwrite_id}`;
  const bot = { auth: 'bot', rate: RATES.channel } as const;
  const at = ({ params }: Call) => {
    const channel = channelAt(core, params['channel_id']);
    need(channel.recipientId === null && channel.thread === null, 50024);
    mayIn(core, channel, Bits.ManageRoles);
    return { channel, id: params['overwrite_id'] ?? '' };
  };
  return [
    {
      ...bot,
      method: 'PUT',
      path,
      run: (call) => {
        const { channel, id } = at(call);
        const wanted = { ...(call.body as OverwriteBody), id };
        const problems = new Problems();
        checkOverwrite(problems, 'overwrite', wanted);
        problems.check();
        channel.overwrites = [
          ...channel.overwrites.filter((it) => it.id !== id),
          ...overwritesOf(core, [wanted]),
        ];
        tell(core, channel);
        return done;
      },
    },
    {
      ...bot,
      method: 'DELETE',
      path,
      run: (call) => {
        const { channel, id } = at(call);
        need(
          channel.overwrites.some((it) => it.id === id) || world.users.has(id) || world.roles.has(id),
          10009,
        );
        channel.overwrites = channel.overwrites.filter((it) => it.id !== id);
        tell(core, channel);
        return done;
      },
    },
  ];
}

function tell(core: Core, channel: Channel): void {
  core.emit({ t: Events.ChannelUpdate, d: channelJson(core.world, channel), channel });
}

export const isText = ({ type }: Channel): boolean =>
  type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
