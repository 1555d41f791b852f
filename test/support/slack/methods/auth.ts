import { always, none, type Methods } from '#test/support/slack/method.ts';
import { APP_ID, BOT, TEAM } from '#test/support/slack/world.ts';

const URL = `https://${TEAM.domain}.slack.com/`;

export const authMethods: Methods = {
  'api.test': { token: 'any', tier: 'special', scopes: none, args: '', run: () => ({}) },
  'auth.test': {
    token: 'any',
    tier: 'special',
    scopes: none,
    args: '',
    run: () => ({
      url: URL,
      team: TEAM.name,
      user: BOT.name,
      team_id: TEAM.id,
      user_id: BOT.user,
      bot_id: BOT.bot,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': {
    token: 'app',
    tier: 1,
    scopes: none,
    args: '',
    run: ({ core }) => ({ url: core.socketUrl() }),
  },
  'bots.info': {
    token: 'bot',
    tier: 3,
    scopes: always('users:read'),
    args: 'bot',
    run: () => ({
      bot: {
        id: BOT.bot,
        deleted: false,
        name: BOT.name,
        updated: 0,
        app_id: APP_ID,
        user_id: BOT.user,
        icons: {},
      },
    }),
  },
  'team.info': {
    token: 'bot',
    tier: 3,
    scopes: always('team:read'),
    args: 'team',
    run: () => ({
      team: {
        id: TEAM.id,
        name: TEAM.name,
        url: URL,
        domain: TEAM.domain,
        email_domain: 'example.com',
        icon: {},
      },
    }),
  },
};
