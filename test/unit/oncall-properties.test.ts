import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { validateSchedule } from '#src/oncall/validate.ts';
import { whoIsOnCall } from '#test/support/oncall-oracle.ts';
import {
  anyInstant,
  anyLayer,
  anyOverrides,
  changesOf,
  layer,
  PEOPLE,
  schedule,
  ZONES,
} from '#test/support/oncall.ts';

const DAY = 86_400_000;

describe('at every instant of 50 years, in every zone', () => {
  it('those are on call who the rules say', () => {
    fc.assert(
      fc.property(anyCase(), ({ plan, instants }) => {
        const compiled = compileSchedule(plan);
        for (const at of instants) {
          const { people, shadows } = onCallAt(compiled, new Date(at));
          const names = (list: typeof people) => list.map(({ person }) => person).toSorted();
          expect({ people: names(people), shadows: names(shadows) }).toEqual(whoIsOnCall(plan, at));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('a preview says what each of its instants says, and leaves none out', () => {
    fc.assert(
      fc.property(anyCase(), ({ plan, instants, near }) => {
        const compiled = compileSchedule(plan);
        const [from, to] = [near - 4 * DAY, near + 4 * DAY];
        const spans = shiftsBetween(compiled, new Date(from), new Date(to));
        expect(spans.map((it) => it.from.getTime())).toEqual([
          from,
          ...spans.slice(0, -1).map((it) => it.until.getTime()),
        ]);
        expect(spans.at(-1)?.until).toEqual(new Date(to));
        const edges = spans.flatMap((it) => [it.from.getTime(), it.until.getTime() - 1]);
        for (const at of [...instants, ...edges].filter((it) => it >= from && it < to)) {
          const span = spans.find((it) => it.from.getTime() <= at && at < it.until.getTime());
          const now = onCallAt(compiled, new Date(at));
          expect(said(span)).toEqual(said(now));
          for (const { from: begin, until } of [...now.people, ...now.shadows]) {
            expect(begin.getTime()).toBeLessThanOrEqual(at);
            expect(until.getTime()).toBeGreaterThan(at);
          }
        }
      }),
      { numRuns: 250 },
    );
  });

  it('a rotation has exactly one turn, and turns follow their order', () => {
    for (const zone of ZONES) {
      const changes = changesOf(zone);
      for (const [index, handoff] of ['00:00', '02:30', '09:00'].entries()) {
        const change = changes[(index * 7 + zone.length * 3) % Math.max(1, changes.length)] ?? 1e12;
        const rotation = { ...layer().rotation, start: `1980-01-01T${handoff}` };
        const compiled = compileSchedule(schedule({ timezone: zone, layers: [layer({ rotation })] }));
        const spans = shiftsBetween(compiled, new Date(change - 5 * DAY), new Date(change + 5 * DAY));
        const turns = spans.map(({ people }) => people.map(({ person }) => PEOPLE.indexOf(person)));
        expect(turns.every((it) => it.length === 1)).toBe(true);
        const steps = turns.slice(1).map(([turn], place) => ((turn ?? 0) - (turns[place]?.[0] ?? 0) + 3) % 3);
        // A day that the calendar left out takes its turn with it.
        expect(steps.filter((it) => it !== 1).length).toBeLessThanOrEqual(hasLostDay(zone, change) ? 1 : 0);
      }
    }
  });

  it('windows that divide the day divide it, without a hole and without an overlap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.nat(1439),
        fc.nat(1439),
        fc.infiniteStream(fc.nat()),
        (zone, one, two, any) => {
          fc.pre(one !== two);
          const [morning, evening] = [clock(one), clock(two)];
          const all = [0, 1, 2, 3, 4, 5, 6];
          const half = (id: string, from: string, until: string, who: number) =>
            layer({
              id,
              rotation: { ...layer().rotation, start: '1980-01-01T00:00' },
              shifts: [[PEOPLE[who] ?? PEOPLE[0]]] as never,
              restrictions: [{ days: all, from, until, plusDays: 0 }],
            });
          const layers = [half('day', morning, evening, 0), half('night', evening, morning, 1)];
          const compiled = compileSchedule(schedule({ timezone: zone, layers }));
          const changes = changesOf(zone);
          const change = changes[(any.next().value ?? 0) % Math.max(1, changes.length)] ?? 1e12;
          const spans = shiftsBetween(compiled, new Date(change - 2 * DAY), new Date(change + 2 * DAY));
          expect(spans.map(({ people }) => people.length)).toEqual(spans.map(() => 1));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A schedule, and instants at which it may go wrong. */
function anyCase(): fc.Arbitrary<{ plan: Schedule; instants: number[]; near: number }> {
  return fc.constantFrom(...ZONES).chain((timezone) =>
    anyInstant(timezone).chain((near) =>
      fc
        .record({
          layers: fc.array(anyLayer(near), { maxLength: 4 }),
          temporary: fc.option(fc.array(anyLayer(near), { maxLength: 2 }), { freq: 3 }),
          overrides: anyOverrides(near),
          holidays: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.constantFrom(null, 'de', 'us'))),
          instants: fc.array(
            fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 }).map((it) => near + it * 60_000),
            { minLength: 4, maxLength: 8 },
          ),
        })
        .map(({ layers, temporary, overrides, holidays, instants }) => ({
          near,
          instants: [near, near - 1, near + 1, ...instants],
          plan: consistent(
            schedule({
              timezone,
              layers: layers.map((it, index) => ({ ...it, id: `l${index}` })),
              holidays: holidays.map(([days, calendar]) => ({
                date: new Date(near + days * DAY).toISOString().slice(0, 10),
                name: 'Holiday',
                calendar,
              })),
              temporaries: temporary
                ? [
                    {
                      id: 't',
                      name: 'Temporary',
                      layers: temporary,
                      start: new Date(near - DAY),
                      end: new Date(near + DAY),
                      reason: null,
                      createdBy: PEOPLE[0] as never,
                    },
                  ]
                : [],
            }),
            overrides,
          ),
        })),
    ),
  );
}

/** With those of the overrides that do not contradict the ones before. */
function consistent(plan: Schedule, overrides: Schedule['overrides']): Schedule {
  const bare = schedule();
  return overrides.reduce((so, next) => {
    const more = [...so.overrides, next];
    try {
      validateSchedule({ ...bare, overrides: more });
      return { ...so, overrides: more };
    } catch {
      return so;
    }
  }, plan);
}

function said(it: Pick<ReturnType<typeof onCallAt>, 'people' | 'shadows' | 'empty'> | undefined) {
  const plain = (list: ReturnType<typeof onCallAt>['people'] = []) =>
    list.map(({ person, why }) => ({ person, why }));
  return { people: plain(it?.people), shadows: plain(it?.shadows), empty: it?.empty };
}

function hasLostDay(zone: string, change: number): boolean {
  const offset = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds;
  return Math.abs(offset(change) - offset(change - 1)) / 3.6e12 > 12;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
