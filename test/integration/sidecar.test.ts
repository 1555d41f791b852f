import { join } from 'node:path';

import { describe, expect } from 'vitest';

import { openDatabase } from '#src/db/open.ts';
import { databaseKind, test as base } from '#test/support/database.ts';
import { freePort } from '#test/support/free-port.ts';
import { startProgram } from '#test/support/program.ts';
import { accept, startCentre, startSidecar, type Sidecar } from '#test/support/sidecar.ts';

/** What it keeps is in a file of its own, so one database is enough. */
const isOnce = databaseKind === 'embedded';

const test = base
  .extend('port', 0)
  .extend('centre', async ({ port }, { onCleanup }) => {
    const centre = await startCentre(port);
    onCleanup(async () => await centre.close().catch(() => {}));
    return centre;
  })
  .extend('folder', ({ place }) => join(place.dataDir, 'sidecar'))
  .extend('sidecars', async ({ folder }, { onCleanup }) => {
    const started: Sidecar[] = [];
    onCleanup(async () => void (await Promise.all(started.map((it) => it.kill()))));
    return async (env: Readonly<Record<string, string>>) => {
      const sidecar = await startSidecar({ DATA_DIR: folder, ...env });
      started.push(sidecar);
      return sidecar;
    };
  });

function event(id: string | null, title = id ?? '') {
  return {
    ...(id === null ? {} : { event_id: id }),
    source: 'shop',
    timestamp: '2026-03-01T08:14:32Z',
    event_type: 'alert',
    category: 'performance',
    title,
    description: '',
    severity: 'P3',
    resource: { type: 'service', id: 'shop', name: 'shop' },
  };
}

const names = (count: number, of = 'event') =>
  Array.from({ length: count }, (_, index) => `${of}-${index + 1}`);

