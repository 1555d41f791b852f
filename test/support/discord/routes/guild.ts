import {
  ChannelType,
  GatewayDispatchEvents as Events,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import {
  checkChannel,
  textChannelName,
  type ChannelBody,
  type OverwriteBody,
} from '#test/support/discord/checks/channel.ts';
import type { Core } from '#test/support/discord/core.ts';
import { need, Problems } from '#test/support/discord/errors.ts';
import { guildOnlyJson } from '#test/support/discord/guild-view.ts';
import { guildBits, sees } from '#test/support/discord/permissions.ts';
import { created, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import { channelJson } from '#test/support/discord/views.ts';
import type { Channel, Overwrite } from '#test/support/discord/world.ts';

import { guildAt, mayInGuild } from './access.ts';

const GUILD = '/guilds/{guild_id}';
const CHANNELS_MAX = 500;
const IN_CATEGORY_MAX = 50;

export function guildRoutes(core: Core): readonly Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.read } as const;
  const here = (call: Call) => guildAt(core, call.params['guild_id']);
  return [
    {
      ...bot,
      method: 'GET',
      path: GUILD,
      run: (call) => {
        here(call);
        return ok(guildOnlyJson(world));
      },
    },
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/channels`,
      run: (call) => {
        here(call);
        return ok(world.guildChannels().map((it) => channelJson(world, it)));
      },
    },
    {
      ...bot,
      rate: RATES.channel,
      method: 'POST',
      path: `${GUILD}/channels`,
      run: (call) => {
        here(call);
        return created(channelJson(world, createChannel(core, call.body ?? {})));
      },
    },
    {
      ...bot,
      method: 'GET',
      path: `${GUILD}/threads/active`,
      run: (call) => {
        here(call);
        const threads = world.threads().filter((it) => !it.thread?.archived && sees(world, world.botId, it));
        return ok({ threads: threads.map((it) => channelJson(world, it)), members: [], has_more: false });
      },
    },
  ];
}

function createChannel(core: Core, body: ChannelBody): Channel {
  const { world } = core;
  mayInGuild(core, Bits.ManageChannels);
  checkChannel(body, true);
  need(world.guildChannels().length < CHANNELS_MAX, 30013);
  const parent = parentOf(core, body.parent_id);
  if (body.permission_overwrites?.length) mayInGuild(core, Bits.ManageRoles);
  const type = body.type ?? ChannelType.GuildText;
  const channel = world.addChannel({
    type,
    name: nameOf(type, body.name ?? ''),
    topic: body.topic ?? null,
    parentId: parent?.id ?? null,
    position: body.position ?? world.channels.size,
    overwrites: body.permission_overwrites
      ? overwritesOf(core, body.permission_overwrites)
      : (parent?.overwrites ?? []),
    slowmode: body.rate_limit_per_user ?? 0,
    nsfw: body.nsfw ?? false,
    userLimit: body.user_limit ?? 0,
  });
  core.emit({ t: Events.ChannelCreate, d: channelJson(world, channel), channel });
  return channel;
}

export function nameOf(type: ChannelType, name: string): string {
  const made = type === ChannelType.GuildText ? textChannelName(name) : name.trim();
  if (made !== '') return made;
  const problems = new Problems();
  problems.add('name', 'BASE_TYPE_REQUIRED', 'This field is required');
  problems.check();
  return made;
}

/** The category of this id, which must have a place left. Throws 50035. */
export function parentOf({ world }: Core, id: string | null | undefined): Channel | null {
  if (id === null || id === undefined) return null;
  const parent = world.channels.get(id);
  const problems = new Problems();
  if (parent?.type !== ChannelType.GuildCategory) {
    problems.add('parent_id', 'CHANNEL_PARENT_INVALID', 'Category does not exist');
  } else if (world.guildChannels().filter(({ parentId }) => parentId === id).length >= IN_CATEGORY_MAX) {
    problems.add(
      'parent_id',
      'CHANNEL_PARENT_MAX_CHANNELS',
      'Maximum number of channels in category reached (50)',
    );
  }
  problems.check();
  return parent ?? null;
}

/** Nobody gives or takes what they do not have themselves. Throws 50013. */
export function overwritesOf({ world }: Core, wanted: readonly OverwriteBody[]): Overwrite[] {
  const own = guildBits(world, world.botId);
  return wanted.map((it) => {
    const [allow, deny] = [BigInt(it.allow ?? 0), BigInt(it.deny ?? 0)];
    const mayGiveRights = (own & Bits.Administrator) !== 0n;
    need(((allow | deny) & ~own) === 0n, 50013);
    need(mayGiveRights || ((allow | deny) & Bits.ManageRoles) === 0n, 50013);
    need(it.type === 0 ? world.roles.has(it.id) : world.users.has(it.id), it.type === 0 ? 10011 : 10013);
    return { id: it.id, type: it.type as 0 | 1, allow, deny };
  });
}
