import { describe, expect, test } from 'vitest';

import { Pace } from '#src/jobs/pace.ts';

const RATE = { most: 3, perMs: 1000 };
const START = new Date('2026-03-01T08:00:00Z');

describe('a pace', () => {
  test('lets so many pass within a time, which begins with the first of them', () => {
    const pace = new Pace();
    expect(pace.left('email', RATE, at(0))).toBe(3);
    for (const ms of [0, 10, 900]) pace.did('email', RATE, at(ms));
    expect(pace.left('email', RATE, at(999))).toBe(0);
    expect(pace.nextAt('email', RATE, at(999))).toEqual(at(1000));
    expect(pace.left('email', RATE, at(1000))).toBe(3);
    expect(pace.nextAt('email', RATE, at(1000))).toBeNull();
    expect(pace.left('sms', RATE, at(10))).toBe(3);
  });

  test('is not held up by a clock that is set back', () => {
    const pace = new Pace();
    for (const ms of [60_000, 60_001, 60_002]) pace.did('email', RATE, at(ms));
    expect(pace.left('email', RATE, at(0))).toBe(3);
    expect(pace.nextAt('email', RATE, at(0))).toBeNull();
  });
});

function at(ms: number): Date {
  return new Date(START.getTime() + ms);
}
