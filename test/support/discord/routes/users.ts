import { ChannelType } from 'discord-api-types/v10';

import type { Core } from '#test/support/discord/core.ts';
import { found, need } from '#test/support/discord/errors.ts';
import { ok, RATES, type Route } from '#test/support/discord/route.ts';
import { channelJson, userJson } from '#test/support/discord/views.ts';
import type { Json } from '#test/support/discord/world.ts';

/** So many sessions may be begun in a day. */
export const SESSIONS_A_DAY = 1000;

/** The bot itself, other users, the gateway's address, and direct channels. */
export function userRoutes(core: Core): readonly Route[] {
  const { world } = core;
  const bot = { auth: 'bot', rate: RATES.read } as const;
  const self = () => userJson(found(world.users.get(world.botId), 10013));
  return [
    {
      method: 'GET',
      path: '/gateway',
      auth: 'none',
      rate: RATES.read,
      run: () => ok({ url: core.gatewayUrl() }),
    },
    {
      ...bot,
      method: 'GET',
      path: '/gateway/bot',
      run: () => {
        const limit = {
          total: SESSIONS_A_DAY,
          remaining: core.sessionsLeft(),
          reset_after: 14_400_000,
          max_concurrency: 1,
        };
        return ok({ url: core.gatewayUrl(), shards: 1, session_start_limit: limit });
      },
    },
    {
      ...bot,
      method: 'GET',
      path: '/users/@me',
      run: () => ok({ ...self(), mfa_enabled: true, verified: true, locale: 'en-US', email: null }),
    },
    {
      ...bot,
      method: 'GET',
      path: '/users/@me/guilds',
      run: () =>
        ok([
          {
            id: world.guildId,
            name: 'Example Engineering',
            icon: null,
            banner: null,
            owner: false,
            permissions: '0',
            features: [],
          },
        ]),
    },
    { ...bot, method: 'GET', path: '/applications/@me', run: () => ok(applicationJson(core, self())) },
    { ...bot, method: 'GET', path: '/oauth2/applications/@me', run: () => ok(applicationJson(core, self())) },
    {
      ...bot,
      rate: RATES.direct,
      method: 'POST',
      path: '/users/@me/channels',
      run: ({ body }) => {
        const { recipient_id: id = '' } = (body ?? {}) as { recipient_id?: string };
        const user = world.users.get(id);
        need(user !== undefined && !user.isBot, 50033);
        const channel =
          world.directWith(id) ?? world.addChannel({ type: ChannelType.DM, name: '', recipientId: id });
        return ok(channelJson(world, channel));
      },
    },
    {
      ...bot,
      method: 'GET',
      path: '/users/{user_id}',
      run: ({ params }) => ok(userJson(found(world.users.get(params['user_id'] ?? ''), 10013))),
    },
  ];
}

/** Which privileged intents the application has: bits of its flags, for applications in few guilds. */
const FLAG_OF_INTENT: readonly (readonly [intent: number, flag: number])[] = [
  [1 << 8, 1 << 13],
  [1 << 1, 1 << 15],
  [1 << 15, 1 << 19],
];

function applicationJson({ world, forbidden }: Core, bot: Json): Json {
  const flags = FLAG_OF_INTENT.reduce(
    (all, [intent, flag]) => (forbidden.intents & intent ? all : all | flag),
    0,
  );
  return {
    id: world.appId,
    name: 'Incident Manager',
    icon: null,
    description: '',
    type: null,
    bot,
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    explicit_content_filter: 0,
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    eligible_oauth2_scopes: ['applications.commands', 'bot'],
    owner: bot,
    team: null,
  };
}
