import {
  ConfigurationBotFrameworkAuthentication,
  type ConfigurationBotFrameworkAuthenticationOptions,
} from 'botbuilder';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Forgery } from '#test/support/teams/fake.ts';
import { fieldsOf, textOf, type Fields } from '#test/support/teams/json.ts';
import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;

beforeEach(async () => void (bot = await startStubBot()));
afterEach(async () => await bot.stop());

async function tokenAnswer(overrides: Readonly<Record<string, string>>, tenant?: string) {
  const { env } = bot.fake;
  const asked = {
    grant_type: 'client_credentials',
    client_id: env['TEAMS_APP_ID'] ?? '',
    client_secret: env['TEAMS_APP_PASSWORD'] ?? '',
    scope: 'https://api.botframework.com/.default',
    ...overrides,
  };
  const url = `${env['TEAMS_LOGIN_URL']}/${tenant ?? env['TEAMS_TENANT_ID']}/oauth2/v2.0/token`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(asked) });
  return { status: response.status, body: fieldsOf(await response.json()) };
}

describe('tokens for the bot', () => {
  test('are for one service each, and say what the app may do in Graph', async () => {
    const { body } = await tokenAnswer({ scope: 'https://graph.microsoft.com/.default' });
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
    const claims = decodeJwt(textOf(body['access_token']));
    expect(claims).toMatchObject({ aud: 'https://graph.microsoft.com', appid: bot.fake.env['TEAMS_APP_ID'] });
    expect(claims['roles']).toContain('Channel.Create');
  });

  test.each([
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['another app', { client_id: 'x' }, 400, 'unauthorized_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a scope without .default', { scope: 'https://graph.microsoft.com' }, 400, 'invalid_scope'],
  ])('are not given for %s', async (_, overrides, status, error) => {
    expect(await tokenAnswer(overrides)).toMatchObject({ status, body: { error } });
  });

  test('are not given by another organisation, except those of bots of many', async () => {
    expect((await tokenAnswer({}, 'elsewhere')).status).toBe(400);
    expect((await tokenAnswer({}, 'botframework.com')).status).toBe(200);
    expect(
      (await tokenAnswer({ scope: 'https://graph.microsoft.com/.default' }, 'botframework.com')).status,
    ).toBe(400);
  });

  test('are needed for every call, and are of no use when the app was revoked', async () => {
    const { fake } = bot;
    const url = `${fake.serviceUrl}v3/teams/${encodeURIComponent(fake.team.id)}`;
    const asked = async (authorization?: string) =>
      (await fetch(url, authorization === undefined ? {} : { headers: { authorization } })).status;
    const connector = await bot.token('https://api.botframework.com/.default');
    const graph = await bot.token('https://graph.microsoft.com/.default');
    expect(await asked()).toBe(401);
    expect(await asked(`Bearer ${graph}`)).toBe(401);
    expect(await asked(`Bearer ${connector.slice(0, -8)}AAAAAAAA`)).toBe(401);
    expect(await asked(`Bearer ${connector}`)).toBe(200);
    fake.trouble.revokeToken();
    expect(await asked(`Bearer ${connector}`)).toBe(401);
    expect((await tokenAnswer({})).status).toBe(401);
    fake.trouble.restoreToken();
    expect(await asked(`Bearer ${connector}`)).toBe(200);
  });
});

describe('calls to the bot', () => {
  /** As Microsoft's own library judges them. */
  async function judged(activity: Fields, authorization: string): Promise<boolean> {
    const { env } = bot.fake;
    const library = new ConfigurationBotFrameworkAuthentication({
      MicrosoftAppId: env['TEAMS_APP_ID'],
      MicrosoftAppPassword: env['TEAMS_APP_PASSWORD'],
      MicrosoftAppTenantId: env['TEAMS_TENANT_ID'],
      MicrosoftAppType: 'SingleTenant',
      ToChannelFromBotLoginUrl: 'https://login.invalid',
      ToChannelFromBotOAuthScope: 'https://api.botframework.com',
      ToBotFromChannelTokenIssuer: env['TEAMS_ISSUER'],
      OAuthUrl: 'https://login.invalid',
      ToBotFromChannelOpenIdMetadataUrl: env['TEAMS_OPENID_URL'],
      ToBotFromEmulatorOpenIdMetadataUrl: env['TEAMS_OPENID_URL'],
      ValidateAuthority: 'false',
      CallerId: 'teams',
      ChannelService: 'https://teams.invalid',
    } as ConfigurationBotFrameworkAuthenticationOptions);
    return await library.authenticateRequest(activity as never, authorization).then(
      () => true,
      () => false,
    );
  }

  async function heardBy(send: () => Promise<unknown>): Promise<{ activity: Fields; authorization: string }> {
    let authorization = '';
    bot.hears = (headers) => void (authorization = headers.authorization ?? '');
    await send();
    return { activity: bot.heard.at(-1) ?? {}, authorization };
  }

  test('are signed as the Bot Framework signs them', async () => {
    const { activity, authorization } = await heardBy(() =>
      bot.fake.types(bot.fake.people.ana, 'direct', 'hello'),
    );
    expect(await judged(activity, authorization)).toBe(true);
  });

  const FORGERIES: readonly Forgery[] = [
    'no token',
    'bad signature',
    'wrong audience',
    'wrong issuer',
    'expired',
    'other service',
  ];

  test.each(FORGERIES)('that are forged can be told: %s', async (forgery) => {
    vi.spyOn(console, 'error').mockReturnValue(undefined);
    const { activity, authorization } = await heardBy(() =>
      bot.fake.forges(bot.fake.people.ana, 'hello', forgery),
    );
    expect(await judged(activity, authorization)).toBe(false);
    vi.restoreAllMocks();
  });

  test('carry no token where there is no authentication, and ask for none', async () => {
    await bot.stop();
    bot = await startStubBot({ auth: false });
    const { fake } = bot;
    const { authorization } = await heardBy(() => fake.types(fake.people.ana, 'direct', 'hello'));
    expect(authorization).toBe('');
    expect(fake.env['TEAMS_APP_ID']).toBe('');
    const url = `${fake.serviceUrl}v3/teams/${encodeURIComponent(fake.team.id)}`;
    expect((await fetch(url)).status).toBe(200);
  });
});
