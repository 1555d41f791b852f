import { z } from 'zod';

import { UserError } from './errors.ts';

/** The settings of the chat platforms. A platform that has none is not there, and its library is not even loaded. */
export const CHAT_SETTINGS = {
  SLACK_BOT_TOKEN: setting('Slack: the bot token, `xoxb-...`. Set, the bot is in Slack.', text()),
  SLACK_APP_TOKEN: setting(
    'Slack: the app token, `xapp-...`: Socket Mode, which needs no public address.',
    text(),
  ),
  SLACK_SIGNING_SECRET: setting(
    'Slack: instead of the app token, where Slack calls `/slack/events` of PUBLIC_URL.',
    text(),
  ),
  SLACK_API_URL: setting('Slack: where its API is.', endpoint('https://slack.com/api/')),
  TEAMS_APP_ID: setting(
    'Teams: the id of the bot. Empty means no authentication, which only this machine may use.',
    z.string().optional(),
  ),
  TEAMS_APP_PASSWORD: setting("Teams: the bot's secret.", text()),
  TEAMS_TENANT_ID: setting('Teams: the organisation it is for.', text()),
  TEAMS_CHANNEL_ID: setting(
    'Teams: the channel `19:...` that all incidents are announced in. Set, the bot is in Teams.',
    text(),
  ),
  TEAMS_TEAM_ID: setting(
    'Teams: the team in which each incident gets a channel. Not set: a thread in TEAMS_CHANNEL_ID.',
    text(),
  ),
  TEAMS_GRAPH_URL: setting('Teams: where Microsoft Graph is.', endpoint('https://graph.microsoft.com/v1.0')),
  TEAMS_LOGIN_URL: setting('Teams: who gives out tokens.', endpoint('https://login.microsoftonline.com')),
  TEAMS_OPENID_URL: setting(
    'Teams: with whose keys its calls are signed.',
    endpoint('https://login.botframework.com/v1/.well-known/openidconfiguration'),
  ),
  TEAMS_ISSUER: setting('Teams: who signs its calls.', endpoint('https://api.botframework.com')),
  DISCORD_TOKEN: setting('Discord: the bot token. Set, the bot is in Discord.', text()),
  DISCORD_GUILD_ID: setting('Discord: the server it is for.', text()),
  DISCORD_API_URL: setting('Discord: where its API is.', endpoint('https://discord.com/api')),
  DISCORD_CATEGORY_ID: setting('Discord: the category for rooms. Not set: one is made.', text()),
  DISCORD_ROOMS: setting(
    'Discord: a channel or a thread for each incident.',
    z.enum(['channel', 'thread']).default('channel'),
  ),
  DISCORD_VOICE: setting('Discord: a voice channel beside each room: on or off.', onOff()),
  NEWCOMERS: setting(
    'What a full member of a connected Slack or Teams becomes who is not known yet: viewer, responder, or none.',
    z.enum(['viewer', 'responder', 'none']).default('responder'),
  ),
  BRIDGE: setting(
    "Whether people's messages are carried between the rooms of an incident on several platforms: on or off.",
    onOff(),
  ),
} as const;

/** What is set of each platform; undefined: it is not there. */
export interface ChatSettings {
  readonly slack:
    | {
        readonly botToken: string;
        readonly appToken: string | undefined;
        readonly signingSecret: string | undefined;
        readonly apiUrl: string;
      }
    | undefined;
  readonly teams:
    | {
        readonly appId: string;
        readonly appPassword: string;
        readonly tenantId: string;
        readonly channelId: string;
        readonly teamId: string | undefined;
        readonly graphUrl: string;
        readonly loginUrl: string;
        readonly openIdUrl: string;
        readonly issuer: string;
        readonly isLoopback: boolean;
      }
    | undefined;
  readonly discord:
    | {
        readonly token: string;
        readonly guildId: string;
        readonly apiUrl: string;
        readonly categoryId: string | undefined;
        readonly rooms: 'channel' | 'thread';
        readonly voice: boolean;
      }
    | undefined;
  readonly newcomers: 'viewer' | 'responder' | null;
  readonly bridge: boolean;
}

