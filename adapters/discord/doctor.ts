import {
  ApplicationFlags,
  ChannelType,
  PermissionFlagsBits,
  type APIApplication,
  type APIGuild,
} from 'discord-api-types/v10';

import type { CommandShape } from '#src/chat/shapes.ts';
import { ProviderError } from '#src/errors.ts';

import type { DiscordSettings } from './adapter.ts';
import { makeApi, statusOf, type Api } from './api.ts';
import { MAX } from './limits.ts';
import { discordCommands, inviteUrl, permissions } from './manifest.ts';

/** One thing that was looked at: what is so, and how to mend it where it is not well. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly fix: string;
}

/** Discord's answers to interactions hold for 15 minutes by its clock; links to files are signed with a time as well. */
const CLOCK_MS = 60_000;
/** Of all channels that a server can have. */
const WELL_FILLED = 0.9;
const PORTAL = 'the developer portal (discord.com/developers/applications)';

/** Looks at the set-up as Discord sees it; changes nothing there. */
export async function checkDiscord(
  settings: DiscordSettings,
  now: () => Date,
  commands: readonly CommandShape[],
): Promise<readonly Finding[]> {
  const api = makeApi({ ...settings, apiUrl: settings.apiUrl.replace(/\/+$/, '') });
  const entered = await enter(api, settings, now);
  if (entered.some(({ ok }) => !ok)) return entered;
  const application = await api.call('application', {});
  const invite = `Invite the bot again, with these rights: ${inviteUrl(application.id)}`;
  const guild = await orNull(api.call('guild', { guild_id: settings.guildId }));
  const found = [...entered, intents(application), await gateway(api)];
  if (!guild) {
    const fix = `${invite} (or set DISCORD_GUILD_ID to the server's id: its menu, "Copy Server ID").`;
    return [...found, finding(false, `The bot is in the server ${settings.guildId}`, fix)];
  }
  return [
    ...found,
    finding(true, `The bot is in the server ${guild.name}`, invite),
    ...(await rights(api, guild, invite)),
    ...(await category(api, settings)),
    await channels(api, settings),
    await registered(api, settings, application.id, commands),
  ];
}

async function enter(api: Api, { token }: DiscordSettings, now: () => Date): Promise<Finding[]> {
  const renew = `Take the token from ${PORTAL}, "Bot", "Reset Token".`;
  // Three parts: the id of the bot, a time, and a signature.
  const isToken = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
  if (!isToken) return [finding(false, 'DISCORD_TOKEN is a bot token', renew)];
  const reach = 'Open the way to DISCORD_API_URL, https://discord.com/api if it is not set.';
  try {
    const clock = await api.clock();
    const { bot, username } = await api.call('me', {});
    const away = clock === null ? 0 : Math.abs(now().getTime() - clock);
    return [
      finding(true, 'Discord can be reached', reach),
      finding(bot === true, `DISCORD_TOKEN lets in ${username}, a bot`, renew),
      finding(
        away < CLOCK_MS,
        `The clock of this machine is right, to ${Math.round(away / 1000)} s`,
        'Set the clock by NTP.',
      ),
    ];
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isRefused = statusOf(error) === 401;
    if (!isRefused) return [finding(false, `Discord can be reached (${error.message})`, reach)];
    return [
      finding(true, 'Discord can be reached', reach),
      finding(false, 'DISCORD_TOKEN is accepted', renew),
    ];
  }
}

function intents({ flags }: APIApplication): Finding {
  const content = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;
  const fix = `Turn "Message Content Intent" on in ${PORTAL}, "Bot", "Privileged Gateway Intents".`;
  return finding((flags & content) !== 0, 'The bot may read the words of messages', fix);
}

async function gateway(api: Api): Promise<Finding> {
  const { session_start_limit: left } = await api.call('gateway', {});
  const hours = Math.ceil(left.reset_after / 3_600_000);
  const what = `The bot may connect another ${left.remaining} times today`;
  return finding(
    left.remaining > 10,
    what,
    `Wait ${hours} h, and look for what starts the program so often.`,
  );
}

