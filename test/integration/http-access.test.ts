import { describe, expect } from 'vitest';

import { test as base } from '#test/support/database.ts';
import { addPerson, EVENT, KEY, openDoor, type OpenDoor } from '#test/support/http.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const LIST = '/api/v1/incidents';

describe('signing in', () => {
  test('a link an admin made signs its person in, once, and only by its button', async ({ door, db }) => {
    await addPerson(db, 'ana');
    const { url } = (await door.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).body;
    const path = new URL(url).pathname;

    const shown = await door.call('GET', path, undefined, {});
    expect(shown.text).toContain('Sign in as Ana');
    const pressed = await door.call('POST', path, undefined, { origin: door.url });
    expect(pressed.status).toBe(303);
    const cookie = pressed.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^im_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    expect((await door.call('POST', path, undefined, { origin: door.url })).status).toBe(404);
    expect((await door.call('GET', path, undefined, {})).status).toBe(404);

    const headers = { cookie: cookie.split(';')[0] ?? '' };
    const me = await door.call('GET', '/web/me', undefined, headers);
    expect(me.body).toMatchObject({ me: { id: 'ana', online: true }, actAs: false });
    expect(door.log.join('')).not.toContain(path.split('/').at(-1));
  });

  test('a link is over after a day, and so is a session that nobody uses; a used one goes on', async ({
    door,
    db,
  }) => {
    await addPerson(db, 'ana');
    const late = (await door.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).body;
    door.wait(24 * HOUR);
    expect((await door.call('GET', new URL(late.url).pathname, undefined, {})).status).toBe(404);

    const headers = await signIn(door, 'ana');
    const isIn = async () => (await door.call('GET', '/web/me', undefined, headers)).status === 200;
    for (let day = 0; day < 3; day += 1) {
      door.wait(20 * HOUR);
      expect(await isIn()).toBe(true);
    }
    door.wait(25 * HOUR);
    expect(await isIn()).toBe(false);
  });

  test('signing out ends the session at once', async ({ door, db }) => {
    await addPerson(db, 'ana');
    const headers = await signIn(door, 'ana');
    const out = await door.call('POST', '/web/sign-out', undefined, { ...headers, origin: door.url });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^im_session=; .*Max-Age=0$/);
    expect((await door.call('GET', '/web/me', undefined, headers)).status).toBe(401);
  });

  test('whoever is made inactive is out everywhere, and gets no new link', async ({ door, db }) => {
    await addPerson(db, 'ana');
    const headers = await signIn(door, 'ana');
    await door.call('POST', '/api/v1/people', { id: 'ana', name: 'Ana', status: 'inactive' });
    expect((await door.call('GET', '/web/me', undefined, headers)).status).toBe(401);
    expect((await door.call('POST', '/api/v1/sign-in-links', { person: 'ana' })).status).toBe(409);
  });

  test("another site's page cannot use the session; the own page can", async ({ door, db }) => {
    await addPerson(db, 'ana', 'admin');
    const cookie = await signIn(door, 'ana');
    const save = async (headers: Record<string, string>) =>
      (await door.call('POST', '/api/v1/people', { id: 'eve', name: 'Eve' }, { ...cookie, ...headers }))
        .status;
    expect(await save({ origin: 'https://evil.example' })).toBe(403);
    expect(await save({ origin: door.url, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await save({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await save({ origin: 'null' })).toBe(403);
    expect(await save({})).toBe(403);
    expect(await save({ origin: door.url })).toBe(200);
    expect(await save({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  test('a viewer may look and not touch', async ({ door, db }) => {
    await addPerson(db, 'vic', 'viewer');
    const headers = { ...(await signIn(door, 'vic')), origin: door.url };
    expect((await door.call('GET', LIST, undefined, headers)).status).toBe(200);
    expect((await door.call('POST', LIST, {}, headers)).status).toBe(403);
    expect((await door.call('POST', '/web/setup/sample', { source: 'generic' }, headers)).status).toBe(403);
  });
});

describe('local mode', () => {
  const local = base.extend('door', async ({ db }, { onCleanup }) => {
    await addPerson(db, 'ana', 'admin');
    await addPerson(db, 'ben');
    const door = await openDoor(db, { settings: { local: true } });
    onCleanup(() => door.close());
    return door;
  });

  local('a visitor at this machine is the admin, and may act as others', async ({ door }) => {
    const me = async (headers: Record<string, string>) =>
      (await door.call('GET', '/web/me', undefined, headers)).body.me?.id;
    expect(await me({})).toBe('ana');
    expect(await me({ 'x-act-as': 'ben' })).toBe('ben');
    expect(await me({ 'x-act-as': 'nobody' })).toBeUndefined();
    expect((await door.call('POST', '/web/act-as', { person: 'ben' }, {})).body).toMatchObject({ id: 'ben' });
    expect((await door.call('POST', '/web/act-as', { person: 'zed' }, {})).status).toBe(400);
  });

  local('who asks by another name, or through a proxy, is a stranger', async ({ door }) => {
    const asks = async (headers: Record<string, string>) => await raw(door.url, headers);
    expect(await asks({ host: 'localhost:1' })).toBe(200);
    expect(await asks({ host: '[::1]:1' })).toBe(200);
    expect(await asks({ host: 'rebound.example' })).toBe(401);
    expect(await asks({ host: 'localhost.evil.example' })).toBe(401);
    expect(await asks({ host: 'localhost', 'x-forwarded-for': '203.0.113.9' })).toBe(401);
  });

  local("another site's page cannot act for the visitor", async ({ door }) => {
    const body = { id: 'eve', name: 'Eve', role: 'admin' };
    const post = async (headers: Record<string, string>) =>
      (await door.call('POST', '/api/v1/people', body, headers)).status;
    expect(await post({ origin: 'https://evil.example' })).toBe(403);
    expect(await post({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await post({})).toBe(200);
  });

  local('a visitor whose page came through a proxy that rewrites Host is a stranger', async ({ door }) => {
    const proxied = { origin: 'https://im.example.com', 'sec-fetch-site': 'same-origin' };
    expect((await door.call('GET', '/web/setup', undefined, proxied)).status).toBe(401);
    expect(
      (await door.call('POST', '/api/v1/people', { id: 'eve', name: 'Eve', role: 'admin' }, proxied)).status,
    ).toBe(401);
    const referred = { referer: 'https://im.example.com/' };
    expect((await door.call('GET', '/web/me', undefined, referred)).status).toBe(401);
  });

  local(
    'the key it shows works, and is the same tomorrow; outside local mode it is nothing',
    async ({ door, db }) => {
      const { body } = await door.call('GET', '/web/setup', undefined, {});
      expect(body.curl).toContain(`curl -X POST ${door.url}/api/v1/events -H 'X-API-Key: ${body.key}'`);
      const headers = { 'x-api-key': body.key };
      expect((await door.call('POST', '/api/v1/events', EVENT, headers)).status).toBe(202);

      const tomorrow = await openDoor(db, { settings: { local: true } });
      expect((await tomorrow.call('GET', '/web/setup', undefined, {})).body.key).toBe(body.key);
      await tomorrow.close();
      const open = await openDoor(db);
      expect((await open.call('GET', LIST, undefined, headers)).status).toBe(401);
      await open.close();
    },
  );

  local('each sample opens an incident of its own', async ({ door }) => {
    const { sources } = (await door.call('GET', '/web/setup', undefined, {})).body;
    const opened: string[] = [];
    for (const { name } of [...sources, ...sources]) {
      const sent = await door.call('POST', '/web/setup/sample', { source: name }, {});
      expect(sent.status).toBe(202);
      opened.push(sent.body.incident_id);
    }
    expect(new Set(opened).size).toBe(sources.length * 2);
    expect((await door.call('POST', '/web/setup/sample', { source: 'nonesuch' }, {})).status).toBe(404);
  });
});

describe('strangers', () => {
  test('nobody gets a page, an answer or a figure of ours but health and metrics', async ({ door }) => {
    const status = async (path: string) => (await door.call('GET', path, undefined, {})).status;
    const paths = [
      '/',
      '/rooms/x',
      '/assets/x.js',
      '/incidents/INC-1',
      '/web/me',
      '/web/rooms',
      LIST,
      '/favicon.svg',
    ];
    for (const path of paths) expect([path, await status(path)]).toEqual([path, 401]);
    for (const path of ['/health', '/ready', '/metrics', '/api/v1/openapi.json']) {
      expect([path, await status(path)]).toEqual([path, 200]);
    }
    const page = await door.call('GET', '/', undefined, { accept: 'text/html' });
    expect(page.text).toContain('Ask an admin');
  });

  test('giving and taking access is written down, without secrets', async ({ door, db }) => {
    await addPerson(db, 'ana');
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes: ['incidents:read'] });
    await door.call('DELETE', `/api/v1/api-keys/${made.body.id}`);
    await door.call('POST', '/api/v1/teams', { id: 'web', name: 'Web', members: ['ana'] });
    await signIn(door, 'ana');
    const { text, body } = await door.call('GET', '/api/v1/access-log');
    expect(body.entries.map((it: { action: string }) => it.action)).toEqual([
      'link.used',
      'link.created',
      'team.saved',
      'key.revoked',
      'key.created',
    ]);
    expect(body.entries.at(-1)).toMatchObject({ actor: { name: 'Bootstrap key' }, details: { name: 'ci' } });
    expect(text).not.toContain(made.body.key.slice(16));
    expect(text).not.toContain(KEY);
  });

  test('people keep their e-mail addresses to themselves', async ({ door }) => {
    const save = async (id: string, email: string) =>
      (await door.call('POST', '/api/v1/people', { id, name: id, email })).status;
    expect(await save('ana', 'ana@example.com')).toBe(200);
    expect(await save('ana', 'ana@example.com')).toBe(200);
    expect(await save('bo', 'ana@example.com')).toBe(409);
    expect(await save('no spaces', 'x@example.com')).toBe(400);
  });
});

const HOUR = 3_600_000;

/** The cookie header of somebody who opened their link. */
async function signIn(door: OpenDoor, person: string): Promise<Record<string, string>> {
  const { url } = (await door.call('POST', '/api/v1/sign-in-links', { person })).body;
  const pressed = await door.call('POST', new URL(url).pathname, undefined, { origin: door.url });
  return { cookie: pressed.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

/** The status of GET /web/me with headers that fetch would not let us send. */
async function raw(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const { request } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path: '/web/me', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
