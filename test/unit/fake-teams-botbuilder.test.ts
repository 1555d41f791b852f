import {
  CloudAdapter,
  createBotFrameworkAuthenticationFromConfiguration,
  TeamsInfo,
  TurnContext,
  type Activity,
  type ConversationReference,
} from 'botbuilder';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

/** Microsoft's own library is content with the stand-in: it finds what it looks for, and reads every answer. */
let bot: StubBot;
let adapter: CloudAdapter;

beforeEach(async () => {
  bot = await startStubBot();
  adapter = adapterFor(bot);
});

afterEach(async () => await bot.stop());

function adapterFor(it: StubBot): CloudAdapter {
  const { env } = it.fake;
  const credentials = {
    async signRequest(request: { readonly headers: { set: (name: string, value: string) => void } }) {
      request.headers.set(
        'authorization',
        `Bearer ${await it.token('https://api.botframework.com/.default')}`,
      );
      return request;
    },
  };
  // Its own credentials insist on an issuer with a certificate.
  const factory = {
    isValidAppId: async (appId: string) => appId === env['TEAMS_APP_ID'],
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => credentials,
  };
  const settings = {
    ToChannelFromBotLoginUrl: 'https://login.invalid',
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToBotFromChannelTokenIssuer: env['TEAMS_ISSUER'],
    OAuthUrl: 'https://login.invalid',
    ToBotFromChannelOpenIdMetadataUrl: env['TEAMS_OPENID_URL'],
    ToBotFromEmulatorOpenIdMetadataUrl: env['TEAMS_OPENID_URL'],
    ValidateAuthority: 'false',
    CallerId: 'teams',
    ChannelService: 'https://teams.invalid',
  };
  const configuration = {
    get: (path: string[] = []) => settings[path[0] as keyof typeof settings],
    set: () => {},
  };
  return new CloudAdapter(
    createBotFrameworkAuthenticationFromConfiguration(configuration as never, factory as never),
  );
}

/** Where the bot was last spoken to. */
function reference(): Partial<ConversationReference> {
  return TurnContext.getConversationReference(bot.heard.at(-1) as unknown as Activity);
}

async function inTurn(work: (context: TurnContext) => Promise<void>): Promise<void> {
  await adapter.continueConversationAsync(bot.fake.env['TEAMS_APP_ID'] ?? '', reference(), work);
}

test('the library answers, changes and takes back what it said where it was spoken to', async () => {
  const { fake } = bot;
  const { ana } = fake.people;
  await fake.types(ana, fake.lobby, '/incident help');
  const question = fake.messages(ana, fake.lobby)[0]?.id ?? '';
  await inTurn(async (context) => {
    const sent = await context.sendActivity('one');
    await context.updateActivity({ id: sent?.id ?? '', type: 'message', text: 'two' });
    await context.sendActivity('three');
    await context.deleteActivity((await context.sendActivity('four'))?.id ?? '');
  });
  expect(fake.below(ana, question).map(({ text }) => text)).toEqual(['two', 'three']);
  expect(fake.measured.refused).toEqual([]);
});

test('the library begins a thread in a channel, and goes on in it later', async () => {
  const { fake } = bot;
  const appId = fake.env['TEAMS_APP_ID'] ?? '';
  await fake.types(fake.people.ana, fake.lobby, 'hello');
  const begun: Partial<ConversationReference>[] = [];
  await inTurn(async (context) => {
    const [thread] = await TeamsInfo.sendMessageToTeamsChannel(
      context,
      { type: 'message', text: 'INC-1' } as Activity,
      fake.lobby,
      appId,
    );
    begun.push(thread);
  });
  await adapter.continueConversationAsync(appId, begun[0] ?? {}, async (context) => {
    await context.sendActivity('below it');
  });
  const post = fake.messages(fake.people.bo, fake.lobby).at(-1);
  expect(post?.text).toBe('INC-1');
  expect(fake.below(fake.people.bo, post?.id ?? '').map(({ text }) => text)).toEqual(['below it']);
});

test('the library writes to a person whom nobody has spoken to', async () => {
  const { fake } = bot;
  const parameters = {
    isGroup: false,
    bot: { id: fake.bot.id, name: fake.bot.name },
    members: [{ id: fake.mri(fake.people.bo), name: 'Bo' }],
    tenantId: fake.env['TEAMS_TENANT_ID'] ?? '',
    channelData: {},
  };
  await adapter.createConversationAsync(
    fake.env['TEAMS_APP_ID'] ?? '',
    'msteams',
    fake.serviceUrl,
    'https://api.botframework.com',
    parameters,
    async (context) => void (await context.sendActivity('a page')),
  );
  expect(fake.direct(fake.people.bo).map(({ text }) => text)).toEqual(['a page']);
});

test('the library reads who is there, and what the team has', async () => {
  const { fake } = bot;
  await fake.types(fake.people.ana, fake.lobby, 'hello');
  await inTurn(async (context) => {
    const { members } = await TeamsInfo.getPagedMembers(context, 100);
    expect(members.map(({ name }) => name)).toEqual([
      'Ana Lima',
      'Bo Chen',
      'Cy Rossi',
      'Gus Vale',
      'Ola Berg',
    ]);
    const { ana } = fake.people;
    expect(await TeamsInfo.getMember(context, ana.id)).toMatchObject({
      id: fake.mri(ana),
      email: 'ana@example.com',
      aadObjectId: ana.id,
    });
    expect(await TeamsInfo.getTeamDetails(context, fake.team.id)).toMatchObject({
      id: fake.team.id,
      aadGroupId: fake.team.groupId,
    });
    expect((await TeamsInfo.getTeamChannels(context, fake.team.id)).map(({ id }) => id)).toEqual([
      fake.team.id,
      fake.lobby,
    ]);
  });
});
