import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { LINE_MAX, parse } from '#src/chat/parse.ts';
import { tokenize } from '#src/chat/tokens.ts';
import { durationOf, severityOf } from '#src/chat/words.ts';
import { UserError } from '#src/errors.ts';

describe('any line at all', () => {
  const name = fc.constantFrom(...commands.map((command) => command.name));
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      'INC-1',
      '42',
      '#7',
      '@ana',
      'P1',
      'sev2',
      'high',
      'next',
      'by',
      '14:45',
      '30m',
      'into',
      'to',
      'because',
    ),
    fc.constantFrom(
      '--severity',
      '--impact',
      '--',
      '—next',
      'severity=',
      'tags:',
      '"',
      '“',
      '”',
      "'",
      '\\"',
      'nobody',
      '=',
      'a=b',
    ),
    fc.constantFrom('--constructor', '__proto__', 'toString', '\u0000', '\u202E', '\uD800', '\n', '\t'),
  );
  const line = fc
    .tuple(
      fc.option(name, { freq: 5 }),
      fc.array(piece, { maxLength: 14 }),
      fc.constantFrom(' ', '  ', '\n', ''),
    )
    .map(([command, pieces, gap]) => [command ?? '', ...pieces].join(gap || ' '));

  it('is read, or refused with a sentence', () => {
    fc.assert(
      fc.property(line, fc.option(fc.nat(50)), (text, here) => {
        const parsed = tryParse(text, here);
        for (const [key, value] of Object.entries(parsed?.args ?? {})) {
          expect(Object.hasOwn(parsed?.command.args ?? {}, key)).toBe(true);
          expect(value).toBeTypeOf('string');
        }
      }),
      { numRuns: 20_000, seed: 20_261_121 },
    );
  });

  it('loses no word of a text', () => {
    const word = fc.stringMatching(/^[a-z]{4,9}$/).filter((text) => text !== 'next');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(parse(`note ${words.join(' ')}`, commands).args['text']).toBe(words.join(' '));
      }),
    );
  });

  it('is the same with its arguments by name, in any order', () => {
    const given = { title: 'checkout is down', severity: 'P1', impact: 'no money', service: 'checkout' };
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(given), { minLength: 4 }), (args) => {
        const words = args.map(([key, value]) => `--${key} "${value}"`).join(' ');
        expect(parse(`declare ${words}`, commands).args).toEqual(given);
      }),
    );
  });

  it('is covered by its tokens from end to end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let at = 0;
        for (const { start, end } of tokenize(text)) {
          expect(text.slice(at, start).trim()).toBe('');
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
    );
  });

  it('has an end: hostile lines cost time in proportion to their length', () => {
    const hostile = [
      '"a ',
      "'",
      '“ ',
      '--impact ',
      '--impact=',
      'by ',
      'next ',
      'in 1 ',
      '—a',
      'a=',
      'a="',
      '\\"',
      '\u202E@',
    ];
    const start = performance.now();
    for (const words of hostile) tokenize(words.repeat(100_000));
    for (const words of hostile) {
      for (const command of ['note ', 'update ', 'declare ', 'tag ']) {
        tryParse(command + words.repeat(LINE_MAX).slice(0, LINE_MAX - 10));
      }
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('words', () => {
  it.each([
    ['P0', 'P0'],
    ['p4', 'P4'],
    ['sev1', 'P0'],
    ['SEV-2', 'P1'],
    ['sev5', 'P4'],
    ['sev0', 'P0'],
    ['critical', 'P0'],
    ['High', 'P1'],
    ['medium', 'P2'],
    ['low', 'P3'],
    ['info', 'P4'],
    ['P5', null],
    ['sev6', null],
    ['severe', null],
    ['', null],
    ['constructor', null],
  ])('severity %s is %s', (word, severity) => {
    expect(severityOf(word)).toBe(severity);
  });

  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['20 minutes', 1_200_000],
    ['2 hours', 7_200_000],
    ['1 week', 604_800_000],
    ['0m', null],
    ['30', null],
    ['-5m', null],
    ['400d', null],
    ['soon', null],
    ['1h 2x', null],
    ['', null],
  ])('a length of %s', (words, milliseconds) => {
    expect(durationOf(words)).toBe(milliseconds);
  });
});

/** Null where it was refused with a sentence; anything else that is thrown goes on. */
function tryParse(line: string, here: number | null = null) {
  try {
    return parse(line, commands, here);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
