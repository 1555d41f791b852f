import { describe, expect } from 'vitest';

import { call } from '#test/support/discord/raw-bot.ts';
import { test } from '#test/support/discord/testing.ts';

const many = <T>(times: number, of: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, index) => of(index));

describe('the door', () => {
  test('is open to the bot with its token and its name, and to nobody else', async ({ fake }) => {
    const ask = async (headers: Record<string, string>) =>
      await call(fake, 'GET', '/users/@me', undefined, headers);
    expect(await ask({})).toMatchObject({ status: 200, body: { id: fake.botId, bot: true } });
    const unauthorized = { status: 401, body: { message: '401: Unauthorized', code: 0 } };
    expect(await ask({ authorization: '' })).toMatchObject(unauthorized);
    expect(await ask({ authorization: 'Bot nonsense' })).toMatchObject(unauthorized);
    expect(await ask({ authorization: `${fake.env['DISCORD_TOKEN']}` })).toMatchObject(unauthorized);
    expect(await ask({ 'user-agent': 'node' })).toMatchObject({ status: 403, body: { code: 40333 } });
  });

  test('knows no other routes, no other methods and no ids that are none', async ({ bot }) => {
    expect(await bot.get('/channels/1/nonsense')).toMatchObject({ status: 404, body: { code: 0 } });
    expect(await bot.put('/users/@me')).toMatchObject({ status: 405 });
    const answer = await bot.get('/channels/general');
    expect(answer).toMatchObject({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
    expect(answer.body.errors).toMatchObject({ channel_id: { _errors: [{ code: 'NUMBER_TYPE_COERCE' }] } });
    expect(await bot.get('/channels/999999999')).toMatchObject({ status: 404, body: { code: 10003 } });
  });

  test('answers nothing without a content type where there is nothing to say', async ({ fake, bot }) => {
    const { body } = await bot.post(`/channels/${fake.general}/messages`, { content: 'hi' });
    const { status, headers } = await bot.delete(`/channels/${fake.general}/messages/${body.id}`);
    expect([status, headers.get('content-type')]).toEqual([204, null]);
  });

  test('says everything that it can be asked for', async ({ fake, bot }) => {
    const { ana } = fake.people;
    const [guild, room] = [`/guilds/${fake.guildId}`, `/channels/${fake.general}`];
    const { body: message } = await bot.post(`${room}/messages`, { content: 'https://example.com' });
    const { body: thread } = await bot.post(`${room}/messages/${message.id}/threads`, { name: 'below' });
    const paths = [
      '/gateway',
      '/gateway/bot',
      '/users/@me',
      '/users/@me/guilds',
      `/users/${ana.id}`,
      '/applications/@me',
      '/oauth2/applications/@me',
      `/applications/${fake.botId}/commands`,
      ...['', '/channels', '/roles', '/threads/active', '/members?limit=9', '/members/search?query=a'].map(
        (it) => guild + it,
      ),
      ...['', '/messages?limit=1', `/messages/${message.id}`, '/messages/pins', '/pins'].map(
        (it) => room + it,
      ),
      ...['', '/thread-members', `/thread-members/${fake.botId}`].map((it) => `/channels/${thread.id}${it}`),
      ...['public', 'private'].map((it) => `${room}/threads/archived/${it}`),
    ];
    for (const path of paths) expect([path, (await bot.get(path)).status]).toEqual([path, 200]);
  });

  test('shuts when the token is revoked, and when all is down, and opens again', async ({ fake, bot }) => {
    fake.trouble.revokeToken();
    expect(await bot.get('/users/@me')).toMatchObject({ status: 401 });
    fake.trouble.restoreToken();
    fake.trouble.down();
    expect(await bot.get('/users/@me')).toMatchObject({ status: 503 });
    fake.trouble.back();
    expect(await bot.get('/users/@me')).toMatchObject({ status: 200 });
  });

  test('has the troubles that are ordered, in their order', async ({ fake, bot }) => {
    const path = `/channels/${fake.general}/messages`;
    fake.trouble.next(
      'POST /channels/{channel_id}/messages',
      { status: 502 },
      { status: 429, retryAfterS: 0.5 },
      { error: '50013' },
      { lost: true },
    );
    expect(await bot.post(path, { content: 'one' })).toMatchObject({ status: 502 });
    const limited = await bot.post(path, { content: 'two' });
    expect(limited).toMatchObject({ status: 429, body: { retry_after: 0.5, global: false } });
    expect(limited.headers.get('retry-after')).toBe('1');
    expect(await bot.post(path, { content: 'three' })).toMatchObject({ status: 403, body: { code: 50013 } });
    await expect(bot.post(path, { content: 'four' })).rejects.toThrow('fetch failed');
    expect(fake.messages(fake.people.ana, fake.general).map(({ text }) => text)).toEqual(['four']);
    expect(fake.measured.tooMany).toEqual([]);
    expect(() => fake.trouble.next('chat.postMessage', { status: 500 })).toThrow('no method');
  });
});

describe('limits', () => {
  test('let five messages into a channel in five seconds, and say when the next may follow', async ({
    make,
  }) => {
    const fake = await make();
    const path = `/channels/${fake.general}/messages`;
    const all = [];
    for (let index = 0; index < 6; index += 1) all.push(await call(fake, 'POST', path, { content: 'x' }));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(all.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
      '0',
    ]);
    expect(all[5]?.body).toMatchObject({ global: false });
    expect(all[5]?.body.retry_after).toBeGreaterThan(4);
    expect(all[5]?.headers.get('x-ratelimit-scope')).toBe('user');
    expect(fake.measured.tooMany).toHaveLength(1);
  });

  test('let fifty calls a second through in all, and the name of a channel change twice in ten minutes', async ({
    make,
  }) => {
    const fake = await make();
    const calls = await Promise.all(
      many(60, (index) => call(fake, 'GET', index % 2 === 0 ? '/users/@me' : `/channels/${fake.general}`)),
    );
    expect(calls.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(50);
    expect(
      calls.filter(({ headers }) => headers.get('x-ratelimit-global') === 'true').length,
    ).toBeGreaterThan(0);

    const other = await make();
    const rename = async (name: string) => await call(other, 'PATCH', `/channels/${other.general}`, { name });
    expect([(await rename('a')).status, (await rename('b')).status]).toEqual([200, 200]);
    const third = await rename('c');
    expect(third).toMatchObject({ status: 429 });
    expect(third.body.retry_after).toBeGreaterThan(500);
    expect(await call(other, 'PATCH', `/channels/${other.general}`, { position: 3 })).toMatchObject({
      status: 200,
    });
  });
});
