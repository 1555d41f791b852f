import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import type { MessagesView, MessageView } from '#adapters/web/protocol.ts';
import { say, type Button } from '#src/chat/message.ts';
import { test as base } from '#test/support/database.ts';
import { roomPath, textOf, webChatOn, type WebPage } from '#test/support/web-chat.ts';

const test = base.extend('web', async ({ db }) => {
  const web = await webChatOn(db);
  const room = await web.chat.platform.openRoom({
    name: 'inc-1',
    topic: 'P1 new',
    title: 'Checkout is down',
  });
  return { ...web, db, room, ana: web.as('ana'), bo: web.as('bo') };
});

describe('unread messages', () => {
  test('are counted until they are read, with those that mention the reader', async ({ web }) => {
    web.bo.connect();
    await web.ana.write(web.room.id, 'hello');
    const last = await web.ana.write(web.room.id, 'look @bo');
    await web.bo.write(web.room.id, 'my own words are not new to me, @bo');
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 2, mentions: 1 });
    expect(await web.bo.request('POST', `${roomPath(web.room.id)}/read`, { last: last.id })).toEqual({
      status: 204,
      body: undefined,
    });
    await web.settled();
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0, mentions: 0 });
    expect(web.bo.pushed('room').at(-1)?.room).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('are not counted again when somebody says they have read less', async ({ web }) => {
    const first = await web.ana.write(web.room.id, 'one');
    const second = await web.ana.write(web.room.id, 'two');
    for (const { id } of [second, first]) {
      await web.bo.ask('POST', `${roomPath(web.room.id)}/read`, { last: id });
    }
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0 });
  });

  test('in threads count as mentions only, and are read with the room', async ({ web }) => {
    const root = await web.ana.write(web.room.id, 'who deployed?');
    await web.ana.write(web.room.id, 'was it you @bo?', root.id);
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 1, mentions: 1 });
    await web.bo.ask('POST', `${roomPath(web.room.id)}/read`, { last: root.id });
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('are counted up to a hundred', async ({ web }) => {
    await manyMessages(web, 150);
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 100 });
  });
});

describe('reading back and catching up', () => {
  test('goes in pages of a hundred, oldest first, both ways', async ({ web }) => {
    await manyMessages(web, 250);
    const page = (query: string) =>
      web.bo.ask<MessagesView>('GET', `${roomPath(web.room.id)}/messages${query}`);
    const newest = await page('');
    expect(newest.messages).toHaveLength(100);
    expect(newest.more).toBe(true);
    const numbers = (view: MessagesView) => view.messages.map(textOf).map(Number);
    expect(numbers(newest)).toEqual(Array.from({ length: 100 }, (_, index) => index + 151));
    const oldest = await page(`?before=${idOf(newest.messages[0]) - 100}`);
    expect(numbers(oldest)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(oldest.more).toBe(false);
    const later = await page(`?after=${idOf(oldest.messages.at(-1))}`);
    expect(numbers(later)).toEqual(Array.from({ length: 100 }, (_, index) => index + 51));
    expect(later.more).toBe(true);
    expect(await page(`?after=${idOf(newest.messages.at(-1))}`)).toEqual({ messages: [], more: false });
  });

  test('misses nothing that is written meanwhile by many people', async ({ web }) => {
    const write = async (page: WebPage, count: number) => {
      for (let index = 0; index < count; index += 1) await page.write(web.room.id, `${page.id} ${index}`);
    };
    const writing = Promise.all([
      write(web.ana, 25),
      write(web.bo, 25),
      write(web.as('cy'), 25),
      write(web.bo, 25),
    ]);
    const caught: MessageView[] = [];
    let done = false;
    void writing.finally(() => (done = true));
    const catchUp = async () => {
      const next = await web.as('cy').messages(web.room.id, `?after=${caught.at(-1)?.id ?? 0}`);
      caught.push(...next);
    };
    while (!done) await catchUp();
    await writing;
    await catchUp();
    expect(caught).toHaveLength(100);
    expect(new Set(caught.map(({ id }) => id)).size).toBe(100);
  });
});

describe('searching', () => {
  test('finds words, phrases, and the beginnings of words', async ({ web }) => {
    await web.ana.write(web.room.id, 'the connection pool of checkout-service is exhausted');
    await web.ana.write(web.room.id, 'payments are fine');
    await web.chat.platform.post(web.room, say('INC-1 Checkout is down'), { key: 'card' });
    const found = async (words: string) => (await search(web.bo, words)).map(textOf);
    expect(await found('POOL')).toEqual(['the connection pool of checkout-service is exhausted']);
    expect(await found('"connection pool"')).toHaveLength(1);
    expect(await found('"pool connection"')).toEqual([]);
    expect(await found('checkout -down')).toHaveLength(1);
    expect(await found('exhau conn')).toHaveLength(1);
    expect(await found('checkout')).toEqual([
      'INC-1 Checkout is down',
      'the connection pool of checkout-service is exhausted',
    ]);
    expect(await search(web.bo, 'payments')).toMatchObject([{ roomName: 'inc-1', room: 'inc-1' }]);
  });

  test('takes any text for words', async ({ web }) => {
    await web.ana.write(web.room.id, 'x');
    const texts = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc
        .array(fc.constantFrom("'", '"', ':*', '&', '|', '!', '<->', '(', '\\', 'x', ' ', '-', 'or'), {
          minLength: 1,
        })
        .map((it) => it.join('')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { status } = await web.bo.request(
          'GET',
          `/web/search?q=${encodeURIComponent(text.toWellFormed())}`,
        );
        expect([200, 400]).toContain(status);
      }),
    );
  });
});

