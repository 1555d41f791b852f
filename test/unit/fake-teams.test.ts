import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import { carded } from '#test/support/teams/drafting.ts';
import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;
let ana: FakePerson;
let bo: FakePerson;

beforeEach(async () => {
  bot = await startStubBot();
  ({ ana, bo } = bot.fake.people);
});

afterEach(async () => await bot.stop());

const path = (conversation: string, rest = '/activities') =>
  `/conversations/${encodeURIComponent(conversation)}${rest}`;

describe('conversations of the stand-in for Teams', () => {
  test('a channel shows posts in its main flow and replies below them', async () => {
    const { fake } = bot;
    const post = await bot.says(fake.lobby, { text: 'INC-1 is **new**' });
    await bot.says(`${fake.lobby};messageid=${post}`, { text: 'a reply' });
    const shown = fake.messages(bo, fake.lobby);
    expect(shown.map(({ text, author }) => ({ text, author }))).toEqual([
      { text: 'INC-1 is new', author: 'bot' },
    ]);
    expect(fake.below(bo, shown[0]?.id ?? '').map(({ text }) => text)).toEqual(['a reply']);
  });

  test('a thread is made with its first message, and a chat once per person', async () => {
    const { fake } = bot;
    const thread = {
      isGroup: true,
      channelData: { channel: { id: fake.lobby } },
      activity: { type: 'message', text: 'INC-2' },
    };
    const made = await bot.call('POST', '/conversations', thread);
    expect(made).toMatchObject({
      status: 201,
      body: { id: `${fake.lobby};messageid=${String(made.body['activityId'])}` },
    });

    const chat = {
      isGroup: false,
      bot: { id: fake.bot.id },
      members: [{ id: fake.mri(ana) }],
      tenantId: fake.env['TEAMS_TENANT_ID'],
    };
    const first = await bot.call('POST', '/conversations', chat);
    expect(first.body['id']).toBe(fake.chat(ana));
    expect((await bot.call('POST', '/conversations', chat)).body).toEqual(first.body);
    await bot.says(fake.chat(ana), { text: 'a page' });
    expect(fake.direct(ana).map(({ text }) => text)).toEqual(['a page']);
    expect(fake.direct(bo)).toEqual([]);
  });

  test('a message is changed and taken away by the bot that wrote it, and by no other', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, { text: 'one' });
    expect(
      (await bot.call('PUT', path(fake.lobby, `/activities/${id}`), { type: 'message', text: 'two' })).status,
    ).toBe(200);
    expect(fake.messages(ana, fake.lobby).map(({ text }) => text)).toEqual(['two']);
    await fake.types(ana, fake.lobby, 'mine');
    const mine = fake.messages(ana, fake.lobby).at(-1)?.id.split('|')[1];
    expect(
      (await bot.call('PUT', path(fake.lobby, `/activities/${mine}`), { type: 'message', text: 'x' })).status,
    ).toBe(403);
    expect((await bot.call('DELETE', path(fake.lobby, `/activities/${id}`))).status).toBe(200);
    expect((await bot.call('DELETE', path(fake.lobby, `/activities/${id}`))).status).toBe(404);
    expect(fake.messages(ana, fake.lobby).map(({ text }) => text)).toEqual(['mine']);
  });

  test('a targeted message is seen by one person, for a day, and takes no replies', async () => {
    let now = new Date('2026-03-01T08:00:00Z');
    await bot.stop();
    bot = await startStubBot({ now: () => now });
    const { fake } = bot;
    const { people } = fake;
    const id = await bot.says(
      fake.lobby,
      { text: 'for you', recipient: { id: fake.mri(people.ana) } },
      '?isTargetedActivity=true',
    );
    expect(fake.messages(people.ana, fake.lobby)).toMatchObject([{ text: 'for you', private: true }]);
    expect(fake.messages(people.bo, fake.lobby)).toEqual([]);
    const there = path(fake.lobby, `/activities/${id}`);
    expect((await bot.call('POST', there, { type: 'message', text: 'below' })).status).toBe(400);
    expect((await bot.call('PUT', there, { type: 'message', text: 'to all' })).status).toBe(400);
    expect(
      (await bot.call('PUT', `${there}?isTargetedActivity=true`, { type: 'message', text: 'again' })).status,
    ).toBe(200);
    now = new Date('2026-03-02T08:00:01Z');
    expect(fake.messages(people.ana, fake.lobby)).toEqual([]);
    expect(
      (await bot.call('PUT', `${there}?isTargetedActivity=true`, { type: 'message', text: 'late' })).status,
    ).toBe(404);
  });

  test('nothing targeted is taken in a chat, or for somebody who is not there', async () => {
    const { fake } = bot;
    const toAna = { type: 'message', text: 'x', recipient: { id: fake.mri(ana) } };
    expect((await bot.call('POST', `${path(fake.chat(ana))}?isTargetedActivity=true`, toAna)).status).toBe(
      400,
    );
    const toNobody = { type: 'message', text: 'x', recipient: { id: '29:nobody' } };
    expect((await bot.call('POST', `${path(fake.lobby)}?isTargetedActivity=true`, toNobody)).status).toBe(
      400,
    );
  });

  test('the bot reacts, and takes its reaction back', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, { text: 'noted' });
    const reactions = path(fake.lobby, `/activities/${id}/reactions`);
    expect((await bot.call('PUT', `${reactions}/1f440_eyes`)).status).toBe(200);
    expect(fake.messages(ana, fake.lobby)[0]?.reactions).toEqual({ '👀': 1 });
    await bot.call('DELETE', `${reactions}/1f440_eyes`);
    expect(fake.messages(ana, fake.lobby)[0]?.reactions).toEqual({});
  });

  test('the bot reacts with nothing that Teams does not know, and twice a second at most', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, { text: 'noted' });
    const reactions = path(fake.lobby, `/activities/${id}/reactions`);
    expect((await bot.call('PUT', `${reactions}/eyes`)).status).toBe(400);
    expect((await bot.call('PUT', `${reactions}/like`)).status).toBe(200);
    expect((await bot.call('PUT', `${reactions}/heart`)).status).toBe(429);
  });

  test('people of a conversation are told with their addresses, in pages and one by one', async () => {
    const { fake } = bot;
    const { body } = await bot.call('GET', path(fake.team.id, '/pagedmembers?pageSize=50'));
    expect(body['members']).toHaveLength(5);
    expect(body['continuationToken']).toBe(undefined);
    const one = await bot.call('GET', path(fake.lobby, `/members/${ana.id}`));
    expect(one.body).toMatchObject({
      id: fake.mri(ana),
      aadObjectId: ana.id,
      email: 'ana@example.com',
      userRole: 'user',
    });
    expect((await bot.call('GET', path(fake.lobby, '/members/29:nobody'))).status).toBe(404);
    expect((await bot.call('GET', `/teams/${encodeURIComponent(fake.team.id)}`)).body).toMatchObject({
      aadGroupId: fake.team.groupId,
    });
    const channels = await bot.call('GET', `/teams/${encodeURIComponent(fake.team.id)}/conversations`);
    expect(channels.body['conversations']).toMatchObject([
      { id: fake.team.id },
      { id: fake.lobby, name: 'Incidents' },
    ]);
  });
});

