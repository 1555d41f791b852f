import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import type { Rotation } from '#src/oncall/schedule.ts';
import { instantAt, wallAt, zoneOf } from '#src/oncall/zone.ts';
import { takesPlace } from '#test/support/oncall-oracle.ts';
import { ana, ben, cem, changesOf, layer, restriction, schedule, ZONES } from '#test/support/oncall.ts';

describe('a hand-off at a wall time', () => {
  // oxfmt-ignore
  it.each`
    zone                   | at         | day             | handoffs
    ${'America/New_York'}  | ${'02:30'} | ${'2025-03-09'} | ${['2025-03-08T07:30', '2025-03-09T07:00', '2025-03-10T06:30']}
    ${'America/New_York'}  | ${'01:30'} | ${'2025-11-02'} | ${['2025-11-01T05:30', '2025-11-02T05:30', '2025-11-03T06:30']}
    ${'America/New_York'}  | ${'09:00'} | ${'2025-11-02'} | ${['2025-11-01T13:00', '2025-11-02T14:00', '2025-11-03T14:00']}
    ${'Australia/Lord_Howe'} | ${'02:15'} | ${'2025-10-05'} | ${['2025-10-03T15:45', '2025-10-04T15:30', '2025-10-05T15:15']}
    ${'Australia/Lord_Howe'} | ${'01:45'} | ${'2025-04-06'} | ${['2025-04-04T14:45', '2025-04-05T14:45', '2025-04-06T15:15']}
    ${'Antarctica/Troll'}  | ${'01:30'} | ${'2025-03-30'} | ${['2025-03-29T01:30', '2025-03-30T01:00', '2025-03-30T23:30']}
    ${'Antarctica/Troll'}  | ${'01:30'} | ${'2025-10-26'} | ${['2025-10-24T23:30', '2025-10-25T23:30', '2025-10-27T01:30']}
    ${'Europe/Dublin'}     | ${'01:30'} | ${'2025-03-30'} | ${['2025-03-29T01:30', '2025-03-30T01:00', '2025-03-31T00:30']}
    ${'Europe/Dublin'}     | ${'01:30'} | ${'2025-10-26'} | ${['2025-10-25T00:30', '2025-10-26T00:30', '2025-10-27T01:30']}
    ${'Africa/Casablanca'} | ${'02:30'} | ${'2025-02-23'} | ${['2025-02-22T01:30', '2025-02-23T01:30', '2025-02-24T02:30']}
    ${'Africa/Casablanca'} | ${'02:30'} | ${'2025-04-06'} | ${['2025-04-05T02:30', '2025-04-06T02:00', '2025-04-07T01:30']}
    ${'Pacific/Apia'}      | ${'09:00'} | ${'2011-12-30'} | ${['2011-12-29T19:00', '2011-12-30T10:00', '2011-12-30T19:00']}
    ${'Pacific/Kwajalein'} | ${'09:00'} | ${'1993-08-21'} | ${['1993-08-20T21:00', '1993-08-21T12:00', '1993-08-21T21:00']}
    ${'Asia/Kathmandu'}    | ${'00:05'} | ${'1986-01-01'} | ${['1985-12-30T18:35', '1985-12-31T18:30', '1986-01-01T18:20']}
    ${'Africa/Monrovia'}   | ${'00:30'} | ${'1972-01-07'} | ${['1972-01-06T01:14:30', '1972-01-07T00:44:30', '1972-01-08T00:30']}
  `('of $at in $zone, around $day', ({ zone, at, day, handoffs }) => {
    const [before, on, after] = (handoffs as string[]).map((it) => new Date(`${it}Z`));
    const start = `${new Date(Date.parse(day as string) - 9 * 86_400_000).toISOString().slice(0, 10)}T${at}`;
    const rotation: Rotation = { unit: 'day', every: 1, start, anchor: null, end: null };
    const compiled = compileSchedule(schedule({ timezone: zone as string, layers: [layer({ rotation })] }));
    const spans = shiftsBetween(compiled, before ?? new Date(), new Date((after?.getTime() ?? 0) + 1));
    expect(spans.map((it) => it.from)).toEqual([before, on, after]);
    // Nine days are three rounds: the day itself begins with the first person again.
    expect(spans.flatMap(({ people }) => people.map((it) => it.person))).toEqual([cem, ana, ben]);
  });

  it('of a day that the calendar left out is no turn at all, and nobody is doubled', () => {
    const rotation: Rotation = { unit: 'day', every: 1, start: '2011-12-28T00:00', anchor: null, end: null };
    const apia = compileSchedule(schedule({ timezone: 'Pacific/Apia', layers: [layer({ rotation })] }));
    const spans = shiftsBetween(apia, new Date('2011-12-28T10:00Z'), new Date('2011-12-31T10:00Z'));
    expect(spans.map(({ from, people }) => [from.toISOString(), people.map((it) => it.person)])).toEqual([
      ['2011-12-28T10:00:00.000Z', [ana]],
      ['2011-12-29T10:00:00.000Z', [ben]],
      ['2011-12-30T10:00:00.000Z', [ana]],
    ]);
  });
});