describe('requests that make no sense', () => {
  test('are refused with a reason, and nothing breaks', async ({ web }) => {
    const button: Button = { label: 'Acknowledge', command: 'ack', args: {}, style: 'plain' };
    const card = say('INC-1', { type: 'buttons', buttons: [button] });
    const { id } = await web.chat.platform.post(web.room, card, { key: 'card' });
    const words = await web.ana.write(web.room.id, 'words');
    const answered = new Set<string>();
    const requests = requestsWith({ room: web.room.id, messages: [Number(id), words.id] });
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, query, body }) => {
        const asked = new URLSearchParams(
          Object.entries(query).map(([name, it]) => [name, it.toWellFormed()]),
        );
        const withBody = method === 'GET' ? undefined : body;
        const answer = await web.ana.request(method, `${path}?${asked.toString()}`, withBody);
        if (answer.status < 300) answered.add(`${method} ${path.replace(/(rooms|messages)\/[^/]+/, '$1/*')}`);
        expect(answer.status).toSatisfy((it: number) => it >= 200 && it < 500);
        if (answer.status >= 400) {
          expect(answer.body).toEqual({
            error: expect.any(String) as string,
            message: expect.stringMatching(/\S/) as string,
            details: expect.any(Object) as object,
            timestamp: expect.stringMatching(/Z$/) as string,
          });
        }
      }),
      { numRuns: 1500 },
    );
    // Refusing everything would be easy: every one of them was also answered.
    expect([...answered].toSorted()).toEqual(
      ENDPOINTS.map(([method, path]) => `${method} ${path}`).toSorted(),
    );
    await web.settled();
    expect(web.failures).toEqual([]);
  });

  test('are told apart: no JSON, no such address, no such method', async ({ web }) => {
    const broken = new Request('https://x.example/web/direct', { method: 'POST', body: '{"person":' });
    expect((await web.chat.handle(broken, web.ana.who)).status).toBe(400);
    expect(await web.ana.request('GET', '/web/nothing')).toMatchObject({ status: 404 });
    expect(await web.ana.request('GET', '/elsewhere')).toMatchObject({ status: 404 });
    expect(await web.ana.request('GET', '/web/toString')).toMatchObject({ status: 404 });
    expect(await web.ana.request('PUT', '/web/rooms')).toMatchObject({ status: 405 });
    expect(
      await web.ana.request('POST', '/web/forms', {
        id: randomUUID(),
        room: null,
        command: 'a',
        args: { __x: '' },
      }),
    ).toMatchObject({ status: 400, body: { error: 'bad_arguments' } });
  });
});