/** What the bot may do, against what this program does: too much is a fault too. */
async function rights(api: Api, guild: APIGuild, invite: string): Promise<Finding[]> {
  const { id } = await api.call('me', {});
  const { roles } = await api.call('member', { guild_id: guild.id, user_id: id });
  const own = guild.roles.filter((it) => roles.includes(it.id));
  const bitsOf = (list: readonly { readonly permissions: string }[]) =>
    list.reduce((bits, it) => bits | BigInt(it.permissions), 0n);
  const everybody = bitsOf(guild.roles.filter((it) => it.id === guild.id));
  const has = bitsOf(own) | everybody;
  const isAdministrator = (has & PermissionFlagsBits.Administrator) !== 0n;
  const missing = isAdministrator ? [] : namesOf(permissions() & ~has);
  const needless = namesOf(bitsOf(own) & ~everybody & ~permissions());
  return [
    finding(
      missing.length === 0,
      missing.length === 0 ? 'The bot has the rights it needs' : `The bot lacks ${missing.join(', ')}`,
      invite,
    ),
    finding(
      needless.length === 0,
      needless.length === 0
        ? 'The bot has no rights that it does not need'
        : `The bot needs no ${needless.join(', ')}`,
      'Take them from its role in the settings of the server, "Roles".',
    ),
  ];
}

async function category(api: Api, { categoryId }: DiscordSettings): Promise<Finding[]> {
  if (categoryId === undefined) return [];
  const found = await orNull(api.call('channel', { channel_id: categoryId }));
  const fix =
    'Set DISCORD_CATEGORY_ID to the id of a category that the bot sees: its menu, "Copy Channel ID". Or leave it out.';
  return [
    finding(
      found?.type === ChannelType.GuildCategory,
      'DISCORD_CATEGORY_ID is a category of the server',
      fix,
    ),
  ];
}

/** New rooms are threads in the lobby when there is no place left; said early enough to do something about it. */
async function channels(api: Api, { guildId }: DiscordSettings): Promise<Finding> {
  const { length } = await api.call('channels', { guild_id: guildId });
  const what = `The server has ${length} of the ${MAX.inServer} channels that Discord allows`;
  const fix =
    'Delete archived rooms that nobody reads any more; new ones are threads where no place is left.';
  return finding(length <= MAX.inServer * WELL_FILLED, what, fix);
}

async function registered(
  api: Api,
  { guildId }: DiscordSettings,
  application: string,
  commands: readonly CommandShape[],
): Promise<Finding> {
  const params = { application_id: application, guild_id: guildId };
  const there = await orNull(api.call('commands', params));
  if (!there) {
    const fix = `Invite the bot with the scope applications.commands: ${inviteUrl(application)}`;
    return finding(false, 'The bot may offer commands in the server', fix);
  }
  const known = new Set(there.flatMap((it) => wordsOf(it)));
  const wanted = discordCommands(commands).flatMap((it) => wordsOf(it));
  const missing = wanted.filter((it) => !known.has(it));
  const what =
    missing.length === 0
      ? `All ${wanted.length} commands are registered`
      : `These commands are not registered: ${missing.join(', ')}`;
  return finding(missing.length === 0, what, 'Start the program: it registers them when it connects.');
}

interface Listed {
  readonly name: string;
  readonly type?: number | undefined;
  readonly options?: readonly object[] | undefined;
}

/** `incident ack`, `incident more tag`, `Add to timeline`. */
function wordsOf({ name, options = [] }: Listed): string[] {
  const inner = (options as readonly Listed[]).filter(({ type = 1 }) => type <= 2);
  return inner.length === 0 ? [name] : inner.flatMap((it) => wordsOf(it).map((word) => `${name} ${word}`));
}

function namesOf(bits: bigint): string[] {
  return Object.entries(PermissionFlagsBits)
    .filter(([, bit]) => (bits & bit) !== 0n)
    .map(([name]) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '));
}

/** Null for what is not there, or not for us. */
async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    const status = statusOf(error);
    if (status === 403 || status === 404) return null;
    throw error;
  }
}

function finding(ok: boolean, what: string, fix: string): Finding {
  return { ok, what, fix };
}
