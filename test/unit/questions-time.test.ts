/// <reference lib="esnext.temporal" />
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nextTime, sayRepeat } from '#src/questions/repeat.ts';
import { UNITS, type TimeRange } from '#src/questions/spec.ts';
import { spanOf } from '#src/questions/time.ts';
import { ZONES } from '#test/support/oncall.ts';

/** A Wednesday. */
const now = new Date('2026-03-18T15:30:00Z');

function said(time: TimeRange, zone: string, at = now): (string | undefined)[] {
  const { from, to } = spanOf(time, at, zone);
  return [from?.toISOString(), to?.toISOString()];
}

describe('a time as people say it', () => {
  it('is that of their own clocks', () => {
    expect(said({ kind: 'this', unit: 'week' }, 'Europe/Berlin')).toEqual([
      '2026-03-15T23:00:00.000Z',
      '2026-03-18T15:30:00.000Z',
    ]);
    expect(said({ kind: 'previous', unit: 'month' }, 'America/New_York')).toEqual([
      '2026-02-01T05:00:00.000Z',
      '2026-03-01T05:00:00.000Z',
    ]);
    expect(said({ kind: 'previous', unit: 'day' }, 'Asia/Kolkata')).toEqual([
      '2026-03-16T18:30:00.000Z',
      '2026-03-17T18:30:00.000Z',
    ]);
    expect(said({ kind: 'all' }, 'UTC')).toEqual([undefined, undefined]);
  });

  it('knows of days with 23 hours', () => {
    const monday = new Date('2026-03-30T08:00:00Z');
    const [from, to] = said({ kind: 'previous', unit: 'day' }, 'Europe/Berlin', monday);
    expect([from, to]).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  });

  it('means the last such weekday and month', () => {
    expect(said({ kind: 'since_weekday', weekday: 1 }, 'UTC')[0]).toBe('2026-03-16T00:00:00.000Z');
    expect(said({ kind: 'weekday', weekday: 5 }, 'UTC')).toEqual([
      '2026-03-13T00:00:00.000Z',
      '2026-03-14T00:00:00.000Z',
    ]);
    expect(said({ kind: 'month', month: 10 }, 'UTC')[0]).toBe('2025-10-01T00:00:00.000Z');
    expect(said({ kind: 'between', from: '2026-03-01', to: '2026-03-01' }, 'UTC')).toEqual([
      '2026-03-01T00:00:00.000Z',
      '2026-03-02T00:00:00.000Z',
    ]);
  });

  it('has no holes: what was before this week ends where this week begins', () => {
    const instants = fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2037-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), fc.constantFrom(...UNITS), (at, zone, unit) => {
        const now1 = spanOf({ kind: 'this', unit }, at, zone);
        const before = spanOf({ kind: 'previous', unit }, at, zone);
        expect(before.to).toEqual(now1.from);
        expect(before.from?.getTime()).toBeLessThan(before.to?.getTime() ?? 0);
        expect(now1.from?.getTime()).toBeLessThanOrEqual(at.getTime());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a question that is asked again', () => {
  it('comes at the time of their clocks, also after those were changed', () => {
    const monday = { every: 'week', day: 1, atTime: '09:00' } as const;
    const first = nextTime(monday, now, 'Europe/Berlin');
    expect(first.toISOString()).toBe('2026-03-23T08:00:00.000Z');
    expect(nextTime(monday, first, 'Europe/Berlin').toISOString()).toBe('2026-03-30T07:00:00.000Z');
    expect(sayRepeat(monday)).toBe('every Monday at 09:00');
  });

  it('comes every day, and on the first of every month', () => {
    expect(nextTime({ every: 'day', day: null, atTime: '16:00' }, now, 'UTC').toISOString()).toBe(
      '2026-03-18T16:00:00.000Z',
    );
    expect(nextTime({ every: 'day', day: null, atTime: '15:30' }, now, 'UTC').toISOString()).toBe(
      '2026-03-19T15:30:00.000Z',
    );
    expect(nextTime({ every: 'month', day: 1, atTime: '09:00' }, now, 'UTC').toISOString()).toBe(
      '2026-04-01T09:00:00.000Z',
    );
  });
});
