import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clean, cleanLine, shorten } from '#src/incident/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
/** Half characters, controls and the marks that turn the direction of text. */
const nastyText = fc.string({
  unit: fc.constantFrom(
    '\0',
    '\uD800',
    '\uDC00',
    '\u202E',
    '\u2066',
    '\uFEFF',
    '\r',
    '\n',
    '\t',
    ' ',
    'é',
    '😀',
    'a',
    '\u0085',
  ),
  maxLength: 40,
});

describe('text from outside', () => {
  it.each([
    ['a NUL', 'a\0b', 'ab'],
    ['controls', 'a\u0007\u001B[31mb\u0085', 'a[31mb'],
    ['turned direction', 'invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['isolates and marks', '\u2066a\u2069\u200E\u200F\u061C\uFEFFb', 'ab'],
    ['half a character', 'a\uD83D', 'a\uFFFD'],
    ['line ends of Windows', 'a\r\nb', 'a\nb'],
  ])('loses %s', (_, said, kept) => {
    expect(clean(said)).toBe(kept);
  });

  it.each([
    'two\nlines\tand a tab',
    '<!channel> @everyone <b>&amp;</b>',
    "'; drop table incidents; --",
    '👩‍🚒 नमस्ते',
  ])('keeps %j as it is: escaping is for whoever draws it', (text) => {
    expect(clean(text)).toBe(text);
  });

  it('is cleaned once and for all, and can be stored', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nastyText), (text) => {
        const cleaned = clean(text);
        expect(clean(cleaned)).toBe(cleaned);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned).not.toMatch(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });
});

describe('one line of it', () => {
  it('has no ends and no doubled spaces', () => {
    expect(cleanLine('  a\n\n b\t c ', 20)).toBe('a b c');
  });

  it('is never longer than asked, nor cut through a character, and says when it was cut', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nastyText), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const line = cleanLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        expect(line.isWellFormed()).toBe(true);
        expect(line).not.toContain('\n');
      }),
    );
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('abcd', 4)).toBe('abcd');
    expect(shorten('ab😀cd', 4)).toBe('ab…');
    expect(cleanLine('x'.repeat(10_000), 255)).toHaveLength(255);
  });
});
