import { request as httpRequest } from 'node:http';

import { describe, expect } from 'vitest';

import { ProviderError } from '#src/errors.ts';
import { test } from '#test/support/doors.ts';
import { EVENT, KEY, type Answered } from '#test/support/http.ts';

const LIST = '/api/v1/incidents';
const NEW = { title: 'Checkout is down', severity: 'P1', category: 'availability', description: '' };

describe('a request that comes twice', () => {
  const once = (key: string) => ({ 'x-api-key': KEY, 'idempotency-key': key });

  test('is done once, and answered the same', async ({ open }) => {
    const door = await open();
    const first = await door.call('POST', LIST, NEW, once('a'));
    const again = await door.call('POST', LIST, NEW, once('a'));
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect([first, again].map(replayed)).toEqual([null, 'true']);
    expect((await door.call('GET', LIST)).body.pagination.total_count).toBe(1);
  });

  test('is done once also when both come at the same time, or through two processes', async ({ open }) => {
    const [door, other] = [await open(), await open()];
    const sent = [door, door, door, other, other].map((it) => it.call('POST', LIST, NEW, once('b')));
    const answers = await Promise.all(sent);
    for (const { status, headers } of answers.filter((it) => it.status !== 201)) {
      expect([status, headers.get('retry-after')]).toEqual([409, '1']);
    }
    expect(answers.filter((it) => it.status === 201 && replayed(it) === null)).toHaveLength(1);
    expect((await door.call('GET', LIST)).body.pagination.total_count).toBe(1);
    expect((await other.call('POST', LIST, NEW, once('b'))).status).toBe(201);
  });

  test('with a key that was used for something else is refused', async ({ open }) => {
    const door = await open();
    await door.call('POST', LIST, NEW, once('c'));
    const other = await door.call('POST', LIST, { ...NEW, title: 'Other' }, once('c'));
    expect([other.status, other.body.error]).toEqual([409, 'CONFLICT']);
    expect((await door.call('POST', `${LIST}/1/acknowledge`, {}, once('c'))).status).toBe(409);
    expect((await door.call('POST', LIST, NEW, once('x'.repeat(256)))).status).toBe(400);
    expect((await door.call('POST', LIST, NEW, once('x'.repeat(255)))).status).toBe(201);
  });

  test('gets the refusal that the first one got, too', async ({ open }) => {
    const door = await open();
    await door.call('POST', LIST, NEW);
    const act = () => door.call('POST', `${LIST}/1/close`, {}, once('d'));
    const first = await act();
    await door.call('POST', `${LIST}/1/acknowledge`, {});
    expect(first.status).toBe(409);
    expect((await act()).text).toBe(first.text);
  });

  test('is tried again where the first one was put off', async ({ open, db }) => {
    let isFull = true;
    const { intake } = (await open()).deps;
    const submit: typeof intake.submit = async (received) => {
      if (isFull) throw new ProviderError('test', 'away', { retry: true });
      return await intake.submit(received);
    };
    const door = await open({ intake: { submit } });
    expect((await door.call('POST', '/api/v1/events', EVENT, once('e'))).status).toBe(502);
    isFull = false;
    const second = await door.call('POST', '/api/v1/events', EVENT, once('e'));
    expect([second.status, second.body.status]).toEqual([202, 'accepted']);
    const third = await door.call('POST', '/api/v1/events', EVENT, once('e'));
    expect([third.status, third.body.status]).toEqual([202, 'accepted']);
    expect(await db.selectFrom('alertEvents').selectAll().execute()).toHaveLength(1);
  });

  test('is done again when whoever took it died in the middle', async ({ open, db }) => {
    const door = await open();
    await db
      .insertInto('idempotencyKeys')
      .values({
        owner: 'key:bootstrap',
        key: 'f',
        requestHash: 'x',
        status: null,
        body: null,
        createdAt: door.deps.now(),
      })
      .execute();
    expect((await door.call('POST', LIST, NEW, once('f'))).status).toBe(409);
    door.wait(61_000);
    expect((await door.call('POST', LIST, NEW, once('f'))).status).toBe(201);
  });

  test('does not give a secret a second time', async ({ open, db }) => {
    const door = await open();
    const make = () => door.call('POST', '/api/v1/api-keys', { name: 'ci', scopes: ['admin'] }, once('g'));
    const first = await make();
    const again = await make();
    expect([first.status, again.status]).toEqual([201, 409]);
    expect(again.body.message).toContain('shown once');
    const kept = await db.selectFrom('idempotencyKeys').selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(first.body.key);
  });
});

