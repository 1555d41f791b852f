import { randomUUID } from 'node:crypto';

import * as fc from 'fast-check';
import { describe, expect } from 'vitest';

import { say, type Button } from '#src/chat/message.ts';
import { test } from '#test/support/web-chat.ts';

describe('requests that make no sense', () => {
  test('are refused with a reason, and nothing breaks', async ({ web }) => {
    const button: Button = { label: 'Acknowledge', command: 'ack', args: {}, style: 'plain' };
    const card = say('INC-1', { type: 'buttons', buttons: [button] });
    const { id } = await web.chat.platform.post(web.room, card, { key: 'card' });
    const words = await Promise.all(Array.from({ length: 200 }, () => web.ana.write(web.room.id, 'words')));
    const word = (await web.ana.write(web.room.id, 'a word')).id;
    const answered = new Set<string>();
    const requests = requestsWith({ room: web.room.id, card: Number(id), words: words.map((it) => it.id) });
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, query, body }) => {
        const asked = new URLSearchParams(Object.entries(query).map(([name, it = '']) => [name, it]));
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
      // Refusing everything would be easy: each of them is also asked once as it should be.
      { numRuns: 1500, examples: sensible({ room: web.room.id, card: Number(id), word }) },
    );
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

/** Each endpoint asked as it should be; the message goes last. */
function sensible({ room, card, word }: { room: string; card: number; word: number }) {
  const bodies: Record<string, object> = {
    'POST /web/rooms/*/messages': { id: randomUUID(), text: 'look' },
    'POST /web/rooms/*/read': { last: word },
    'POST /web/messages/*/press': { id: randomUUID(), part: 1, button: 0 },
    'POST /web/messages/*/reactions': { emoji: '👍', on: true },
    'POST /web/messages/*/pin': { on: true },
    'POST /web/forms': { id: randomUUID(), room, command: 'help', args: {} },
    'POST /web/direct': { person: 'bo' },
    'PATCH /web/messages/*': { text: 'better' },
  };
  const idIn = (path: string) => {
    if (path.startsWith('/web/rooms')) return room;
    return String(path.endsWith('press') ? card : word);
  };
  return ENDPOINTS.map(
    ([method, path]) =>
      [
        {
          method,
          path: path.replace('*', idIn(path)),
          query: { line: '/incident r', q: 'word', room },
          body: bodies[`${method} ${path}`],
        },
      ] satisfies [unknown],
  );
}

interface Known {
  readonly room: string;
  readonly card: number;
  readonly words: readonly number[];
}

/** Mostly a request that has a chance, with one thing or another wrong in it; now and then nonsense. */
function requestsWith(known: Known) {
  const { room, card, words } = known;
  const noise = fc.string({ unit: 'binary', maxLength: 12 }).map((it) => it.toWellFormed());
  const wrongId = fc.oneof(
    fc.constantFrom('direct:ana:bo', '0', '99999999999999999999', '%', '%00', '..', '-1', '1e3'),
    noise.map(encodeURIComponent),
  );
  const idIn = (path: string) => {
    const right = path.startsWith('/web/rooms')
      ? fc.constant(room)
      : fc.oneof(fc.constant(String(card)), fc.constantFrom(...words.map(String)));
    return often(right, wrongId);
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
      body: bodiesWith(fields, known),
    }),
  );
}

/** Any JSON, or an object with the fields that are read, each of them right or any value. */
function bodiesWith(fields: string, { room, words }: Known): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('', '\u0000', '\uD800', '\u202E', 'x'.repeat(5000), '__proto__'),
  );
  const any = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
  const right: Record<string, fc.Arbitrary<unknown>> = {
    id: fc.uuid(),
    text: fc.oneof(text, fc.constantFrom('/incident ack', 'look @bo')),
    threadOf: fc.constantFrom(...words),
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
