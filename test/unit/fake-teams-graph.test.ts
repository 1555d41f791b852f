import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;
let channels: string;

/** All that the tests ask for; the program is given less. */
const roles = [
  'Channel.Create',
  'Channel.Delete.All',
  'ChannelMember.ReadWrite.All',
  'ChannelSettings.ReadWrite.All',
  'Files.ReadWrite.All',
  'TeamsTab.Create',
  'TeamworkTag.ReadWrite.All',
  'User.Read.All',
];

beforeEach(async () => {
  bot = await startStubBot({ roles, rsc: [] });
  channels = `/teams/${bot.fake.team.groupId}/channels`;
});

afterEach(async () => await bot.stop());

const conversation = (id: unknown) => `/conversations/${encodeURIComponent(String(id))}/activities`;
const pause = async () => await new Promise((resolve) => setTimeout(resolve, 1050));

describe('channels in the stand-in for Graph', () => {
  test('are made, described, renamed and shown to all of the team, and the bot is told', async () => {
    const { fake } = bot;
    const made = await bot.graph('POST', channels, {
      displayName: 'inc-1-checkout',
      description: 'P1 new',
      membershipType: 'standard',
    });
    expect(made).toMatchObject({ status: 201, body: { displayName: 'inc-1-checkout', isArchived: false } });
    const id = String(made.body['id']);
    expect(fake.room(id)).toMatchObject({ name: 'inc-1-checkout', topic: 'P1 new', private: false });
    expect(fake.rooms(fake.people.bo).map(({ name }) => name)).toEqual([
      'General',
      'Incidents',
      'inc-1-checkout',
    ]);
    expect((await bot.graph('PATCH', `${channels}/${id}`, { description: 'P1 resolved' })).status).toBe(204);
    expect(fake.room(id)?.topic).toBe('P1 resolved');
    const found = await bot.graph('GET', `${channels}?$filter=displayName eq 'INC-1-checkout'`);
    expect(found.body['value']).toMatchObject([
      { id, webUrl: expect.stringContaining('https://teams.microsoft.com/l/channel/') },
    ]);
    await expect
      .poll(() => bot.activities('conversationUpdate')[0])
      .toMatchObject({
        channelData: { eventType: 'channelCreated', channel: { id, name: 'inc-1-checkout' } },
      });
  });

  test.each(['', 'x'.repeat(51), 'a#b', 'a/b', 'a:b', "a'b", 'a?b', '_x', '.x', 'General'])(
    'are not named %j',
    async (displayName) => {
      expect((await bot.graph('POST', channels, { displayName })).status).toBe(400);
      expect(bot.fake.measured.refused).toHaveLength(1);
    },
  );

  test('have names of their own, also after one was deleted', async () => {
    const made = await bot.graph('POST', channels, { displayName: 'inc-1' });
    const again = async () => await bot.graph('POST', channels, { displayName: 'INC-1' });
    const taken = { status: 400, body: { error: { innerError: { code: 'NameAlreadyExists' } } } };
    expect(await again()).toMatchObject(taken);
    expect((await bot.graph('DELETE', `${channels}/${String(made.body['id'])}`)).status).toBe(204);
    expect(await again()).toMatchObject(taken);
  });

  test('are made of what Graph knows, and not more often than four times a second', async () => {
    expect((await bot.graph('POST', channels, { displayName: 'a', topic: 'x' })).status).toBe(400);
    expect((await bot.graph('POST', channels, { displayName: 'a', membershipType: 'secret' })).status).toBe(
      400,
    );
    expect(
      (await bot.graph('POST', channels, { displayName: 'a', description: 'x'.repeat(1025) })).status,
    ).toBe(400);
    expect((await bot.graph('POST', channels, {})).status).toBe(400);
    expect((await bot.graph('POST', channels, { displayName: 'a' })).status).toBe(429);
  });

  test('are archived and revived, and nobody writes in one that is archived', async () => {
    const { fake } = bot;
    const { body } = await bot.graph('POST', channels, { displayName: 'inc-1' });
    const at = `${channels}/${String(body['id'])}`;
    const write = async () =>
      (await bot.call('POST', conversation(body['id']), { type: 'message', text: 'x' })).status;
    expect((await bot.graph('POST', `${at}/archive`, {})).status).toBe(202);
    expect((await bot.graph('POST', `${at}/archive`)).status).toBe(400);
    expect(fake.room(String(body['id']))?.archived).toBe(true);
    expect(await write()).toBe(403);
    await expect(fake.types(fake.people.ana, String(body['id']), 'x')).rejects.toThrow('any more');
    await pause();
    expect((await bot.graph('POST', `${at}/unarchive`)).status).toBe(202);
    expect(await write()).toBe(201);
  });

  test('are private to their members, and have an owner', async () => {
    const { fake } = bot;
    const member = (id: string, as: readonly string[] = []) => ({
      '@odata.type': '#microsoft.graph.aadUserConversationMember',
      'user@odata.bind': `https://graph.microsoft.com/v1.0/users('${id}')`,
      roles: as,
    });
    const { ana, bo, cy } = fake.people;
    const secret = { displayName: 'payroll', membershipType: 'private' };
    expect((await bot.graph('POST', channels, { ...secret, members: [member(ana.id)] })).status).toBe(400);
    const { body } = await bot.graph('POST', channels, { ...secret, members: [member(ana.id, ['owner'])] });
    const id = String(body['id']);
    await bot.says(id, { text: 'the payroll was read' });
    expect(fake.messages(ana, id)).toHaveLength(1);
    expect(fake.messages(bo, id)).toEqual([]);
    expect(JSON.stringify(fake.rooms(bo))).not.toContain('payroll');
    expect((await bot.graph('POST', `${channels}/${id}/members`, member(bo.id))).status).toBe(201);
    expect(fake.messages(bo, id)).toHaveLength(1);
    expect(fake.room(id)?.members).toEqual([ana.id, bo.id]);
    await expect(fake.types(cy, id, 'hello')).rejects.toThrow('may not');
    expect((await bot.graph('POST', `${channels}/${fake.lobby}/members`, member(cy.id))).status).toBe(400);
  });

  test('have tabs with addresses', async () => {
    const { fake } = bot;
    const tab = {
      displayName: 'Web room',
      'teamsApp@odata.bind':
        'https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/com.microsoft.teamspace.tab.web',
      configuration: {
        contentUrl: 'https://incidents.example/rooms/inc-1',
        websiteUrl: 'https://incidents.example/rooms/inc-1',
      },
    };
    expect((await bot.graph('POST', `${channels}/${fake.lobby}/tabs`, tab)).status).toBe(201);
    expect(fake.room(fake.lobby)?.bookmarks).toEqual(['https://incidents.example/rooms/inc-1']);
    const wrong = { ...tab, configuration: { contentUrl: 'javascript:alert(1)' } };
    expect((await bot.graph('POST', `${channels}/${fake.lobby}/tabs`, wrong)).status).toBe(400);
  });

  test('take files, which a message shows when it links to them', async () => {
    const { fake } = bot;
    const folder = await bot.graph('GET', `${channels}/${fake.lobby}/filesFolder`);
    const { driveId } = folder.body['parentReference'] as { driveId: string };
    const bytes = new Uint8Array([1, 2, 3]);
    const put = await bot.graph(
      'PUT',
      `/drives/${driveId}/items/${String(folder.body['id'])}:/latency.bin:/content`,
      bytes,
    );
    expect(put).toMatchObject({ status: 201, body: { name: 'latency.bin', size: 3 } });
    await bot.says(fake.lobby, { text: `[latency.bin](${String(put.body['webUrl'])})` });
    expect(fake.messages(fake.people.ana, fake.lobby)[0]?.files).toMatchObject([{ name: 'latency.bin' }]);
    expect((await bot.graph('PUT', `/drives/${driveId}/items/elsewhere:/x.bin:/content`, bytes)).status).toBe(
      404,
    );
  });
});

