import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import { databaseKind, test } from '#test/support/database.ts';
import { startFakeDiscord } from '#test/support/discord/fake.ts';
import { EVENT } from '#test/support/http.ts';
import { node, pageAt, type Node } from '#test/support/nodes.ts';
import { hasRedis, startRedis } from '#test/support/redis.ts';
import { startFakeSlack } from '#test/support/slack/fake.ts';
import { soon } from '#test/support/soon.ts';

/** The built-in database belongs to one process. */
describe.skipIf(databaseKind === 'embedded')('several programs on one database', () => {
  test('start at the same moment where there was nothing, and agree on all that is made once', async ({
    place,
  }) => {
    const nodes = await Promise.all([node(place), node(place), node(place)]);
    for (const { call } of nodes) {
      expect((await call('GET', '/ready')).status).toBe(200);
      const { body } = await call('GET', '/api/v1/people');
      expect(body['people']).toHaveLength(4);
    }
    const keys = await Promise.all(nodes.map(async ({ url }) => await readKey(url)));
    expect(new Set(keys).size).toBe(1);
    const held = await Promise.all(
      nodes.map(async ({ call }) => (await call('GET', '/health')).body['leases']),
    );
    expect(held.flat()).toEqual(['house']);
  });

  test.for([
    { how: 'by PostgreSQL itself', deaf: false },
    { how: 'by looking, where nobody can be told', deaf: true },
  ])('show on their pages what happens at another, $how', async ({ deaf }, { place }) => {
    const one = await node(place, {}, { deaf });
    const other = await node(place, {}, { deaf });
    await showsEachOther(one, other);
  });

  test.runIf(hasRedis())('show on their pages what happens at another, by Redis', async ({ place }) => {
    const redis = await startRedis();
    try {
      const one = await node(place, { REDIS_URL: redis.url });
      const other = await node(place, { REDIS_URL: redis.url });
      await showsEachOther(one, other);
      await one.stop();
      await other.stop();
    } finally {
      await redis.stop();
    }
  });

  test('do together what each has its part in: from the alert to the room, the card and the answer', async ({
    place,
  }) => {
    const slack = await startFakeSlack({ pace: 20 });
    const discord = await startFakeDiscord({ pace: 20 });
    const env = { ...slack.env, ...discord.env };
    const [http, worker] = await Promise.all(
      ['http', 'worker', 'scheduler', 'chat'].map(async (ROLES) => await node(place, { ...env, ROLES })),
    );
    if (!http || !worker) throw new Error('they did not start');
    expect((await worker.call('POST', '/api/v1/events', EVENT)).status).toBe(404);
    expect((await worker.call('GET', '/ready')).status).toBe(200);
    expect((await http.call('POST', '/api/v1/events', EVENT)).status).toBeLessThan(300);
    for (const fake of [slack, discord]) {
      const room = await soon('the room', () =>
        fake.rooms(fake.people.ana).find(({ name }) => name.startsWith('inc-1')),
      );
      if (fake === slack) slack.joins(slack.people.ana, room.id);
      await soon('the card', () => fake.messages(fake.people.ana, room.id).find(({ pinned }) => pinned));
      const known = async () => (await http.call('GET', '/api/v1/incidents/1')).body['rooms'];
      await expect.poll(known).toContainEqual(expect.objectContaining({ id: room.id }));
      if (fake === slack) await fake.types(fake.people.ana, room.id, '/incident ack');
    }
    await expect
      .poll(async () => (await http.call('GET', '/api/v1/incidents/1')).body['status'])
      .not.toBe('NEW');
    await Promise.all([slack.stop(), discord.stop()]);
  });
});

async function showsEachOther(one: Node, other: Node): Promise<void> {
  const page = await pageAt(other);
  await expect.poll(() => page.shown[0]?.type).toBe('hello');
  const declared = await one.call('POST', '/api/v1/incidents', {
    title: 'checkout is down',
    severity: 'P1',
    category: 'other',
    description: '',
  });
  expect(declared.status).toBe(201);
  await expect.poll(() => page.shown).toContainEqual({ type: 'incident', number: 1 });
  const said = await fetch(`${one.url}/web/rooms/incidents/messages`, {
    method: 'POST',
    headers: { 'x-act-as': 'responder', 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ id: randomUUID(), text: 'I look at it' }),
  });
  expect(said.status).toBe(200);
  await expect
    .poll(() => page.shown)
    .toContainEqual(
      expect.objectContaining({
        type: 'message',
        message: expect.objectContaining({
          body: expect.objectContaining({ text: 'I look at it' }),
        }) as unknown,
      }),
    );
}

async function readKey(url: string): Promise<string | null> {
  const response = await fetch(`${url}/web/setup`, { headers: { 'sec-fetch-site': 'same-origin' } });
  return ((await response.json()) as { key: string | null }).key;
}