describe('a turn', () => {
  it.each([
    ['of a day has 23 hours in spring', { unit: 'day', every: 1 }, '2025-03-08T14:00Z', 23],
    ['of a day has 25 hours in autumn', { unit: 'day', every: 1 }, '2025-11-01T14:00Z', 25],
    [
      'of 24 hours has 24, so its hand-off moves on the clock',
      { unit: 'hour', every: 24 },
      '2025-11-01T14:00Z',
      24,
    ],
    ['of a week in autumn has an hour more', { unit: 'week', every: 1 }, '2025-10-29T14:00Z', 169],
    ['of PT36H has 36 hours', { unit: 'custom', duration: 'PT36H' }, '2025-11-02T02:00Z', 36],
  ] as const)('%s', (_, length, at, hours) => {
    const rotation = { ...length, start: '2025-01-01T09:00', anchor: null, end: null } as Rotation;
    const compiled = compileSchedule(
      schedule({ timezone: 'America/New_York', layers: [layer({ rotation })] }),
    );
    const [duty] = onCallAt(compiled, new Date(at)).people;
    expect(((duty?.until.getTime() ?? 0) - (duty?.from.getTime() ?? 0)) / 3_600_000).toBe(hours);
  });

  it('of a month that began on the 31st is handed over on the last day of a shorter one', () => {
    const rotation: Rotation = {
      unit: 'month',
      every: 1,
      start: '2025-01-31T09:00',
      anchor: null,
      end: null,
    };
    const compiled = compileSchedule(schedule({ layers: [layer({ rotation })] }));
    const spans = shiftsBetween(compiled, new Date('2025-02-01'), new Date('2025-06-01'));
    expect(spans.slice(1).map((it) => it.from.toISOString().slice(0, 10))).toEqual([
      '2025-02-28',
      '2025-03-31',
      '2025-04-30',
      '2025-05-31',
    ]);
  });

  it('is counted from the anchor, wherever the layer starts', () => {
    const rotation: Rotation = {
      unit: 'week',
      every: 1,
      anchor: '2025-01-06T09:00',
      start: '2025-01-15T12:00',
      end: '2025-01-22T12:00',
    };
    const compiled = compileSchedule(schedule({ layers: [layer({ rotation })] }));
    const spans = shiftsBetween(compiled, new Date('2025-01-14'), new Date('2025-01-24'));
    expect(
      spans.map(({ from, people }) => [from.toISOString().slice(0, 16), ...people.map((it) => it.person)]),
    ).toEqual([
      ['2025-01-14T00:00'],
      ['2025-01-15T12:00', ben],
      ['2025-01-20T09:00', cem],
      ['2025-01-22T12:00'],
    ]);
  });

  it('follows the sun: three places, each by its own clocks, hand over at nine', () => {
    const all = [0, 1, 2, 3, 4, 5, 6];
    const place = (id: string, timezone: string, who: typeof ana, from: string, until: string) =>
      layer({ id, timezone, shifts: [[who]], restrictions: [restriction(all, from, until)] });
    const compiled = compileSchedule(
      schedule({
        layers: [
          place('apac', 'Asia/Singapore', ana, '09:00', '16:00'),
          place('emea', 'Europe/Berlin', ben, '09:00', '15:00'),
          place('amer', 'America/New_York', cem, '09:00', '20:00'),
        ],
      }),
    );
    const spans = shiftsBetween(compiled, new Date('2025-01-15T01:00Z'), new Date('2025-01-16T01:00Z'));
    expect(
      spans.map(({ from, people }) => [from.toISOString().slice(11, 16), ...people.map((it) => it.person)]),
    ).toEqual([
      ['01:00', ana],
      ['08:00', ben],
      ['14:00', cem],
    ]);
  });
});

describe('a zone', () => {
  it('shows what the platform says, at each change of its clocks and around it', () => {
    for (const name of ZONES) {
      const zone = zoneOf(name);
      for (const change of changesOf(name).filter((_, index) => index % 5 === name.length % 5)) {
        for (const at of [change - 1, change, change + 3_600_000]) {
          const shown = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
          expect(wallAt(zone, at)).toBe(at + shown.offsetNanoseconds / 1e6);
        }
        const wall = wallAt(zone, change) - 1_800_000;
        const plain = new Date(wall).toISOString().slice(0, -1);
        expect(instantAt(zone, wall)).toBe(takesPlace(plain, name).epochMilliseconds);
      }
    }
  });

  it('is known in whatever letters', () => {
    expect(zoneOf('europe/berlin')).toBe(zoneOf('Europe/Berlin'));
  });

  it.each(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin]', '2025-01-01T00:00[Europe/Berlin]', 'GMT+2:00'])(
    'is not %j',
    (name) => expect(() => zoneOf(name)).toThrow(UserError),
  );
});
