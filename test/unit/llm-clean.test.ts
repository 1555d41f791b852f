import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cleanData, visible } from '#src/llm/clean.ts';
import type { Data } from '#src/llm/task.ts';

const { data: json } = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { depthSize: 'medium' },
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.nat().map((length) => 'x y'.repeat(length % 3000)),
    fc.constantFrom(null, true, 1, Number.NaN, Infinity),
    fc.array(tie('data'), { maxLength: 150 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('data'), { maxKeys: 5 }),
  ),
}));

describe('what is told to a model', () => {
  it('has no characters that nobody sees', () => {
    const unseen =
      '\u0000\u0007\u001B[31m\u00AD\u200B\u200D\u202E\u2066\uFEFF\uFE0F\u3164\u{E0041}\u{E0100}\uE000';
    expect(visible(`a${unseen}b\tc\r\nd\u2028e`)).toBe('a[31mb\tc\nd\ne');
    expect(cleanData({ [`na\u200Bme of it`]: 'z\u202Eero' })).toEqual({ name_of_it: 'zero' });
  });

  it('has names of plain characters, each once, and nobody’s address among them', () => {
    expect(cleanData({ 'a b': 1, 'a/b': 2, '': 3, 'app.kubernetes.io-x': 4, __proto__x: 5, ünï: 6 })).toEqual(
      {
        a_b: 1,
        a_b_2: 2,
        _: 3,
        'app.kubernetes.io-x': 4,
        __proto__x: 5,
        _n_: 6,
      },
    );
    expect(cleanData({ 'ana.b@example.com': 1 })).toEqual({ '_example.com': 1 });
    const own = JSON.parse('{"__proto__":"x"}') as Data;
    expect(JSON.stringify(cleanData(own))).toBe('{"__proto__":"x"}');
  });

  it('is cut where it is too long: labels, texts, lists and what stands too deep', () => {
    const long = 'word '.repeat(1000);
    const cleaned = cleanData({
      text: long,
      labels: { pod: long, more: [long] },
      list: Array(200).fill(1),
    }) as Record<string, never>;
    expect(cleaned['text']).toHaveLength(2000);
    expect(cleaned['labels']?.['pod']).toHaveLength(300);
    expect(cleaned['labels']?.['more']?.[0]).toHaveLength(300);
    expect(cleaned['list']).toHaveLength(100);
    expect(cleaned['list']?.[99]).toBe('… 101 more');
    let deep: Data = 'x';
    for (let level = 0; level < 20; level += 1) deep = [deep];
    expect(JSON.stringify(cleanData(deep))).toBe('[[[[[[[["…"]]]]]]]]');
  });

  it('is never cut within a word, which could be half a key', () => {
    const key = `ghp_${'a1'.repeat(18)}`;
    for (let before = 1950; before < 2000; before += 1) {
      const cut = cleanData(`${'x '.repeat(before / 2)}${key} ${'y '.repeat(100)}`) as string;
      expect(cut.includes(key) || !cut.includes('ghp')).toBe(true);
    }
  });

  it('is 20 kB at most, whatever it was, every part shortened before any goes', () => {
    const big = {
      one: Array(90).fill('a b '.repeat(300)),
      two: Array(90).fill('c d '.repeat(300)),
      three: 'e',
    };
    const cleaned = cleanData(big) as Record<string, string[]>;
    expect(Buffer.byteLength(JSON.stringify(cleaned))).toBeLessThanOrEqual(20_000);
    expect(Buffer.byteLength(JSON.stringify(cleaned))).toBeGreaterThan(10_000);
    expect(cleaned['one']).toHaveLength(cleaned['two']?.length ?? 0);
    expect(cleaned['three']).toBe('e');
    fc.assert(
      fc.property(json, fc.integer({ min: 200, max: 20_000 }), (data, total) => {
        const some = cleanData(data, { total });
        expect(Buffer.byteLength(JSON.stringify(some))).toBeLessThanOrEqual(total);
      }),
      { numRuns: 100 },
    );
  });

  it('is as it was, where nothing is wrong with it', () => {
    const fine = {
      title: 'Checkout is down 🙂',
      at: '2026-11-21',
      labels: { pod: 'a-1' },
      n: [1, null, true],
    };
    expect(cleanData(fine)).toEqual(fine);
  });
});
