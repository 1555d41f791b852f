import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

import { describe, expect } from 'vitest';

import { findKey } from '#src/db/keys.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, EVENT, KEY, openDoor } from '#test/support/http.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const LIST = '/api/v1/incidents';

/** Its status, and the port on our side, which is another for every connection. */
async function listing(url: string, key: string, agent: Agent) {
  const asked = get(url, { agent, headers: { 'x-api-key': key } });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const port = response.socket.localPort;
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, port };
}

describe('keys', () => {
  test('a key is shown once; the database has only its hash', async ({ door, db }) => {
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes: ['incidents:read'] });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatch(/^im_[0-9a-f]{12}_[\w-]{43}$/);
    const stored = await findKey(db, made.body.id);
    expect(made.body.key).not.toContain(stored?.secretHash);
    const listed = await door.call('GET', '/api/v1/api-keys');
    expect(listed.body.keys).toEqual([{ ...without(made.body, 'key') }]);
    expect((await door.call('GET', LIST, undefined, { 'x-api-key': made.body.key })).status).toBe(200);
  });

  test('a revoked key is refused from the next request on', async ({ door }) => {
    const { body } = await door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes: ['incidents:read'] });
    const headers = { 'x-api-key': body.key };
    expect((await door.call('GET', LIST, undefined, headers)).status).toBe(200);
    expect((await door.call('DELETE', `/api/v1/api-keys/${body.id}`)).status).toBe(204);
    expect((await door.call('GET', LIST, undefined, headers)).status).toBe(401);
    expect((await door.call('DELETE', `/api/v1/api-keys/${body.id}`)).status).toBe(404);
  });

  test('over one connection every request is judged by its own key', async ({ door }) => {
    const wish = { name: 'reader', scopes: ['incidents:read'] };
    const { body } = await door.call('POST', '/api/v1/api-keys', wish);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (key: string) => await listing(`${door.url}/api/v1/api-keys`, key, agent);
    const answers = [];
    for (const key of [KEY, body.key, KEY, `${KEY}x`, KEY.replace(/.$/, '!'), KEY, body.key, 'é']) {
      answers.push(await ask(key));
    }
    agent.destroy();
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 200, 401, 401, 200, 403, 401]);
    expect(new Set(answers.map(({ port }) => port)).size).toBe(1);
  });

  test('a scope opens its own doors and no others', async ({ door }) => {
    const opens = async (...scopes: string[]) => {
      const { body } = await door.call('POST', '/api/v1/api-keys', { name: scopes.join(), scopes });
      const headers = { 'x-api-key': body.key };
      const asked = [
        door.call('POST', '/api/v1/events', EVENT, headers),
        door.call('GET', LIST, undefined, headers),
        door.call('POST', LIST, {}, headers),
        door.call('GET', '/api/v1/api-keys', undefined, headers),
        door.call('PUT', '/api/v1/me/rules', {}, headers),
      ];
      return (await Promise.all(asked)).map((it) => it.status !== 403);
    };
    expect(await opens('events:write')).toEqual([true, false, false, false, false]);
    expect(await opens('incidents:read')).toEqual([false, true, false, false, false]);
    expect(await opens('own:write')).toEqual([false, false, false, false, true]);
    expect(await opens('incidents:write')).toEqual([false, false, true, false, true]);
    expect(await opens('admin')).toEqual([true, true, true, true, true]);
  });

  test("a person's key does as they did, no more than they may, and ends with them", async ({ door, db }) => {
    await addPerson(db, 'ana');
    const scopes = ['incidents:read', 'incidents:write', 'admin'];
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'laptop', scopes, person: 'ana' });
    const headers = { 'x-api-key': made.body.key };
    const incident = { title: 'x', severity: 'P3', category: 'other', description: '' };

    expect((await door.call('POST', LIST, incident, headers)).status).toBe(201);
    const timeline = await door.call('GET', `${LIST}/1/timeline`, undefined, headers);
    expect(timeline.body[0].actor).toEqual({ type: 'user', id: 'ana', name: 'Ana' });
    expect((await door.call('GET', '/api/v1/api-keys', undefined, headers)).status).toBe(403);

    await door.call('POST', '/api/v1/people', { id: 'ana', name: 'Ana', status: 'inactive' });
    expect((await door.call('GET', LIST, undefined, headers)).status).toBe(401);
  });

  test('a role and scopes that contradict each other are refused', async ({ door }) => {
    const wish = { name: 'odd', scopes: ['admin'], role: 'viewer' };
    expect((await door.call('POST', '/api/v1/api-keys', wish)).status).toBe(400);
    const nobody = { name: 'odd', scopes: ['admin'], person: 'nobody' };
    expect((await door.call('POST', '/api/v1/api-keys', nobody)).status).toBe(404);
  });

  test('when a key was last used is kept', async ({ door, db }) => {
    const { body } = await door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes: ['incidents:read'] });
    await door.call('GET', LIST, undefined, { 'x-api-key': body.key });
    await expect.poll(async () => (await findKey(db, body.id))?.lastUsedAt).toEqual(door.deps.now());
  });
});

function without(it: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(it).filter(([key]) => key !== name));
}
