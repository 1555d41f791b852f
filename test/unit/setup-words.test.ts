import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readLength, readTimes, readTurn, sayLength, sayTimes, sayTurn } from '#src/setup/words.ts';

describe('words of the file', () => {
  it('a length is read as it is written', () => {
    fc.assert(
      fc.property(fc.nat(1e12), (ms) => {
        expect(readLength(sayLength(ms))).toBe(ms);
      }),
    );
    expect([0, 90_000, 5_400_000, 86_400_000].map(sayLength)).toEqual(['0s', '1m30s', '1h30m', '1d']);
  });

  it.each([
    ['5m', 300_000],
    ['5 min', 300_000],
    ['2h', 7_200_000],
    ['1d 12h', 129_600_000],
    ['500ms', 500],
    ['', null],
    ['m', null],
    ['5', null],
    ['5 moons', null],
    ['-5m', null],
  ])('the length %j is %s milliseconds', (text, ms) => {
    expect(readLength(text)).toBe(ms);
  });

  it('hours of the week are read as they are written', () => {
    const time = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map((all) => all.map((it) => String(it).padStart(2, '0')).join(':'));
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }), time, time, (days, from, until) => {
        expect(readTimes(sayTimes({ days, from, until }))).toEqual({ days, from, until });
      }),
    );
  });

  it.each([
    ['mon-fri 09:00-17:00', [1, 2, 3, 4, 5]],
    ['Monday to Friday 09:00-17:00', null],
    ['sat,sun 10:00-14:00', [0, 6]],
    ['fri-mon 22:00 to 06:00', [0, 1, 5, 6]],
    ['22:00-06:00', [0, 1, 2, 3, 4, 5, 6]],
    ['mo 09:00-17:00', null],
    ['mon-wed-fri 09:00-17:00', null],
    ['9-17', null],
  ])('%j are hours on the days %j', (text, days) => {
    expect(readTimes(text)?.days ?? null).toEqual(days);
  });

  it.each(['1 week', '2 weeks', '12 hours', '1 month', 'P10D', 'PT36H'])(
    'a turn of %s is written so',
    (text) => {
      const read = readTurn(text);
      expect(read && sayTurn(read)).toBe(text);
    },
  );

  it('a turn needs no number', () => {
    expect(readTurn('week')).toEqual({ unit: 'week', every: 1 });
    expect(readTurn('3 moons')).toBeNull();
  });
});