describe.runIf(isOnce)('a sidecar', () => {
  test('passes on what it was sent, in order, with its own key and with an id by which a repeat is known', async ({
    centre,
    sidecars,
  }) => {
    const sidecar = await sidecars({ FORWARD_TO: centre.url });
    const signed = {
      'x-signature': 'sha256=1',
      'x-api-key': 'of the application',
      authorization: 'Bearer x',
    };
    expect(await sidecar.post('/api/v1/events', event('mine'))).toMatchObject({
      status: 202,
      body: { event_id: 'mine', status: 'queued' },
    });
    const given = (await sidecar.post('/api/v1/events', event(null))).body.event_id;
    await sidecar.post('/webhooks/sentinel/a-key-in-the-address', '{"anomaly_type" : "x"}', signed);
    await expect.poll(() => centre.arrived.length).toBe(3);

    const [first, second, third] = centre.arrived;
    expect(first?.body).toBe(JSON.stringify(event('mine')));
    expect(JSON.parse(second?.body ?? '')).toEqual({ ...event(null), event_id: given });
    expect(third).toMatchObject({
      path: '/api/v1/events/sentinel',
      body: '{"anomaly_type" : "x"}',
      headers: { 'x-signature': 'sha256=1', 'idempotency-key': expect.any(String) as string },
    });
    expect(third?.headers).not.toHaveProperty('authorization');
  });

  test('keeps what it has answered 202 through kill -9, and sends it in order when the centre is back', async ({
    centre,
    sidecars,
  }) => {
    await centre.close();
    const sidecar = await sidecars({ FORWARD_TO: centre.url });
    for (const id of names(30)) expect((await sidecar.post('/api/v1/events', event(id))).status).toBe(202);
    await sidecar.kill();
    const again = await sidecars({ FORWARD_TO: centre.url });
    await again.post('/api/v1/events', event('the last'));
    expect(await again.look('/health')).toMatchObject({ status: 'degraded', waiting: 31 });
    await centre.open();
    await expect.poll(() => centre.arrived.length).toBe(31);
    const ids = centre.arrived.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id);
    expect(ids).toEqual([...names(30), 'the last']);
    await expect.poll(() => again.look('/health')).toMatchObject({ status: 'healthy', waiting: 0 });
    expect(await again.stop()).toBe(0);
  });

  test('asks senders to come back when as many events wait as may, and loses none that it took', async ({
    centre,
    sidecars,
  }) => {
    centre.answer = (_, response) => void response.writeHead(503, { 'retry-after': '1' }).end('{}');
    const sidecar = await sidecars({ FORWARD_TO: centre.url, BUFFER_EVENTS: '10' });
    const posted = await Promise.all(names(25).map((id) => sidecar.post('/api/v1/events', event(id))));
    const taken = posted.filter((it) => it.status === 202).map((it) => it.body.event_id);
    const others = posted.filter((it) => it.status !== 202);
    expect([taken.length, others.length]).toEqual([10, 15]);
    expect(others.every((it) => it.status === 503 && it.retryAfter === '5')).toBe(true);
    const before = centre.arrived.length;
    centre.answer = accept;
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0 });
    const there = centre.arrived
      .slice(before)
      .map((it) => (JSON.parse(it.body) as { event_id: string }).event_id);
    expect(new Set(there)).toEqual(new Set(taken));
    expect(there).toHaveLength(taken.length);
  });

  test('puts aside what the centre will never have, goes on with the others, and tries again when it is told to', async ({
    centre,
    sidecars,
  }) => {
    centre.answer = (it, response) => {
      if (!it.body.includes('bad')) return accept(it, response);
      response.writeHead(400).end(JSON.stringify({ message: 'It has no severity.' }));
    };
    const sidecar = await sidecars({ FORWARD_TO: centre.url });
    for (const id of ['good-1', 'bad', 'good-2']) await sidecar.post('/api/v1/events', event(id));
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 1 });
    expect(await sidecar.look('/refused')).toMatchObject({
      refused: [{ path: '/api/v1/events', status: 400, why: 'It has no severity.' }],
    });
    centre.answer = accept;
    expect((await sidecar.post('/refused/retry', {})).body).toEqual({ again: 1 });
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 0 });
    expect(centre.arrived.map((it) => (JSON.parse(it.body) as { event_id: string }).event_id)).toEqual([
      'good-1',
      'bad',
      'good-2',
      'bad',
    ]);
  });

  test('holds a wrong signature against its one event, and what is not the centre against none', async ({
    centre,
    sidecars,
  }) => {
    centre.answer = (_, response) => void response.writeHead(404).end('<html>default backend</html>');
    const sidecar = await sidecars({ FORWARD_TO: centre.url });
    await sidecar.post('/webhooks/sentinel/key', '{"anomaly_type":"forged"}', { 'idempotency-key': '1' });
    await sidecar.post('/webhooks/sentinel/key', '{"anomaly_type":"right"}', { 'idempotency-key': '1' });
    await expect
      .poll(() => sidecar.look<{ trouble: string }>('/health'))
      .toMatchObject({ waiting: 2, refused: 0, trouble: expect.stringContaining('(404)') as string });
    const unsigned = {
      error: 'AUTHENTICATION_ERROR',
      message: 'not signed',
      details: { signature: 'missing' },
    };
    centre.answer = (it, response) => {
      if (!it.body.includes('forged')) return accept(it, response);
      response.writeHead(401).end(JSON.stringify(unsigned));
    };
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 1 });
    centre.answer = accept;
    await sidecar.post('/refused/retry', {});
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 0 });
    const keys = centre.arrived.map((it) => it.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
  });

  test('takes no answer for a receipt that the program did not give, and waits for a key that is accepted', async ({
    centre,
    sidecars,
  }) => {
    centre.answer = (_, response) => void response.writeHead(200).end('<html>Sign in to this network</html>');
    const env = { FORWARD_TO: centre.url };
    const sidecar = await sidecars(env);
    await sidecar.post('/api/v1/events', event('one'));
    await expect
      .poll(() => sidecar.look<{ trouble: string }>('/health'))
      .toMatchObject({ waiting: 1, trouble: expect.stringContaining('not the central program') as string });
    await sidecar.stop();
    centre.answer = accept;
    const wrong = await sidecars({ ...env, FORWARD_KEY: 'a wrong one' });
    await expect
      .poll(() => wrong.look('/health'))
      .toMatchObject({
        waiting: 1,
        trouble: expect.stringContaining('FORWARD_KEY is not accepted') as string,
      });
    await wrong.stop();
    const right = await sidecars(env);
    await expect.poll(() => right.look('/health')).toMatchObject({ waiting: 0, refused: 0 });
  });

  test('refuses what can never be read, what is too large, and what a page in a browser sends', async ({
    centre,
    sidecars,
  }) => {
    const sidecar = await sidecars({ FORWARD_TO: centre.url });
    expect((await sidecar.post('/api/v1/events', '{"title": ')).status).toBe(400);
    expect((await sidecar.post('/api/v1/events', `"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413);
    expect((await sidecar.post('/api/v1/incidents', {})).status).toBe(404);
    const page = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example.org' };
    expect((await sidecar.post('/api/v1/events', event('x'), page)).status).toBe(403);
    await expect(sidecars({ FORWARD_TO: centre.url })).rejects.toThrow(/Stop the other sidecar/);
    await expect(sidecars({ FORWARD_TO: 'nowhere', PORT: 'x' })).rejects.toThrow(
      /FORWARD_TO: it must be an address.*\n.*PORT: it must be a whole number/,
    );
    expect(await sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 0 });
  });
});

describe.runIf(isOnce)('a sidecar before the real program', () => {
  test('brings every event once, though both are killed in the middle', async ({ place, sidecars }) => {
    const port = await freePort();
    const env = { DATA_DIR: place.dataDir, PORT: String(port) };
    const sending = { FORWARD_TO: `http://127.0.0.1:${port}` };
    const ids = names(120, 'shop');
    const program = await startProgram(env);
    let sidecar = await sidecars(sending);
    for (const id of ids.slice(0, 60)) await sidecar.post('/api/v1/events', event(id));
    await program.kill();
    for (const id of ids.slice(60)) await sidecar.post('/api/v1/events', event(id));
    // A sender that did not get its answer sends again.
    await sidecar.post('/api/v1/events', event('shop-1'));
    await sidecar.kill();
    const again = await startProgram(env);
    sidecar = await sidecars(sending);
    await sidecar.post('/webhooks/any', { title: 'the disk is full', severity: 'high' });
    await expect.poll(() => sidecar.look('/health')).toMatchObject({ waiting: 0, refused: 0 });
    expect([await sidecar.stop(), await again.stop()]).toEqual([0, 0]);

    const { db, close } = await openDatabase(place);
    const rows = await db.selectFrom('alertEvents').select('externalId').execute();
    await close();
    const external = rows.flatMap((it) => (it.externalId === null ? [] : [it.externalId]));
    // The webhook has no id of its own, and so that of its request.
    expect(external.filter((it) => !it.startsWith('once-')).toSorted()).toEqual(ids.toSorted());
    expect(rows.length).toBe(ids.length + 1);
  });
});
