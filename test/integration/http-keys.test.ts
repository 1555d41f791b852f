import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

import { describe, expect } from 'vitest';

import { findKey, revokeKey } from '#src/db/keys.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, EVENT, KEY, openDoor, type OpenDoor } from '#test/support/http.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const LIST = '/api/v1/incidents';

async function newReader(door: OpenDoor): Promise<{ id: string; key: string }> {
  const wish = { name: 'reader', scopes: ['incidents:read'] };
  return (await door.call('POST', '/api/v1/api-keys', wish)).body;
}

type Asks = (key: string) => Promise<number | undefined>;

/** Has `tell` ask for what only an admin sees, always over the same connection, and be answered the status. */
async function overOneConnection(door: OpenDoor, tell: (asks: Asks) => Promise<void>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  await tell(async (key) => {
    const asked = get(`${door.url}/api/v1/api-keys`, { agent, headers: { 'x-api-key': key } });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    ports.add(response.socket.localPort);
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }).finally(() => agent.destroy());
  expect(ports.size).toBe(1);
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
    const { key } = await newReader(door);
    const answers: unknown[] = [];
    await overOneConnection(door, async (asks) => {
      for (const said of [KEY, key, KEY, `${KEY}x`, KEY.replace(/.$/, '!'), KEY, key, 'é']) {
        answers.push(await asks(said));
      }
    });
    expect(answers).toEqual([200, 403, 200, 401, 401, 200, 403, 401]);
  });

  test('a connection that was let in is let in no longer when its key is revoked, here or elsewhere', async ({
    door,
    db,
  }) => {
    const endings = [
      async (id: string) => void (await door.call('DELETE', `/api/v1/api-keys/${id}`)),
      async (id: string) => {
        await revokeKey(db, id, new Date());
        door.deps.keys.forgetHere();
      },
      // Nobody says it here: it is not believed for longer than this.
      async (id: string) => {
        await revokeKey(db, id, new Date());
        door.wait(6000);
      },
    ];
    for (const end of endings) {
      const { id, key } = await newReader(door);
      await overOneConnection(door, async (asks) => {
        expect([await asks(key), await asks(key)]).toEqual([403, 403]);
        await end(id);
        expect(await asks(key)).toBe(401);
      });
    }
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
