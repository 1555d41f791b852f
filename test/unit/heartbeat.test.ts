/// <reference lib="esnext.temporal" />
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  isMissing,
  lookAt,
  missingAfterBeat,
  missingAfterChange,
  missingAfterSilence,
  stateOf,
  toSay,
  wasDeaf,
  type Heard,
} from '#src/incident/heartbeat.ts';
import { nextWeekly } from '#src/oncall/weekly.ts';
import { ZONES } from '#test/support/oncall.ts';

const start = Date.parse('2026-03-01T08:00:00Z');
const MINUTE = 60_000;
const rhythm = { everyMs: 60 * MINUTE, graceMs: 5 * MINUTE, paused: false };
const at = (minutes: number) => new Date(start + minutes * MINUTE);

describe('a heartbeat', () => {
  it('is new, well, late, missing and paused', () => {
    const heard = (missingAt: Date | null): Heard => ({ heardAt: at(0), missingAt, alarmedAt: null });
    const states = [0, 59, 60, 64, 65].map((now) => stateOf({ ...rhythm, ...heard(at(65)) }, at(now)));
    expect(states).toEqual(['well', 'well', 'late', 'late', 'missing']);
    expect(stateOf({ ...rhythm, ...heard(null) }, at(0))).toBe('new');
    expect(stateOf({ ...rhythm, ...heard(null), paused: true }, at(0))).toBe('paused');
  });

  it('has its grace at least when its rhythm changes, and its whole time when a pause ends', () => {
    const before = { ...rhythm, heardAt: at(0), missingAt: at(65), alarmedAt: null };
    const change = (after: Partial<typeof rhythm>, now: number, was = before) =>
      missingAfterChange(was, { ...rhythm, ...after }, at(now));
    expect(change({}, 30)).toEqual(at(65));
    expect(change({ everyMs: 10 * MINUTE }, 30)).toEqual(at(35));
    expect(change({ everyMs: 120 * MINUTE }, 30)).toEqual(at(125));
    expect(change({ paused: true }, 30)).toBeNull();
    expect(missingAfterChange({ ...before, paused: true, missingAt: null }, rhythm, at(600))).toEqual(
      at(665),
    );
    expect(missingAfterChange({ ...before, heardAt: null, missingAt: null }, rhythm, at(0))).toBeNull();
    expect(missingAfterChange(null, rhythm, at(0))).toBeNull();
  });

  it('is said to be missing only when it was listened for all through its grace, once, and taken back', () => {
    const step = fc.record({
      minutes: fc.integer({ min: 1, max: 90 }),
      what: fc.constantFrom('beat' as const, 'nothing' as const, 'deaf' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let it: Heard = { heardAt: null, missingAt: null, alarmedAt: null };
        let now = start;
        let heardUntil = start;
        for (const { minutes, what } of steps) {
          const end = now + minutes * MINUTE;
          if (what === 'deaf') {
            // Down from now to the end; what was due meanwhile, and what comes soon, has its grace again.
            it = { ...it, missingAt: missingAfterSilence({ ...rhythm, ...it }, new Date(end)) };
            heardUntil = end;
          } else if (what === 'beat') {
            it = { ...it, heardAt: new Date(end), missingAt: missingAfterBeat(rhythm, new Date(end)) };
          }
          now = end;
          for (let due = lookAt(it, new Date(now)); due !== null && due.getTime() <= now;) {
            const said = toSay(it, due);
            if (said === null) break;
            if (said === 'missing' && it.alarmedAt === null) {
              expect(due.getTime() - heardUntil).toBeGreaterThanOrEqual(rhythm.graceMs);
              expect(due.getTime() - (it.heardAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(65 * MINUTE);
            }
            if (said === 'back') expect(isMissing(it, due)).toBe(false);
            it = { ...it, alarmedAt: said === 'missing' ? due : null };
            due = lookAt(it, due);
          }
          // Nothing is left unsaid, and no look is set for a time that is over.
          expect(toSay(it, new Date(now))).toBeNull();
          expect(lookAt(it, new Date(now))?.getTime() ?? Infinity).toBeGreaterThan(now);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('was not listened for where somebody looks half a minute late', () => {
    expect([29_000, 31_000].map((ms) => wasDeaf(at(0), new Date(start + ms)))).toEqual([false, true]);
  });
});

describe('a time of the week', () => {
  it('comes at its wall time, also over both changes of the clocks', () => {
    const weekly = { day: 0, time: '02:30', zone: 'Europe/Berlin' };
    const times = [new Date('2026-03-20T00:00:00Z')];
    for (let count = 0; count < 3; count += 1) times.push(nextWeekly(weekly, times.at(-1) ?? at(0)));
    expect(times.slice(1).map((it) => it.toISOString())).toEqual([
      '2026-03-22T01:30:00.000Z',
      // At 02:00 the clocks show 03:00.
      '2026-03-29T01:00:00.000Z',
      '2026-04-05T00:30:00.000Z',
    ]);
  });

  it('is the first of its kind after an instant, in every zone', () => {
    const any = fc.record({
      zone: fc.constantFrom(...ZONES),
      day: fc.nat(6),
      hour: fc.nat(23),
      after: fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2050-01-01') }),
    });
    fc.assert(
      fc.property(any, ({ zone, day, hour, after }) => {
        const time = `${String(hour).padStart(2, '0')}:15`;
        const next = nextWeekly({ day, time, zone }, new Date(after));
        const ms = next.getTime() - after;
        expect(ms).toBeGreaterThan(0);
        // A week, and what the clocks may be put back by.
        expect(ms).toBeLessThanOrEqual(7 * 24 * 60 * MINUTE + 24 * 60 * MINUTE);
        const wall = Temporal.Instant.fromEpochMilliseconds(next.getTime()).toZonedDateTimeISO(zone);
        const isThere = wall.toPlainTime().toString() === `${time}:00`;
        if (isThere) expect(wall.dayOfWeek % 7).toBe(day);
      }),
      { numRuns: 300 },
    );
  });
});