describe('people and tags in the stand-in for Graph', () => {
  test('people are found by their address and id, and guests are told apart', async () => {
    const { ana, guest } = bot.fake.people;
    expect((await bot.graph('GET', '/users/ana@example.com')).body).toMatchObject({
      id: ana.id,
      mail: 'ana@example.com',
      userType: 'Member',
    });
    expect((await bot.graph('GET', `/users/${guest.id}`)).body).toMatchObject({ userType: 'Guest' });
    expect((await bot.graph('GET', `/users/${encodeURIComponent(bot.fake.mri(ana))}`)).status).toBe(404);
  });

  test('a tag is mentioned, and its members are notified', async () => {
    const { fake } = bot;
    const tags = `/teams/${fake.team.groupId}/tags`;
    const { ana, bo } = fake.people;
    const made = await bot.graph('POST', tags, { displayName: 'oncall', members: [{ userId: ana.id }] });
    expect(made).toMatchObject({ status: 201, body: { displayName: 'oncall', memberCount: 1 } });
    const at = `${tags}/${encodeURIComponent(String(made.body['id']))}/members`;
    expect((await bot.graph('POST', at, { userId: bo.id })).status).toBe(201);
    expect((await bot.graph('POST', at, { userId: bo.id })).status).toBe(409);
    const mention = {
      type: 'mention',
      text: '<at>oncall</at>',
      mentioned: { id: made.body['id'], name: 'oncall', type: 'tag' },
    };
    await bot.says(fake.lobby, { text: '<at>oncall</at> please look', entities: [mention] });
    expect(fake.messages(ana, fake.lobby)[0]?.notified).toEqual([ana.id, bo.id]);
    await pause();
    const members = await bot.graph('GET', at);
    const [first, second] = members.body['value'] as { id: string }[];
    await bot.graph('DELETE', `${at}/${encodeURIComponent(first?.id ?? '')}`);
    await bot.graph('DELETE', `${at}/${encodeURIComponent(second?.id ?? '')}`);
    await pause();
    expect((await bot.graph('GET', tags)).body['value']).toEqual([]);
  });

  test('nothing is done without the permission for it, and consent of the owner does for what others see', async () => {
    const { roles: granted, rsc } = bot.fake;
    const create = async (more: object) =>
      await bot.graph('POST', channels, { displayName: 'inc-1', ...more });
    granted.delete('Channel.Create');
    const refused = await create({});
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'Forbidden' } } });
    expect(JSON.stringify(refused.body)).toContain('Channel.Create');
    rsc.add('Channel.Create.Group');
    expect((await create({ membershipType: 'private' })).status).toBe(403);
    expect((await create({})).status).toBe(201);
    rsc.add('TeamsAppInstallation.Read.Group');
    const grants = await bot.graph('GET', `/teams/${bot.fake.team.groupId}/permissionGrants`);
    expect(grants.body['value']).toMatchObject([{ permission: 'Channel.Create.Group' }, {}]);
  });
});