describe('with 1,000 rooms and 30,000 messages', () => {
  test('reading, searching and writing stay quick', { timeout: 120_000 }, async ({ web }) => {
    await fill(web.db);
    const took: Record<string, number> = {};
    const measure = async (name: string, run: () => Promise<unknown>) => {
      await run();
      const start = performance.now();
      await run();
      took[name] = Math.round(performance.now() - start);
    };
    expect(await web.bo.rooms()).toHaveLength(1001);
    await measure('rooms', () => web.bo.rooms());
    await measure('page', () => web.bo.messages('load-500'));
    await measure('rare', () => search(web.bo, 'needle777'));
    await measure('common', () => search(web.bo, 'checkout'));
    await measure('prefix', () => search(web.bo, 'needle99'));
    await measure('write', () => web.bo.write('load-500', 'hello @ana'));
    for (const [name, ms] of Object.entries(took))
      expect({ name, ms }).toSatisfy(() => ms < (LIMITS_MS[name] ?? 1000));
  });
});

/** Generous, because the machine is shared: what matters is that nothing walks the whole table. */
const LIMITS_MS: Readonly<Record<string, number>> = { rooms: 3000, common: 3000 };

/** Everything that can be asked, with the fields that it reads. */
const ENDPOINTS: readonly (readonly [method: string, path: string, fields: string])[] = [
  ['GET', '/web/rooms', ''],
  ['GET', '/web/rooms/*/messages', ''],
  ['GET', '/web/rooms/*/pins', ''],
  ['GET', '/web/messages/*/thread', ''],
  ['GET', '/web/search', ''],
  ['GET', '/web/suggest', ''],
  ['POST', '/web/rooms/*/messages', 'id text threadOf?'],
  ['POST', '/web/rooms/*/read', 'last'],
  ['POST', '/web/messages/*/press', 'id part button? value? label?'],
  ['POST', '/web/messages/*/reactions', 'emoji on'],
  ['POST', '/web/messages/*/pin', 'on'],
  ['POST', '/web/forms', 'id room command args'],
  ['POST', '/web/direct', 'person'],
  ['PATCH', '/web/messages/*', 'text'],
  ['DELETE', '/web/messages/*', ''],
];

interface Known {
  readonly room: string;
  readonly messages: readonly number[];
}

