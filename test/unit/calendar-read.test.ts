import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asOverrides } from '#src/calendar/import.ts';
import { readCalendar } from '#src/calendar/read.ts';
import { shiftFeed } from '#src/calendar/shifts.ts';
import { writeFeed } from '#src/calendar/write.ts';
import { UserError } from '#src/errors.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { ana, ben, layer, PEOPLE, schedule, ZONES } from '#test/support/oncall.ts';

const MARCH = {
  from: new Date('2025-03-01T00:00Z'),
  to: new Date('2025-04-05T00:00Z'),
  timezone: 'Europe/Berlin',
};

const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => [
  'BEGIN:VEVENT',
  'UID:1@example.org',
  'SUMMARY:Ana',
  ...lines,
  'END:VEVENT',
];
const times = (text: string, reading = MARCH) =>
  readCalendar(text, reading).events.map(
    (it) => `${it.start.toISOString().slice(0, 16)}/${it.end.toISOString().slice(0, 16)}`,
  );

/** As one program writes zones that it calls by names of its own. */
const OWN_ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

describe('an event', () => {
  // oxfmt-ignore
  it.each<[string, string[], string[]]>([
    ['in UTC', ['DTSTART:20250310T090000Z', 'DTEND:20250310T170000Z'], ['2025-03-10T09:00/2025-03-10T17:00']],
    ['in a zone', ['DTSTART;TZID=America/New_York:20250310T090000', 'DTEND;TZID=America/New_York:20250310T170000'], ['2025-03-10T13:00/2025-03-10T21:00']],
    ['in two zones', ['DTSTART;TZID=America/New_York:20250310T090000', 'DTEND;TZID=Europe/Berlin:20250310T170000'], ['2025-03-10T13:00/2025-03-10T16:00']],
    ['in no zone', ['DTSTART:20250310T090000', 'DURATION:PT8H'], ['2025-03-10T08:00/2025-03-10T16:00']],
    ['for a day', ['DTSTART;VALUE=DATE:20250330'], ['2025-03-29T23:00/2025-03-30T22:00']],
    ['for days', ['DTSTART;VALUE=DATE:20250310', 'DTEND;VALUE=DATE:20250312'], ['2025-03-09T23:00/2025-03-11T23:00']],
    ['that was cancelled', ['STATUS:CANCELLED', 'DTSTART:20250310T090000Z', 'DTEND:20250310T170000Z'], []],
    ['of no length', ['DTSTART:20250310T090000Z'], []],
    ['of another time', ['DTSTART:20250610T090000Z', 'DTEND:20250610T170000Z'], []],
  ])('%s', (_, lines, expected) => {
    expect(times(calendar(...event(...lines)))).toEqual(expected);
  });

  it('in a zone that only the file knows', () => {
    const lines = [
      'DTSTART;TZID=W. Europe Standard Time:20250331T090000',
      'DTEND;TZID=W. Europe Standard Time:20250331T170000',
    ];
    expect(times(calendar(...OWN_ZONE, ...event(...lines)))).toEqual(['2025-03-31T07:00/2025-03-31T15:00']);
  });

  it('in a zone that nobody knows is left out with a sentence, and the others are read', () => {
    const other = [
      'BEGIN:VEVENT',
      'UID:2',
      'SUMMARY:Ben',
      'DTSTART:20250310T090000Z',
      'DURATION:PT1H',
      'END:VEVENT',
    ];
    const { events, skipped } = readCalendar(
      calendar(...event('DTSTART;TZID=Mars:20250310T090000'), ...other),
      MARCH,
    );
    expect(skipped).toEqual(['"Ana" is left out: nobody knows its time zone "Mars".']);
    expect(events).toMatchObject([{ uid: '2', summary: 'Ben', start: new Date('2025-03-10T09:00Z') }]);
  });
});

