import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileSchedule } from '#src/oncall/compile.ts';
import { findGaps, findUnreachable } from '#src/oncall/gaps.ts';
import { findOverload, loadsOf } from '#src/oncall/load.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { qualityScore } from '#src/oncall/quality.ts';
import type { Layer, Rotation, Schedule } from '#src/oncall/schedule.ts';
import {
  ana,
  anyLayer,
  anyOverrides,
  ben,
  cem,
  dan,
  DAILY,
  eva,
  layer,
  override,
  restriction,
  schedule,
  ZONES,
} from '#test/support/oncall.ts';

const plan = (over: Partial<Schedule> = {}) => compileSchedule(schedule(over));
const turns = (over: Partial<Layer>) => plan({ layers: [layer(over)] });
const [from, to] = [new Date('2025-02-03T09:00Z'), new Date('2025-03-03T09:00Z')];
const WEEKLY = { ...DAILY, unit: 'week', start: '2025-01-06T09:00' } as Rotation;

describe('gaps', () => {
  it('are the times when nobody is on call, with what made them', () => {
    const office = layer({ restrictions: [restriction([1, 2, 3, 4, 5], '00:00', '24:00')] });
    const off = override({ kind: 'cover', people: [] }, '2025-02-05T12:00Z', '2025-02-05T13:00Z');
    const gaps = findGaps(plan({ layers: [office], overrides: [off] }), from, new Date('2025-02-10T12:00Z'));
    expect(gaps).toEqual([
      { from: off.start, until: off.end, why: expect.objectContaining({ kind: 'override', id: 'o1' }) },
      { from: new Date('2025-02-08'), until: new Date('2025-02-10'), why: { kind: 'unplanned' } },
    ]);
  });

  it('are found exactly where an instant has nobody', () => {
    const near = Date.parse('2025-03-09T07:00Z');
    const [begin, end] = [near - 4 * 86_400_000, near + 4 * 86_400_000];
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(anyLayer(near), { maxLength: 2 }),
        anyOverrides(near),
        (timezone, layers, overrides) => {
          const compiled = plan({
            timezone,
            layers: layers.map((it, index) => ({ ...it, id: `${index}` })),
            overrides,
          });
          const gaps = findGaps(compiled, new Date(begin), new Date(end));
          for (let at = begin; at < end; at += 5_400_000) {
            const isGap = gaps.some((it) => it.from.getTime() <= at && at < it.until.getTime());
            expect(isGap).toBe(onCallAt(compiled, new Date(at)).people.length === 0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('people who cannot be reached', () => {
  it('are found with their shifts, and whether somebody else can', () => {
    const compiled = turns({ shifts: [[ana], [ben, cem], [ben]] });
    const until = new Date('2025-02-06T09:00Z');
    expect(findUnreachable(compiled, from, until, (person) => person !== ben)).toEqual([
      {
        person: ben,
        from: new Date('2025-02-04T09:00Z'),
        until: new Date('2025-02-05T09:00Z'),
        hasBackup: true,
      },
      {
        person: ben,
        from: new Date('2025-02-05T09:00Z'),
        until: new Date('2025-02-06T09:00Z'),
        hasBackup: false,
      },
    ]);
    expect(findUnreachable(compiled, from, until, () => true)).toEqual([]);
  });
});

describe('the load', () => {
  it('is what each person carries: hours, the longest time, the fullest week, nights and weekends', () => {
    const [first, second] = loadsOf(turns({ rotation: WEEKLY, shifts: [[ana], [ben]] }), from, to);
    expect([first?.person, second?.person]).toEqual([ana, ben]);
    expect(first).toMatchObject({
      hours: 336,
      longestHours: 168,
      busiestWeekHours: 168,
      averageWeekHours: 84,
      nightHours: 14 * 9,
      nightShare: 0.5,
      weekendHours: 4 * 24,
      weekendShare: 0.5,
      tooMuch: [],
    });
  });

  it('counts nights where that person lives', () => {
    const compiled = turns({
      shifts: [[ana]],
      restrictions: [restriction([1, 2, 3, 4, 5], '08:00', '16:00')],
    });
    expect(loadsOf(compiled, from, to)[0]?.nightHours).toBe(0);
    // From 22:00 on in Auckland, where it is thirteen hours later.
    expect(loadsOf(compiled, from, to, () => 'Pacific/Auckland')[0]?.nightHours).toBe(20 * 7);
  });

  it('is too much for who has the nights, too long or more than half of the time', () => {
    const all = [0, 1, 2, 3, 4, 5, 6];
    const night = layer({ id: 'night', shifts: [[dan]], restrictions: [restriction(all, '21:00', '08:00')] });
    const day = layer({
      id: 'day',
      shifts: [[ana], [ben], [cem], [eva]],
      restrictions: [restriction(all, '08:00', '21:00')],
    });
    const [overloaded, ...rest] = findOverload(plan({ layers: [night, day] }), from, to);
    expect(overloaded?.tooMuch).toEqual(['dan has 100 % of the nights.']);
    expect(rest).toEqual([]);
    expect(findOverload(turns({ shifts: [[ana]] }), from, to)[0]?.tooMuch).toEqual([
      'ana is on call for 672 hours without a break.',
      'ana is on call for 168 hours of an average week.',
      'ana has 100 % of the nights.',
      'ana has 100 % of the weekends.',
    ]);
    expect(findOverload(turns({ rotation: WEEKLY, shifts: [[ana], [ben]] }), from, to)).toEqual([]);
  });

  it('finds the fullest seven days, wherever they begin', () => {
    // Ana has Thursday of one week and Monday to Wednesday of the next.
    const compiled = turns({ shifts: [[ben], [ana], [ana], [ana], [ben], [ben], [ben], [ana]] });
    const [load] = loadsOf(compiled, from, to).filter((it) => it.person === ana);
    expect(load?.busiestWeekHours).toBe(4 * 24);
  });

  it('of all together is the time that anybody is on call, each counted', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), anyLayer(from.getTime()), (timezone, some) => {
        const compiled = plan({
          timezone,
          layers: [{ ...some, shifts: some.shifts.map((it) => it.slice(0, 1)), shadow: false }],
        });
        const gaps = findGaps(compiled, from, to).reduce(
          (sum, it) => sum + it.until.getTime() - it.from.getTime(),
          0,
        );
        const loads = loadsOf(compiled, from, to);
        const hours = loads.reduce((sum, it) => sum + it.hours, 0);
        expect(hours).toBeCloseTo((to.getTime() - from.getTime() - gaps) / 3_600_000, 6);
        for (const it of loads) {
          expect(it.busiestWeekHours).toBeLessThanOrEqual(Math.min(168, it.hours) + 1e-9);
          expect(it.nightHours).toBeLessThanOrEqual(it.hours + 1e-9);
          expect(it.nightShare).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the quality', () => {
  const score = (compiled: ReturnType<typeof plan>, reach?: (person: string) => boolean) =>
    qualityScore(compiled, from, to, reach);
  const lost = (compiled: ReturnType<typeof plan>, reach?: (person: string) => boolean) =>
    score(compiled, reach).parts.flatMap(({ name, says }) => (says === null ? [] : [name]));

  it('is 100 for cover at every hour, shared by many, with somebody beside', () => {
    const pairs = [
      [ana, ben],
      [cem, dan],
    ];
    const { score: all, parts } = score(turns({ rotation: WEEKLY, shifts: pairs }));
    expect(all).toBe(100);
    expect(parts.map(({ score: points, says }) => [points, says])).toEqual(parts.map(() => [100, null]));
  });

  it('is 0 for nobody', () => {
    expect(score(plan({ layers: [] })).score).toBe(0);
  });

  it('falls with each thing that is missing, and says which', () => {
    const whole = turns({ rotation: WEEKLY, shifts: [[ana], [ben], [cem], [dan]] });
    expect(score(whole).score).toBe(95);
    expect(lost(whole)).toEqual(['backup']);
    const office = turns({
      rotation: WEEKLY,
      shifts: [[ana], [ben], [cem], [dan]],
      restrictions: [restriction([1, 2, 3, 4, 5], '09:00', '17:00')],
    });
    expect(lost(office)).toContain('cover');
    expect(score(office).score).toBeLessThan(50);
    expect(lost(whole, (person) => person !== 'ana')).toContain('reach');
    expect(score(whole, (person) => person !== 'ana').score).toBeLessThan(95);
    const alone = turns({ shifts: [[ana]] });
    expect(lost(alone)).toContain('load');
    expect(lost(turns({ shifts: [[ana], [ana], [ben]] }))).toContain('balance');
  });

  it('is never 100 while there is a minute without anybody', () => {
    const second = layer({ id: 'second', shifts: [[dan], [eva]] });
    const off = override({ kind: 'cover', people: [] }, '2025-02-05T12:00Z', '2025-02-05T12:01Z');
    const quality = score(plan({ layers: [layer({ shifts: [[ana], [ben]] }), second], overrides: [off] }));
    expect(quality.score).toBe(99);
    expect(quality.parts[0]?.says).toBe('Nobody is on call for 1 minute.');
  });
});