describe('what the stand-in for Teams refuses', () => {
  test('calls to conversations that are not there, or that the bot is not in', async () => {
    const { fake } = bot;
    const message = { type: 'message', text: 'x' };
    for (const nowhere of ['19:nowhere@thread.tacv2', `${fake.lobby};messageid=1234567890123`, '999999999']) {
      expect(await bot.call('POST', path(nowhere), message)).toMatchObject({
        status: 404,
        body: { error: { code: 'ConversationNotFound' } },
      });
    }
    await fake.uninstalls();
    expect(await bot.call('POST', path(fake.lobby), message)).toMatchObject({
      status: 403,
      body: { error: { code: 'BotNotInConversationRoster' } },
    });
    await fake.installs();
    await bot.says(fake.lobby, { text: 'here again' });
    expect(fake.measured.refused).toHaveLength(4);
  });

  test.each([
    ['an empty message', { text: ' ' }],
    ['a text format that is unknown', { text: 'x', textFormat: 'html' }],
    [
      'an attachment that is unknown',
      { text: 'x', attachments: [{ contentType: 'text/html', content: {} }] },
    ],
    [
      'a mention that is not in the text',
      {
        text: 'x',
        entities: [{ type: 'mention', text: '<at>Ana</at>', mentioned: { id: '29:x', name: 'Ana' } }],
      },
    ],
    ['a picture without an address', { attachments: [{ contentType: 'image/png', contentUrl: 'x.png' }] }],
    ['an activity of another type', { type: 'trace', text: 'x' }],
  ])('%s', async (_, activity) => {
    const { status } = await bot.call('POST', path(bot.fake.lobby), { type: 'message', ...activity });
    expect(status).toBe(400);
    expect(bot.fake.messages(ana, bot.fake.lobby)).toEqual([]);
  });

  test('a mention in a text by any other id than the one the bot knows, and of nobody', async () => {
    const { fake } = bot;
    const mentioning = (id: string) => ({
      type: 'message',
      text: 'It is yours, <at>Ana</at>.',
      entities: [{ type: 'mention', text: '<at>Ana</at>', mentioned: { id, name: 'Ana' } }],
    });
    expect((await bot.call('POST', path(fake.lobby), mentioning(ana.id))).status).toBe(400);
    expect((await bot.call('POST', path(fake.lobby), mentioning('29:nobody'))).status).toBe(400);
    expect((await bot.call('POST', path(fake.lobby), mentioning(fake.mri(ana)))).status).toBe(201);
    expect(fake.messages(bo, fake.lobby)).toMatchObject([{ text: 'It is yours, @Ana.', notified: [ana.id] }]);
  });

  test('messages and cards that are too large', async () => {
    const { fake } = bot;
    const large = { type: 'message', text: 'x'.repeat(52_000) };
    expect(await bot.call('POST', path(fake.lobby), large)).toMatchObject({
      status: 413,
      body: { error: { code: 'MessageSizeTooBig' } },
    });
    const card = carded([{ type: 'TextBlock', text: 'x'.repeat(29_000) }]);
    expect((await bot.call('POST', path(fake.lobby), { type: 'message', ...card })).status).toBe(413);
  });

  test('more than seven messages a second in a thread, with the time to wait', async () => {
    const { fake } = bot;
    const answers = await Promise.all(
      Array.from(
        { length: 10 },
        async (_, at) => await bot.call('POST', path(fake.lobby), { type: 'message', text: `${at}` }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(3);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(fake.measured.tooMany).toHaveLength(3);
    expect(fake.measured.refused).toEqual([]);
  });
});

describe('trouble with the stand-in for Teams', () => {
  const SEND = 'POST /v3/conversations/{id}/activities';

  test('a call meets what was asked for, in order, and then nothing', async () => {
    const { fake } = bot;
    fake.trouble.next(
      SEND,
      { status: 429, retryAfterS: 7 },
      { error: 'BotNotInConversationRoster' },
      { delayMs: 50 },
    );
    const send = async () => await bot.call('POST', path(fake.lobby), { type: 'message', text: 'x' });
    const first = await send();
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await send()).status).toBe(403);
    const started = performance.now();
    expect((await send()).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(45);
    expect(fake.measured.tooMany).toEqual([]);
    expect(() => fake.trouble.next('POST /nonsense', { status: 500 })).toThrow('there are');
  });

  test('an answer gets lost after the work was done', async () => {
    const { fake } = bot;
    fake.trouble.next(SEND, { lost: true });
    await expect(bot.call('POST', path(fake.lobby), { type: 'message', text: 'done' })).rejects.toThrow(
      'fetch failed',
    );
    expect(fake.messages(ana, fake.lobby).map(({ text }) => text)).toEqual(['done']);
  });

  test('a platform that is down answers nothing else, until it is back', async () => {
    const { fake } = bot;
    const token = await bot.token('https://api.botframework.com/.default');
    fake.trouble.down();
    expect(await bot.token('https://api.botframework.com/.default')).toBe('');
    fake.trouble.back();
    expect(token).not.toBe('');
    expect((await bot.call('POST', path(fake.lobby), { type: 'message', text: 'x' })).status).toBe(201);
  });

  test('what is deleted is gone, for readers and for the bot', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, { text: 'x' });
    fake.trouble.deleteMessage(`${fake.lobby};messageid=${id}|${id}`);
    expect(fake.messages(ana, fake.lobby)).toEqual([]);
    expect(
      (await bot.call('PUT', path(fake.lobby, `/activities/${id}`), { type: 'message', text: 'y' })).status,
    ).toBe(404);
    fake.trouble.deleteRoom(fake.lobby);
    expect(fake.room(fake.lobby)).toBe(null);
    expect((await bot.call('POST', path(fake.lobby), { type: 'message', text: 'y' })).status).toBe(404);
  });

  test('who has left is nobody any more', async () => {
    const { fake } = bot;
    fake.trouble.leaves(bo);
    const chat = { members: [{ id: fake.mri(bo) }], tenantId: fake.env['TEAMS_TENANT_ID'] };
    expect((await bot.call('POST', '/conversations', chat)).status).toBe(404);
    fake.roles.add('User.Read.All');
    expect((await bot.graph('GET', '/users/bo@example.com')).status).toBe(404);
    expect(fake.messages(bo, fake.lobby)).toEqual([]);
    await expect(fake.types(bo, fake.lobby, 'hello')).rejects.toThrow('nobody');
    await expect
      .poll(() => bot.activities('conversationUpdate')[0]?.['channelData'])
      .toMatchObject({ eventType: 'teamMemberRemoved' });
  });
});
