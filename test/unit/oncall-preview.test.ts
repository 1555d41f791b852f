import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { nextHandoff, nextShiftOf, shiftOf, shiftsBetween } from '#src/oncall/preview.ts';
import { ana, ben, cem, dan, layer, override, restriction, schedule, ZONES } from '#test/support/oncall.ts';

const HOUR = 3_600_000;
const WEEKDAYS = [1, 2, 3, 4, 5];

describe('layers', () => {
  const office = layer({
    id: 'office',
    priority: 2,
    shifts: [[dan]],
    restrictions: [restriction(WEEKDAYS, '10:00', '16:00')],
  });
  const on = (layers: readonly ReturnType<typeof layer>[], at: string) => {
    const { people, shadows } = onCallAt(compileSchedule(schedule({ layers })), new Date(at));
    return [people, shadows].map((list) => list.map(({ person }) => person));
  };

  it('of a higher priority win while somebody is on duty in them, and step back after', () => {
    expect(on([layer(), office], '2025-01-02T12:00Z')).toEqual([[dan], []]);
    expect(on([layer(), office], '2025-01-02T16:00Z')).toEqual([[ben], []]);
    expect(on([layer(), office], '2025-01-04T12:00Z')).toEqual([[ana], []]);
  });

  it('of the same priority add up, in their order, each person once', () => {
    const beside = layer({ id: 'beside', shifts: [[cem, ben]] });
    expect(on([layer(), beside], '2025-01-02T12:00Z')).toEqual([[ben, cem], []]);
    expect(on([beside, layer()], '2025-01-02T12:00Z')).toEqual([[cem, ben], []]);
  });

  it('of shadows tell along and never answer, whatever their priority', () => {
    const learning = layer({ id: 'new', priority: 9, shifts: [[dan], [ben]], shadow: true });
    expect(on([layer(), learning], '2025-01-01T12:00Z')).toEqual([[ana], [dan]]);
    expect(on([layer(), learning], '2025-01-02T12:00Z')).toEqual([[ben], []]);
    expect(on([learning], '2025-01-01T12:00Z')).toEqual([[], [dan]]);
  });

  it('keep holidays as they are told to, by the calendar of their country', () => {
    const holidays = [{ date: '2025-01-06', name: 'Epiphany', calendar: 'de' }];
    const people = (over: Parameters<typeof layer>[0], at: string) =>
      onCallAt(
        compileSchedule(schedule({ holidays, layers: [layer({ shifts: [[ana]], ...over })] })),
        new Date(at),
      ).people.length;
    const [before, during] = ['2025-01-05T23:59Z', '2025-01-06T00:00Z'] as const;
    expect([people({}, before), people({}, during)]).toEqual([1, 1]);
    expect([people({ onHolidays: 'nobody' }, before), people({ onHolidays: 'nobody' }, during)]).toEqual([
      1, 0,
    ]);
    expect([people({ onHolidays: 'only' }, before), people({ onHolidays: 'only' }, during)]).toEqual([0, 1]);
    expect(people({ onHolidays: 'nobody', calendar: 'us' }, during)).toBe(1);
    expect(people({ onHolidays: 'nobody', timezone: 'America/New_York' }, during)).toBe(1);
  });

  it('may be on duty over a whole weekend in one window', () => {
    const weekend = layer({ shifts: [[dan]], restrictions: [restriction([5], '17:00', '09:00', 2)] });
    const spans = shiftsBetween(
      compileSchedule(schedule({ layers: [weekend] })),
      new Date('2025-01-09'),
      new Date('2025-01-15'),
    );
    expect(spans.map((it) => [it.from.toISOString().slice(0, 16), it.people.length])).toEqual([
      ['2025-01-09T00:00', 0],
      ['2025-01-10T17:00', 1],
      ['2025-01-13T09:00', 0],
    ]);
  });
});

