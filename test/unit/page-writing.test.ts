import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { commandLine, isStump, personAt } from '#adapters/web/ui/room/completing.ts';
import { peopleLike } from '#adapters/web/ui/room/people-like.ts';
import { changed, nextToSend, restored, stored, type Outgoing } from '#adapters/web/ui/state/outgoing.ts';
import { safeUrl, tokens } from '#adapters/web/ui/words/tokens.ts';

const PEOPLE = ['ana', 'bo.b', 'jose'];
const isPerson = (id: string) => PEOPLE.includes(id);

describe('what people write, drawn', () => {
  test('nothing of it is lost and nothing added', () => {
    const bits = fc.constantFrom(
      '@ana',
      '@bo.b.',
      '`',
      '```',
      'https://a.example/x?y=1',
      'INC-7',
      '\n',
      ' ',
      '<b>',
    );
    const texts = fc.array(fc.oneof(bits, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 30 });
    fc.assert(
      fc.property(texts, (pieces) => {
        const text = pieces.join('');
        expect(
          tokens(text, isPerson)
            .map(({ raw }) => raw)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  test.each([
    ['see https://a.example/x).', 'https://a.example/x'],
    ['http://localhost:3000/rooms/a, please', 'http://localhost:3000/rooms/a'],
  ])('%s holds a link', (text, url) => {
    expect(tokens(text, isPerson).find(({ type }) => type === 'link')?.raw).toBe(url);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'JaVaScRiPt://%0aalert(1)',
    '//a.example',
    'ftp://a.example',
    '',
  ])('%s is no address to open', (text) => {
    expect(safeUrl(text)).toBeNull();
  });

  test('only people are mentioned, and a full stop after a name belongs to the sentence', () => {
    const found = tokens('@ana and @nobody, mail x@ana.example, ask @bo.b.', isPerson);
    expect(found.flatMap((it) => (it.type === 'person' ? [it.id] : []))).toEqual(['ana', 'bo.b']);
  });

  test('code is not searched for mentions', () => {
    expect(tokens('`@ana` ```\n@ana```', isPerson).map(({ type }) => type)).toEqual([
      'code',
      'text',
      'block',
    ]);
  });
});

describe('completion', () => {
  test.each([
    ['/', '/incident '],
    ['/inc', '/incident '],
    ['/incident', '/incident '],
    ['/incident re', '/incident re'],
    ['/INCIDENT ack', '/INCIDENT ack'],
    ['/incidents', null],
    ['/etc/hosts', null],
    ['see /incident', null],
    ['/incident note a\nb', null],
  ])('%j asks for %j', (text, line) => {
    expect(commandLine(text)).toBe(line);
  });

  test('a stump of the command is not sent, the command itself is', () => {
    expect(['/', '/inciden', '/incident', '/incident ack', '/etc', ''].map(isStump)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('a name is completed where the caret stands', () => {
    expect(personAt('hey @an and more', 7)).toEqual({ type: 'person', query: 'an', from: 4, to: 7 });
    expect(personAt('mail@an', 7)).toBeNull();
    expect(personAt('@', 1)).toMatchObject({ query: '' });
  });

  test('people are found by id, by any of their names, and without accents', () => {
    const all = ['Ana Lima', 'Bo Berg', 'José Ana'].map((name, index) => {
      return { id: `p${index}`, name, role: 'viewer', online: false } as const;
    });
    const found = (query: string) => peopleLike(all, query).map(({ name }) => name);
    expect(found('ana')).toEqual(['Ana Lima', 'José Ana']);
    expect(found('jose')).toEqual(['José Ana']);
    expect(found('p1')).toEqual(['Bo Berg']);
  });
});

describe('what is not sent yet', () => {
  const outgoing = fc.record({
    id: fc.uuid(),
    room: fc.constantFrom('a', 'b'),
    threadOf: fc.constant(null),
    text: fc.string(),
    at: fc.nat(),
    after: fc.nat(),
    state: fc.constantFrom('waiting', 'sending', 'failed'),
    error: fc.constant(''),
  }) satisfies fc.Arbitrary<Outgoing>;
  const outboxes = fc.uniqueArray(outgoing, { selector: ({ id }) => id, maxLength: 12 });

  test('each room sends one at a time, the oldest first, and what failed holds up nobody', () => {
    fc.assert(
      fc.property(outboxes, (outbox) => {
        const next = nextToSend(outbox);
        const free = outbox.filter(
          ({ room, state }) =>
            state === 'waiting' && !outbox.some((it) => it.room === room && it.state === 'sending'),
        );
        expect(next).toBe(free[0]);
      }),
    );
  });

  test('over a reload of the page all of it is kept under its own ids, and nothing is thought to be on its way', () => {
    fc.assert(
      fc.property(outboxes, (outbox) => {
        const again = restored(stored(outbox));
        expect(again.map(({ id, text }) => [id, text])).toEqual(outbox.map(({ id, text }) => [id, text]));
        expect(again.some(({ state }) => state === 'sending')).toBe(false);
      }),
    );
    expect(restored('not JSON')).toEqual([]);
    expect(restored(null)).toEqual([]);
  });

  test('a change touches only the one it is for', () => {
    fc.assert(
      fc.property(outboxes, (outbox) => {
        const id = outbox[0]?.id ?? '';
        const after = changed(outbox, id, { state: 'failed' });
        expect(after.slice(1)).toEqual(outbox.slice(1));
        expect(after[0]?.state).toBe(outbox.length > 0 ? 'failed' : undefined);
      }),
    );
  });
});
