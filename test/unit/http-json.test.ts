import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { DEPTH_MAX, readJson, readPayload, readSent } from '#src/http/json.ts';

const read = (text: string) => readJson(Buffer.from(text));

describe('reading JSON', () => {
  test('JSON without escapes reads as everybody reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!text.includes('\\u'));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('any text is either read, or refused with the place of its first fault', () => {
    fc.assert(
      fc.property(almostJson(), (text) => {
        const [ours, theirs] = [attempt(() => read(text)), attempt(() => JSON.parse(text))];
        if (text === '') return;
        expect(ours instanceof Error).toBe(theirs instanceof Error);
        if (!(ours instanceof UserError)) return;
        expect(ours.code).toBe('bad_payload');
        const at = ours.details['position'] as number;
        // Everything before the fault is fine so far: some ending makes JSON of it, or the place is the first.
        expect(at).toBeLessThanOrEqual(text.length);
        expect(ours.message).toContain(at === text.length ? 'ends too early' : 'not expected');
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"a": }', 6],
    ['{"a": 1,}', 8],
    ['[1, 2', 5],
    ['{"a" 1}', 5],
    ["{'a': 1}", 1],
    ['tru', 0],
    ['{"a": "b\nc"}', 8],
    ['{"a": "\\x"}', 7],
    ['01', 1],
    ['{"a": 1} extra', 9],
    ['[1] ]', 4],
  ])('%j goes wrong at %d', (text, position) => {
    expect(attempt(() => read(text))).toMatchObject({ details: { position } });
  });

  test('line and column are those an editor shows', () => {
    expect(attempt(() => read('{\n  "a": 1,\n  b\n}'))).toMatchObject({ details: { line: 3, column: 3 } });
  });

  test('depth is limited wherever it stands, brackets in strings do not count', () => {
    const deep = (levels: number) => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);
    expect(read(deep(DEPTH_MAX))).toBeDefined();
    expect(attempt(() => read(deep(DEPTH_MAX + 2)))).toMatchObject({ code: 'bad_payload' });
    expect(read(JSON.stringify('['.repeat(500) + '\\"'))).toHaveLength(502);
    expect(attempt(() => read('['.repeat(100_000)))).toMatchObject({ code: 'bad_payload' });
  });

  test('what comes out can always be stored', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' }), (value, word) => {
        const text = JSON.stringify(read(JSON.stringify({ value, [word]: `${word}\0\ud800` })));
        expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }),
    );
  });

  test('a name that means something to JavaScript is only a name', () => {
    const value = read('{"__proto__": {"admin": true}, "a": "\\u0041"}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value['admin']).toBeUndefined();
  });
});

describe('reading what senders send', () => {
  test('JSON, a form, or words: the content decides', () => {
    const payload = (text: string) => readPayload(Buffer.from(text));
    expect(payload('\ufeff {"a": 1}')).toEqual({ a: 1 });
    expect(payload('payload=%7B%22a%22%3A1%7D')).toEqual({ a: 1 });
    expect(payload('a=1&b=%00x')).toEqual({ a: '1', b: 'x' });
    expect(payload('disk full on db1')).toBe('disk full on db1');
    expect(attempt(() => payload(' '))).toMatchObject({ code: 'bad_payload' });
    expect(attempt(() => payload('{"a":'))).toMatchObject({ details: { position: 5 } });
  });

  test('any bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = attempt(() => readPayload(Buffer.from(bytes)));
        expect(result instanceof Error ? result.name : 'UserError').toBe('UserError');
      }),
    );
  });
});

test('a number beyond all numbers is nothing, since nothing can hold it', () => {
  const body = '{"a": 1e400, "b": [-1e400, 2e3], "c": 1' + '0'.repeat(310) + '}';
  expect(readJson(Buffer.from(body))).toEqual({ a: null, b: [null, 2000], c: null });
});

describe('the text of what was sent', () => {
  const textOf = (text: string) => readSent(Buffer.from(text)).text;

  test('is there for what the database takes as it came, and says what was read', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        const { payload, text } = readSent(Buffer.from(json));
        const isSimple = typeof JSON.parse(json) !== 'object' || json === 'null';
        if (text === undefined) expect(isSimple || /\\u|\de[+-]?\d/i.test(json)).toBe(true);
        else expect(JSON.parse(text)).toEqual(payload);
        expect(isSimple && text !== undefined).toBe(false);
      }),
    );
  });

  test.each([
    ['a character spelled out', String.raw`{"a": "\u0000"}`],
    ['an exponent', '{"a": 1e400}'],
    ['an exponent after a point', '[-1.5E+9]'],
    ['more figures than a number has', `{"a": 1${'0'.repeat(299)}}`],
    ['more than is kept whole', `["${'x'.repeat(100_000)}"]`],
    ['a mere word', '"a"'],
  ])('is not there with %s', (_, text) => {
    expect(textOf(text)).toBeUndefined();
  });

  test.each([
    '{"a": "at 1e5 and 0x1E"}',
    String.raw`{"a": "C:\\users"}`,
    `{"a": "${'1'.repeat(400)}"}`,
    ' [true, false, 12.5]\n',
  ])('is there for %s', (text) => {
    expect(textOf(text)).toBe(text);
  });
});

/** JSON with a character put in, taken out or changed. */
function almostJson() {
  const place = fc.nat();
  const char = fc.constantFrom(
    '',
    ',',
    '}',
    ']',
    '"',
    '\\',
    '0',
    '-',
    '.',
    'e',
    ' ',
    '\n',
    '\u0001',
    ':',
    'x',
  );
  return fc.tuple(fc.json({ maxDepth: 3 }), place, char, fc.nat(2)).map(([text, where, put, taken]) => {
    const at = where % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + taken);
  });
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