/** Mostly a request that has a chance, with one thing or another wrong in it; now and then nonsense. */
function requestsWith({ room, messages }: Known) {
  const noise = fc.string({ unit: 'binary', maxLength: 12 }).map((it) => it.toWellFormed());
  const wrongId = fc.oneof(
    fc.constantFrom('direct:ana:bo', '0', '99999999999999999999', '%', '%00', '..', '-1', '1e3'),
    noise.map(encodeURIComponent),
  );
  const idIn = (path: string) => {
    const right = path.startsWith('/web/rooms') ? [room] : messages.map(String);
    return often(fc.constantFrom(...right), wrongId);
  };
  const queries: Record<string, fc.Arbitrary<string>> = {
    before: fc.oneof(fc.nat().map(String), noise),
    after: fc.oneof(fc.nat().map(String), noise),
    q: fc.oneof(fc.constantFrom('words', '"x', ''), noise),
    line: fc.oneof(fc.constantFrom('/incident r'), noise),
    room: fc.oneof(fc.constantFrom(room), noise),
  };
  return fc.constantFrom(...ENDPOINTS).chain(([method, path, fields]) =>
    fc.record({
      method: often(fc.constant(method), fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT')),
      path: often(
        idIn(path).map((it) => path.replace('*', it)),
        fc.constantFrom('/web', '/web/', '/web/x/y/z'),
      ),
      query: fc.record(queries, { requiredKeys: path.endsWith('search') ? ['q'] : [] }),
      body: bodiesWith(fields, { room, messages }),
    }),
  );
}

/** Any JSON, or an object with the fields that are read, each of them right or any value. */
function bodiesWith(fields: string, { room, messages }: Known): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('', '\u0000', '\uD800', '\u202E', 'x'.repeat(5000), '__proto__'),
  );
  const any = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
  const right: Record<string, fc.Arbitrary<unknown>> = {
    id: fc.uuid(),
    text: fc.oneof(text, fc.constantFrom('/incident ack', 'look @bo')),
    threadOf: fc.constantFrom(...messages),
    part: fc.constantFrom(1, 1, 0, 2),
    button: fc.constantFrom(0, 0, 1),
    value: text,
    label: fc.constant('Acknowledge'),
    room: fc.constantFrom(room, null),
    command: fc.constantFrom('ack', 'help'),
    args: often(fc.dictionary(fc.constantFrom('incident', 'note'), text), fc.dictionary(text, text)),
    emoji: fc.constantFrom('👍', '🎉'),
    on: fc.boolean(),
    person: fc.constantFrom('ana', 'bo', 'zoe'),
    last: fc.maxSafeNat(),
  };
  const names = fields.split(' ').filter((it) => it !== '');
  const model = Object.fromEntries(
    names.map((name): [string, fc.Arbitrary<unknown>] => {
      const field = name.replace('?', '');
      return [field, often(right[field] ?? any, any)];
    }),
  );
  const requiredKeys = names.filter((it) => !it.endsWith('?'));
  return often(fc.record(model, { requiredKeys }), fc.jsonValue());
}

function often<T, U>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

async function search(page: WebPage, words: string) {
  const path = `/web/search?q=${encodeURIComponent(words)}`;
  return (await page.ask<{ messages: (MessageView & { roomName: string })[] }>('GET', path)).messages;
}

async function roomOf(page: WebPage, id: string) {
  return (await page.rooms()).find((it) => it.id === id);
}

function idOf(message: MessageView | undefined): number {
  return message?.id ?? 0;
}

type Web = Awaited<ReturnType<typeof webChatOn>> & { db: Parameters<typeof webChatOn>[0] };

async function manyMessages({ db }: Web, count: number): Promise<void> {
  await sql`
    insert into chat_messages (room_id, author, body, plain, posted_at)
    select 'inc-1', 'ana', jsonb_build_object('type', 'words', 'text', n::text, 'mentions', '[]'::jsonb), n::text,
      '2026-03-01T08:00:00Z'
    from generate_series(1, ${count}) as n`.execute(db);
}

async function fill(db: Web['db']): Promise<void> {
  await sql`
    insert into chat_rooms (id, kind, name, topic, members, created_at, last_at)
    select 'load-' || n, 'room', 'load-' || n, 'topic', '["ana", "bo"]', '2026-03-01T08:00:00Z',
      '2026-03-01T08:00:00Z'::timestamptz + n * interval '1 second'
    from generate_series(1, 1000) as n`.execute(db);
  await sql`
    insert into chat_messages (room_id, author, body, plain, posted_at)
    select 'load-' || (n % 1000 + 1), 'ana',
      jsonb_build_object('type', 'words', 'text', words, 'mentions', case when n % 50 = 0 then '["bo"]'::jsonb else '[]' end),
      words, '2026-03-01T08:00:00Z'
    from generate_series(1, 30000) as n,
      lateral (select 'the checkout fails in needle' || n || ' again and again since the deploy') as it(words)`.execute(
    db,
  );
}
