import { createHmac } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { describe, expect } from 'vitest';

import { sources } from '#src/alerts/sources/index.ts';
import type { Received } from '#src/engine/prepared.ts';
import { UserError } from '#src/errors.ts';
import { test as base } from '#test/support/database.ts';
import { EVENT, KEY, openDoor } from '#test/support/http.ts';

const test = base.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

const key = { 'x-api-key': KEY };

describe('sending events', () => {
  test('an event is answered 202 once its incident exists, with the links to it', async ({ door }) => {
    const sent = await door.call('POST', '/api/v1/events', EVENT);

    expect(sent.status).toBe(202);
    expect(sent.body).toMatchObject({ status: 'accepted', duplicate_of: null });
    expect(sent.body.links.incident).toBe(`${door.url}/incidents/INC-1`);
    const incident = await door.call('GET', new URL(sent.body.links.api).pathname);
    expect(incident.body).toMatchObject({ id: sent.body.incident_id, severity: 'P1', status: 'NEW' });
  });

  test('a repeat is a 2xx that says duplicate, because senders take anything else for a failure', async ({
    door,
  }) => {
    const first = await door.call('POST', '/api/v1/events', EVENT);
    const again = await door.call('POST', '/api/v1/events', EVENT);

    expect(again.status).toBe(202);
    expect(again.body).toMatchObject({
      status: 'duplicate',
      duplicate_of: first.body.event_id,
      incident_id: first.body.incident_id,
    });
  });

  test('a webhook with several alerts tells what became of each', async ({ door }) => {
    const alert = (name: string) => ({
      status: 'firing',
      labels: { alertname: name, severity: 'critical', service: 'checkout', instance: name },
      annotations: { summary: `${name} is down` },
      startsAt: '2026-03-01T07:50:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: `f-${name}`,
    });
    const payload = {
      version: '4',
      status: 'firing',
      receiver: 'im',
      groupKey: 'g',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: 'http://alertmanager.example',
      alerts: [alert('one'), alert('two')],
    };
    const { status, body } = await door.call('POST', '/api/v1/events/alertmanager', payload);

    expect(status).toBe(202);
    expect(body.results).toHaveLength(2);
    expect(body.results[0].incident_id).toBe(body.results[1].incident_id);
    expect(body.message).toBe('2 alerts, 0 of them known already; see INC-1.');
  });

  test('the key may come in the address, in X-API-Key or as a bearer', async ({ door }) => {
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'grafana', scopes: ['events:write'] });
    const it = made.body.key;
    const send = (path: string, headers: Record<string, string>) =>
      door.call('POST', path, EVENT, headers).then(({ status }) => status);

    expect(await send(`/webhooks/generic/${it}`, {})).toBe(202);
    expect(await send(`/api/v1/webhooks/generic/${it}`, {})).toBe(202);
    expect(await send('/api/v1/events', { 'x-api-key': it })).toBe(202);
    expect(await send('/api/v1/events', { authorization: `Bearer ${it}` })).toBe(202);
    expect(await send('/api/v1/events', { authorization: `bearer ${it}x` })).toBe(401);
    expect(await send(`/webhooks/generic/${it}x`, {})).toBe(401);
    expect(await send('/api/v1/events', {})).toBe(401);
    expect(door.log.join('')).not.toContain(it);
  });

  test('a key that may not write events is refused, and is told what it may', async ({ door }) => {
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'reader', scopes: ['incidents:read'] });
    const sent = await door.call('POST', '/api/v1/events', EVENT, { 'x-api-key': made.body.key });
    expect(sent.status).toBe(403);
    expect(sent.body).toMatchObject({ error: 'AUTHORIZATION_ERROR', details: { needed: 'events:write' } });
  });

  test('an unknown source is a 404 that names those there are', async ({ door }) => {
    const { status, body } = await door.call('POST', '/api/v1/events/nonesuch', EVENT);
    expect(status).toBe(404);
    expect(body.message).toContain('alertmanager');
  });

  test('a payload of the wrong shape is a 400 that names the field', async ({ door }) => {
    const { title: _, ...rest } = EVENT;
    const { status, body } = await door.call('POST', '/api/v1/events', rest);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'VALIDATION_ERROR' });
    expect(body.message).toContain('title');
  });

  test('an intake that is full answers 503 with Retry-After', async ({ db, door }) => {
    const full = {
      submit: () => Promise.reject(new UserError('busy', 'Too many alerts are waiting.')),
    };
    const other = await openDoor(db, { intake: full });
    const { status, headers, body } = await other.call('POST', '/api/v1/events', EVENT);
    await other.close();

    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body.error).toBe('SERVICE_UNAVAILABLE');
    expect(door).toBeDefined();
  });

  test('all of a body counts for how much may wait, however many alerts are in it', async ({ db }) => {
    const counted: number[] = [];
    const intake = {
      submit: (received: readonly Received[]) => {
        counted.push(received.reduce((sum, it) => sum + (it.size ?? 0), 0));
        return Promise.resolve([]);
      },
    };
    const other = await openDoor(db, { intake });
    const long = { ...EVENT, description: 'x'.repeat(5000) };
    const alert = {
      status: 'firing',
      labels: { alertname: 'Down' },
      annotations: { text: long.description },
    };
    const webhook = { alerts: [alert, { ...alert, labels: { alertname: 'Late' } }] };
    await other.call('POST', '/api/v1/events', long);
    await other.call('POST', '/api/v1/events/alertmanager', webhook);
    await other.close();
    expect(counted).toEqual([long, webhook].map((it) => JSON.stringify(it).length));
  });

  test('an event can be read again by its id', async ({ door }) => {
    const sent = await door.call('POST', '/api/v1/events', EVENT);
    const event = await door.call('GET', `/api/v1/events/${sent.body.event_id}`);
    expect(event.body).toMatchObject({
      external_id: 'evt-1',
      source: 'billing-checks',
      severity: 'high',
      normalized_severity: 'P1',
      incident_id: sent.body.incident_id,
      payload: EVENT,
    });
    expect((await door.call('GET', '/api/v1/events/00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await door.call('GET', '/api/v1/events/nonsense')).status).toBe(404);
  });

  test('a sender that looks with HEAD first finds the address well', async ({ door }) => {
    const made = await door.call('POST', '/api/v1/api-keys', { name: 'probe', scopes: ['events:write'] });
    const head = (path: string) => door.call('HEAD', path, undefined, {}).then(({ status }) => status);
    expect(await head('/api/v1/events')).toBe(200);
    expect(await head('/api/v1/events/sentinel')).toBe(200);
    expect(await head(`/webhooks/sentinel/${made.body.key}`)).toBe(200);
    expect(await head('/webhooks/sentinel/wrong')).toBe(401);
  });
});

describe('signatures', () => {
  const anomaly = sources
    .find((it) => it.name === 'sentinel')
    ?.samples.find(({ payload }) => {
      return typeof payload === 'object' && payload !== null && 'data' in payload;
    })?.payload;

  const signed = (secret: string) => {
    const { signature: _, ...unsigned } = anomaly as Record<string, unknown>;
    const text = JSON.stringify(unsigned);
    return { text, signature: createHmac('sha256', secret).update(text).digest('hex') };
  };

  test('once a secret is set, unsigned and wrongly signed requests are refused; a replay says duplicate', async ({
    db,
  }) => {
    const door = await openDoor(db, { settings: { sourceSecrets: { sentinel: 's3cret' } } });
    const { text, signature } = signed('s3cret');
    const send = (headers: Record<string, string>) =>
      door.call('POST', '/api/v1/events/sentinel', text, { ...key, ...headers });

    const unsigned = await send({});
    const wrong = await send({ 'x-sentinel-signature': signed('other').signature });
    const right = await send({ 'x-sentinel-signature': signature });
    const replay = await send({ 'x-sentinel-signature': signature });
    await door.close();

    expect([unsigned.status, wrong.status, right.status, replay.status]).toEqual([401, 401, 202, 202]);
    expect(unsigned.body.error).toBe('AUTHENTICATION_ERROR');
    expect(replay.body.status).toBe('duplicate');
  });
});

describe('bodies', () => {
  const text = JSON.stringify(EVENT);
  const packed = [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
  ] as const;

  for (const [encoding, bytes] of packed) {
    test(`${encoding} of ${bytes.length} bytes is unpacked`, async ({ door }) => {
      expect((await post(door.url, bytes, { 'content-encoding': encoding })).status).toBe(202);
    });
  }

  test('an encoding nobody knows is 415 and says which are', async ({ door }) => {
    const answer = await post(door.url, Buffer.from(text), { 'content-encoding': 'br' });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate');
  });

  test('what is not what its encoding says is 400', async ({ door }) => {
    expect((await post(door.url, Buffer.from(text), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('2 MiB are 413, announced or streamed, and the connection lives on', async ({ door }) => {
    const big = Buffer.alloc(2 * 1024 * 1024, 'a');
    const announced = await post(door.url, big);
    const streamed = await fetch(`${door.url}/api/v1/events`, {
      method: 'POST',
      headers: key,
      body: new Blob([big]).stream(),
      duplex: 'half',
    });
    expect([announced.status, streamed.status]).toEqual([413, 413]);
    expect((await door.call('POST', '/api/v1/events', EVENT)).status).toBe(202);
  });

  test('a small body that unpacks to much is 413', async ({ door }) => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(200_000);
    expect((await post(door.url, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });

  test('JSON that breaks off says where', async ({ door }) => {
    const { status, body } = await door.call('POST', '/api/v1/incidents', '{"title": "x",\n  oops}');
    expect(status).toBe(400);
    expect(body.details).toEqual({ position: 17, line: 2, column: 3 });
  });

  test('JSON that is nested a thousand deep is 400', async ({ door }) => {
    const deep = '['.repeat(1000) + ']'.repeat(1000);
    expect((await door.call('POST', '/api/v1/events/any', deep)).status).toBe(400);
    const form = `payload=${encodeURIComponent(deep)}`;
    expect((await door.call('POST', '/api/v1/events/any', form)).status).toBe(400);
  });

  test('NUL and half characters, spelled out in JSON, are stored without them', async ({ door }) => {
    const body = JSON.stringify({
      ...EVENT,
      title: 'Disk\u0000 full \ud800',
      payload: { 'a\u0000': '\udc00' },
    });
    const sent = await door.call('POST', '/api/v1/events', body);
    expect(sent.status).toBe(202);
    const incident = await door.call('GET', `/api/v1/incidents/${sent.body.incident_id}`);
    expect(incident.body.title).toBe('Disk full \ufffd');
  });
});

function post(url: string, body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { ...key, ...headers },
    body: new Uint8Array(body),
  });
}