describe('the next hand-off', () => {
  it('says who leaves and who comes', () => {
    expect(nextHandoff(compileSchedule(schedule()), new Date('2025-01-01T12:00Z'))).toEqual({
      at: new Date('2025-01-02T09:00Z'),
      leaving: [ana],
      coming: [ben],
    });
  });

  it('names only those who change', () => {
    const compiled = compileSchedule(
      schedule({ layers: [layer(), layer({ id: 'always', shifts: [[dan]] })] }),
    );
    expect(nextHandoff(compiled, new Date('2025-01-01T12:00Z'))).toMatchObject({
      leaving: [ana],
      coming: [ben],
    });
  });

  it('is none where the same person has every turn', () => {
    const compiled = compileSchedule(schedule({ layers: [layer({ shifts: [[ana]] })] }));
    expect(nextHandoff(compiled, new Date('2025-01-01T12:00Z'))).toBeNull();
  });

  it('may be into a hole', () => {
    const off = override({ kind: 'remove', person: ana }, '2025-01-01T20:00Z', '2025-01-02T09:00Z');
    const compiled = compileSchedule(schedule({ overrides: [off] }));
    expect(nextHandoff(compiled, new Date('2025-01-01T12:00Z'))).toEqual({
      at: new Date('2025-01-01T20:00Z'),
      leaving: [ana],
      coming: [],
    });
  });

  it('is where the people on call become others, and nowhere before', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 20_000 }), (timezone, hours) => {
        const compiled = compileSchedule(
          schedule({
            timezone,
            layers: [
              layer(),
              layer({
                id: 'two',
                priority: 2,
                shifts: [[dan]],
                restrictions: [restriction([0, 3], '01:30', '02:30')],
              }),
            ],
          }),
        );
        const after = Date.parse('2025-01-02T00:00Z') + hours * HOUR;
        const at = nextHandoff(compiled, new Date(after))?.at.getTime() ?? 0;
        const who = (instant: number) =>
          onCallAt(compiled, new Date(instant)).people.map(({ person }) => person);
        expect(at).toBeGreaterThan(after);
        expect(who(at)).not.toEqual(who(after));
        for (let between = after; between < at; between += HOUR) expect(who(between)).toEqual(who(after));
        expect(who(at - 1)).toEqual(who(after));
      }),
    );
  });
});

describe('a shift', () => {
  const compiled = compileSchedule(
    schedule({
      overrides: [
        override({ kind: 'replace', person: ben, by: ana }, '2025-01-02T09:00Z', '2025-01-02T21:00Z'),
      ],
    }),
  );

  it('lasts as long as that person is on call without a break, for whatever reasons', () => {
    expect(shiftOf(compiled, ana, new Date('2025-01-02T12:00Z'))).toEqual({
      from: new Date('2025-01-01T09:00Z'),
      until: new Date('2025-01-02T21:00Z'),
    });
    expect(shiftOf(compiled, ben, new Date('2025-01-02T12:00Z'))).toBeNull();
  });

  it('that runs already is not the next one', () => {
    expect(nextShiftOf(compiled, ana, new Date('2025-01-01T12:00Z'))).toEqual({
      from: new Date('2025-01-04T09:00Z'),
      until: new Date('2025-01-05T09:00Z'),
    });
    expect(nextShiftOf(compiled, ben, new Date('2025-01-01T12:00Z'))?.from).toEqual(
      new Date('2025-01-02T21:00Z'),
    );
    expect(nextShiftOf(compiled, dan, new Date('2025-01-01T12:00Z'))).toBeNull();
  });

  it('without an end in sight has none', () => {
    const alone = compileSchedule(schedule({ layers: [layer({ shifts: [[ana]] })] }));
    expect(shiftOf(alone, ana, new Date('2025-01-08T12:00Z'))).toEqual({
      from: new Date('2025-01-01T09:00Z'),
      until: null,
    });
  });

  it('of several turns of one person is one span', () => {
    const pairs = compileSchedule(schedule({ layers: [layer({ shifts: [[ana], [ana], [ben]] })] }));
    const spans = shiftsBetween(pairs, new Date('2025-01-01T09:00Z'), new Date('2025-01-04T09:00Z'));
    expect(spans.map(({ people }) => people)).toMatchObject([
      [{ person: ana, from: new Date('2025-01-01T09:00Z'), until: new Date('2025-01-03T09:00Z') }],
      [{ person: ben, from: new Date('2025-01-03T09:00Z'), until: new Date('2025-01-04T09:00Z') }],
    ]);
  });
});

it('what is out of reach is refused with a sentence', () => {
  const compiled = compileSchedule(schedule());
  const [day, next] = [new Date('2025-01-01'), new Date('2025-01-02')];
  expect(() => onCallAt(compiled, new Date('2500-01-01'))).toThrow('Ask for a time within them.');
  expect(() => onCallAt(compiled, new Date(Number.NaN))).toThrow('Ask for a time within them.');
  expect(() => shiftsBetween(compiled, next, day)).toThrow(
    'Look from a time to a later one, at most 800 days at once.',
  );
  expect(() => shiftsBetween(compiled, day, new Date('2028-01-01'))).toThrow('at most 800 days');
});