describe('a series', () => {
  const night = ['DTSTART;TZID=Europe/Berlin:20250328T220000', 'DTEND;TZID=Europe/Berlin:20250329T060000'];

  it('begins and ends at the same wall time when the clocks change', () => {
    expect(times(calendar(...event(...night, 'RRULE:FREQ=DAILY;COUNT=3')))).toEqual([
      '2025-03-28T21:00/2025-03-29T05:00',
      '2025-03-29T21:00/2025-03-30T04:00',
      '2025-03-30T20:00/2025-03-31T04:00',
    ]);
  });

  it('lasts until its end, in whatever zone that is written', () => {
    for (const until of ['20250330T200000Z', '20250330', '20250330T220000']) {
      expect(times(calendar(...event(...night, `RRULE:FREQ=DAILY;UNTIL=${until}`)))).toHaveLength(3);
    }
    expect(times(calendar(...event(...night, 'RRULE:FREQ=DAILY;UNTIL=20250330T195959Z')))).toHaveLength(2);
  });

  it('is without those that were taken out, cancelled or moved', () => {
    const moved = [
      'BEGIN:VEVENT',
      'UID:1@example.org',
      'SUMMARY:Ben',
      'RECURRENCE-ID:20250329T210000Z',
      'DTSTART:20250329T230000Z',
      'DTEND:20250330T040000Z',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:1@example.org',
      'STATUS:CANCELLED',
      'RECURRENCE-ID;TZID=Europe/Berlin:20250330T220000',
      'DTSTART:20250330T200000Z',
      'DTEND:20250331T040000Z',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:other',
      'SUMMARY:Cem',
      'DTSTART:20250329T210000Z',
      'DURATION:PT1H',
      'END:VEVENT',
    ];
    const text = calendar(
      ...event(...night, 'RRULE:FREQ=DAILY;COUNT=5', 'EXDATE;TZID=Europe/Berlin:20250331T220000'),
      ...moved,
    );
    expect(
      readCalendar(text, MARCH).events.map((it) => `${it.summary} ${it.start.toISOString().slice(8, 16)}`),
    ).toEqual(['Ana 28T21:00', 'Cem 29T21:00', 'Ben 29T23:00', 'Ana 01T20:00']);
  });

  it('that began long ago or never happens ends the reading in time', () => {
    const hourly = event('DTSTART:19700101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=HOURLY');
    expect(() => readCalendar(calendar(...hourly), MARCH)).toThrow('Let it begin later.');
    for (const rule of [
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=HOURLY;INTERVAL=2;BYHOUR=1',
      'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
      'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY;INTERVAL=100000000',
    ]) {
      const never = event('DTSTART:20250101T000000Z', 'DURATION:PT1H', `RRULE:${rule}`);
      expect(times(calendar(...never))).toEqual([]);
    }
  });

  it.each([
    ['FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3', ['10', '12', '17']],
    ['FREQ=DAILY;BYDAY=MO,WE;COUNT=3', ['10', '12', '17']],
    ['FREQ=DAILY;BYMONTHDAY=11,-1;COUNT=2', ['11', '31']],
    ['FREQ=MONTHLY;BYDAY=-1MO;COUNT=1', ['31']],
    ['FREQ=HOURLY;INTERVAL=12;COUNT=3', ['10', '10', '11']],
    ['FREQ=WEEKLY;INTERVAL=2', ['10', '24']],
  ])('by the rule %s', (rule, days) => {
    const text = calendar(...event('DTSTART:20250310T080000Z', 'DURATION:PT1H', `RRULE:${rule}`));
    expect(times(text).map((it) => it.slice(8, 10))).toEqual(days);
  });
});

it('what was written is read as it was', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      (timezone, name) => {
        const compiled = compileSchedule(
          schedule({ timezone, name: `x${name}`, layers: [layer({ shifts: PEOPLE.map((it) => [it]) })] }),
        );
        const asked = { ...MARCH, person: null, changedAt: MARCH.from, nameOf: (it: string) => it };
        const feed = shiftFeed(compiled, asked);
        const { events, skipped } = readCalendar(writeFeed(feed), MARCH);
        expect(skipped).toEqual([]);
        expect(events.map(({ uid, start, end }) => ({ uid, start, end }))).toEqual(
          feed.events.map(({ uid, start, end }) => ({ uid, start, end })),
        );
        const personOf = ({ summary }: { summary: string }) =>
          PEOPLE.find((it) => summary.startsWith(`${it}:`)) ?? null;
        const { overrides, unknown } = asOverrides(events, personOf, ana);
        expect(unknown).toEqual([]);
        const again = compileSchedule(schedule({ timezone, layers: [], overrides }));
        for (let at = MARCH.from.getTime(); at < MARCH.to.getTime(); at += 10_800_000) {
          const who = (it: typeof again) => onCallAt(it, new Date(at)).people.map(({ person }) => person);
          expect(who(again)).toEqual(who(compiled));
        }
      },
    ),
    { numRuns: 25 },
  );
});

it('an event of somebody nobody knows is handed back', () => {
  const { events } = readCalendar(
    calendar(...event('DTSTART:20250310T090000Z', 'DURATION:PT1H', 'ATTENDEE:mailto:Ben@Example.org')),
    MARCH,
  );
  expect(events[0]?.emails).toEqual(['ben@example.org']);
  expect(asOverrides(events, () => null, ana)).toEqual({ overrides: [], unknown: events });
  const byMail = asOverrides(events, (it) => (it.emails.includes('ben@example.org') ? ben : null), ana);
  expect(byMail.overrides).toMatchObject([{ kind: 'add', person: ben, reason: 'Ana' }]);
});

it('anything that is no calendar is refused with a sentence', () => {
  for (const text of ['', 'hello', '<html>', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT']) {
    expect(() => readCalendar(text, MARCH)).toThrow('This is no calendar.');
  }
  expect(() => readCalendar('x'.repeat(4_000_001), MARCH)).toThrow('larger than 4 MB');
  const parts = fc.constantFrom(
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'END:VEVENT',
    'END:VCALENDAR',
    'DTSTART:20250310T090000Z',
    'DTSTART:2025',
    'RRULE:FREQ=DAILY',
    'RRULE:X',
    'UID:1',
    'DTEND;TZID=X:1',
    'RECURRENCE-ID:1',
    'EXDATE:Z',
    'DURATION:P1D',
    'garbage',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 }), (lines) => {
      try {
        readCalendar(lines.join('\r\n'), MARCH);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 300 },
  );
});