type Schemas = { readonly [K in keyof typeof CHAT_SETTINGS]: (typeof CHAT_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/** @throws UserError that names what is missing of a platform that is set in part */
export function toChat(raw: Raw, host: string): ChatSettings {
  return {
    slack: slackOf(raw),
    teams: teamsOf(raw, /^(?:localhost|127\.0\.0\.1|::1)$/.test(host)),
    discord: discordOf(raw),
    newcomers: raw.NEWCOMERS === 'none' ? null : raw.NEWCOMERS,
    bridge: raw.BRIDGE,
  };
}

function slackOf(raw: Raw): ChatSettings['slack'] {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = raw;
  if (botToken === undefined && appToken === undefined && signingSecret === undefined) return undefined;
  if (botToken === undefined) throw missing('SLACK_BOT_TOKEN', 'OAuth & Permissions, "Bot User OAuth Token"');
  if (appToken === undefined && signingSecret === undefined) {
    throw missing('SLACK_APP_TOKEN', 'Basic Information, "App-Level Tokens", with connections:write');
  }
  return { botToken, appToken, signingSecret, apiUrl: raw.SLACK_API_URL.replace(/\/*$/, '/') };
}

function teamsOf(raw: Raw, isLoopback: boolean): ChatSettings['teams'] {
  const { TEAMS_APP_ID: appId = '', TEAMS_CHANNEL_ID: channelId } = raw;
  if (channelId === undefined) {
    if (appId === '') return undefined;
    throw missing('TEAMS_CHANNEL_ID', 'the channel\'s "Get link to channel", the part that begins with 19:');
  }
  if (appId === '' && !isLoopback) {
    throw missing('TEAMS_APP_ID', 'the Azure bot, "Configuration"; without it only this machine may call');
  }
  if (appId !== '' && raw.TEAMS_APP_PASSWORD === undefined) {
    throw missing('TEAMS_APP_PASSWORD', 'the app registration, "Certificates & secrets"');
  }
  if (appId !== '' && raw.TEAMS_TENANT_ID === undefined) {
    throw missing('TEAMS_TENANT_ID', 'the app registration, "Directory (tenant) ID"');
  }
  return {
    appId,
    appPassword: raw.TEAMS_APP_PASSWORD ?? '',
    tenantId: raw.TEAMS_TENANT_ID ?? '',
    channelId,
    teamId: raw.TEAMS_TEAM_ID,
    graphUrl: withoutSlash(raw.TEAMS_GRAPH_URL),
    loginUrl: withoutSlash(raw.TEAMS_LOGIN_URL),
    openIdUrl: raw.TEAMS_OPENID_URL,
    issuer: withoutSlash(raw.TEAMS_ISSUER),
    isLoopback,
  };
}

function discordOf(raw: Raw): ChatSettings['discord'] {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId } = raw;
  if (token === undefined && guildId === undefined) return undefined;
  if (token === undefined) throw missing('DISCORD_TOKEN', 'the developer portal, "Bot", "Reset Token"');
  if (guildId === undefined) throw missing('DISCORD_GUILD_ID', 'the server\'s menu, "Copy Server ID"');
  const { DISCORD_CATEGORY_ID: categoryId, DISCORD_ROOMS: rooms, DISCORD_VOICE: voice } = raw;
  return { token, guildId, apiUrl: withoutSlash(raw.DISCORD_API_URL), categoryId, rooms, voice };
}

function missing(name: keyof typeof CHAT_SETTINGS, where: string): UserError {
  return new UserError('bad_arguments', `Set ${name} too. You find it here: ${where}.`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

export function setting<S extends z.ZodType>(
  help: string,
  schema: S,
): { readonly help: string; readonly schema: S } {
  return { help, schema };
}

export function text() {
  return z.string().min(1).optional();
}

function endpoint(otherwise: string) {
  return z.url({ protocol: /^https?$/ }).default(otherwise);
}

function onOff() {
  return z
    .enum(['on', 'off'])
    .default('off')
    .transform((it) => it === 'on');
}