describe('too many requests', () => {
  test('a key gets its share of a minute, is told what is left, and then when to come back', async ({
    open,
  }) => {
    const door = await open({ settings: { requestsPerMinute: 3 } });
    const ask = () => door.call('GET', LIST);
    const left = (it: Answered) => it.headers.get('x-ratelimit-remaining');
    expect([left(await ask()), left(await ask()), left(await ask())]).toEqual(['2', '1', '0']);
    const refused = await ask();
    expect([refused.status, refused.body.error]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('3');
    const wait = Number(refused.headers.get('retry-after'));
    expect(Number(refused.headers.get('x-ratelimit-reset'))).toBe(door.deps.now().getTime() / 1000 + wait);
    expect((await door.call('POST', '/api/v1/events', EVENT)).status).toBe(202);
    door.wait(wait * 1000);
    expect((await ask()).status).toBe(200);
  });

  test('events have a limit of their own, where one is set', async ({ open }) => {
    const door = await open({ settings: { eventsPerMinute: 1 } });
    const send = async () => (await door.call('POST', '/api/v1/events', EVENT)).status;
    expect([await send(), await send()]).toEqual([202, 429]);
    expect((await door.call('GET', LIST)).status).toBe(200);
  });
});

describe('answers', () => {
  test('an address there is not is 404, another method 405 with those there are', async ({ open }) => {
    const door = await open();
    const lost = await door.call('GET', '/api/v1/nonesuch');
    expect([lost.status, lost.body.error]).toEqual([404, 'NOT_FOUND']);
    const put = await door.call('PUT', `${LIST}/1`);
    expect([put.status, put.body.error, put.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'GET, PATCH, HEAD, OPTIONS',
    ]);
    const options = await door.call('OPTIONS', LIST);
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
    expect((await door.call('GET', '/api/v1/incidents/%ff')).status).toBe(400);
    expect((await door.call('GET', '/web/nonesuch')).status).toBe(403);
  });

  test('every answer forbids what it does not need, and names no software', async ({ open }) => {
    const door = await open();
    for (const path of [LIST, '/api/v1/nonesuch', '/health', '/']) {
      const { headers } = await door.call('GET', path);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/default-src '(?:none|self)'/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('what nobody foresaw is 500 with an id, and the log has its stack under that id, once', async ({
    open,
  }) => {
    const intake = { submit: () => Promise.reject(new TypeError('cannot read the moon')) };
    const door = await open({ intake });
    const { status, body, text } = await door.call('POST', '/api/v1/events', EVENT);
    expect([status, body.error]).toEqual([500, 'INTERNAL_ERROR']);
    expect(text).not.toContain('moon');
    const lines = door.log.filter((line) => line.includes('moon'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ id: body.details.id, route: '/api/v1/events' });
    expect(lines[0]).toContain('http-door.test.ts');
  });

  test('while the database is away requests are put off, and the log is not flooded', async ({ open }) => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const door = await open({ intake: { submit: () => Promise.reject(away) } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => door.call('POST', '/api/v1/events', EVENT)),
    );
    for (const { status, headers } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    }
    expect(door.log.filter((line) => line.includes('cannot be reached'))).toHaveLength(1);
  });

  test('a request keeps the id it came with, if it is a sane one', async ({ open }) => {
    const door = await open();
    const id = async (sent: string) =>
      (await door.call('GET', '/health', undefined, { 'x-request-id': sent })).headers.get('x-request-id');
    expect(await id('trace-1.2:3')).toBe('trace-1.2:3');
    expect(await id('no spaces, please')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('operations', () => {
  test('health tells of every part, readiness of what matters', async ({ open }) => {
    const probes = {
      database: async () => true,
      cache: async () => true,
      message_queue: () => Promise.reject(new Error('gone')),
    };
    const door = await open({ probes });
    expect((await door.call('GET', '/health', undefined, {})).body).toMatchObject({
      status: 'degraded',
      components: { database: 'up', cache: 'up', message_queue: 'down' },
      version: '0.0.0',
    });
    expect((await door.call('GET', '/ready', undefined, {})).status).toBe(200);

    const blind = await open({ probes: { ...probes, database: async () => false } });
    const ready = await blind.call('GET', '/ready', undefined, {});
    const away = { ready: false, reason: 'the database is away', degraded: ['database', 'message_queue'] };
    expect([ready.status, ready.body]).toEqual([503, away]);
    expect((await blind.call('GET', '/health', undefined, {})).body.status).toBe('unhealthy');
  });

  test('a part that does not answer is down, and does not hold the answer up', async ({ open }) => {
    const stuck = { database: async () => true, cache: async () => true, message_queue: () => never() };
    const door = await open({ probes: stuck });
    expect((await door.call('GET', '/health')).body.components.message_queue).toBe('down');
  });

  test('figures are by route, never by address', async ({ open }) => {
    const door = await open();
    door.deps.metrics.look({
      incidents: async () => [{ severity: 'P1', status: 'NEW', count: 3 }],
      queue: async () => [{ lane: 'dead', depth: 2, oldestSeconds: 60 }],
      intakeDepth: () => 0,
    });
    await door.call('GET', `${LIST}/INC-424242`);
    await door.call('GET', '/api/v1/secret-424242');
    const { text, headers } = await door.call('GET', '/metrics', undefined, {});
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('http_requests_total{method="GET",route="/api/v1/incidents/{id}",status="404"} 1');
    expect(text).toContain('http_requests_total{method="any",route="unmatched",status="404"} 1');
    expect(text).toContain('incidents{severity="P1",status="NEW"} 3');
    expect(text).toContain('queue_depth{lane="dead"} 2');
    expect(text).not.toContain('424242');
  });

  test('stopping answers what is in flight, takes nothing new, and says so', async ({ open }) => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { intake } = (await open()).deps;
    const door = await open({
      intake: {
        submit: async (received) => {
          begun.resolve();
          await held;
          return await intake.submit(received);
        },
      },
    });
    const kept = await keptAlive(door.url);
    const sent = door.call('POST', '/api/v1/events', EVENT);
    await begun.promise;
    const stopped = door.http.stop(10_000);
    expect(await kept.get('/ready').catch(() => 503)).toBe(503);
    await expect(fetch(`${door.url}/health`)).rejects.toThrow('fetch failed');
    release();
    const answer = await sent;
    await stopped;
    expect([answer.status, answer.headers.get('connection')]).toEqual([202, 'close']);
  });

  test('what will not end is cut off when the grace is over', async ({ open }) => {
    const door = await open({ intake: { submit: () => never() } });
    const sent = door.call('POST', '/api/v1/events', EVENT).catch(() => 'cut off');
    await expect.poll(() => door.http.stop(50).then(() => 'stopped')).toBe('stopped');
    expect(await sent).toBe('cut off');
  });
});

function replayed({ headers }: Answered): string | null {
  return headers.get('idempotent-replayed');
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** A connection of one's own that stays open between requests. */
async function keptAlive(url: string) {
  const { Agent } = await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(url + path, { agent }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  await get('/health');
  return { get };
}
