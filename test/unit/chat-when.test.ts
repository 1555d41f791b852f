import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isWhen, whenOf } from '#src/chat/when.ts';

/** Sunday noon in London, 13:00 in Berlin, 21:00 in Tokyo. */
const now = new Date('2026-03-01T12:00:00Z');

describe('a time that somebody types', () => {
  it.each([
    ['14:45', 'UTC', '2026-03-01T14:45:00Z'],
    ['12:00', 'UTC', '2026-03-02T12:00:00Z'],
    ['9:05', 'UTC', '2026-03-02T09:05:00Z'],
    ['2:45pm', 'UTC', '2026-03-01T14:45:00Z'],
    ['9am', 'UTC', '2026-03-02T09:00:00Z'],
    ['12am', 'UTC', '2026-03-02T00:00:00Z'],
    ['12:30pm', 'UTC', '2026-03-01T12:30:00Z'],
    ['at 14:45', 'Europe/Berlin', '2026-03-01T13:45:00Z'],
    ['14:45', 'Asia/Tokyo', '2026-03-02T05:45:00Z'],
    ['today 9:00', 'UTC', '2026-03-01T09:00:00Z'],
    ['tomorrow 9:00', 'Europe/Berlin', '2026-03-02T08:00:00Z'],
    ['Tomorrow at 9:00', 'UTC', '2026-03-02T09:00:00Z'],
    ['30m', 'UTC', '2026-03-01T12:30:00Z'],
    ['in 2h', 'UTC', '2026-03-01T14:00:00Z'],
    ['in 1 hour', 'UTC', '2026-03-01T13:00:00Z'],
    ['2026-03-01T08:00Z', 'Asia/Tokyo', '2026-03-01T08:00:00Z'],
    ['2026-03-01T08:00:30+02:00', 'UTC', '2026-03-01T06:00:30Z'],
    ['2026-03-05 08:00', 'Europe/Berlin', '2026-03-05T07:00:00Z'],
    ['2026-03-05T8:00', 'America/New_York', '2026-03-05T13:00:00Z'],
    ['14:45', 'Nowhere/Atlantis', '2026-03-01T14:45:00Z'],
  ])('%s in %s', (words, zone, instant) => {
    expect(whenOf(words, now, zone)).toEqual(new Date(instant));
  });

  it.each([
    '',
    'soon',
    '25:00',
    '14:60',
    '13pm',
    '0am',
    '9',
    'tomorrow',
    '2026-13-01T08:00Z',
    '2026-02-30 08:00',
    '99999999999',
    'today',
  ])('%j is none', (words) => {
    expect(whenOf(words, now, 'UTC')).toBeNull();
  });

  it('is after the change of clocks where the change leaves it out, and the first where it comes twice', () => {
    const spring = new Date('2026-03-28T12:00:00Z');
    expect(whenOf('tomorrow 2:30', spring, 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:30:00Z'));
    const autumn = new Date('2026-10-24T12:00:00Z');
    expect(whenOf('tomorrow 2:30', autumn, 'Europe/Berlin')).toEqual(new Date('2026-10-25T00:30:00Z'));
  });

  it('by the clock alone is always ahead, and at most a day and an hour away', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Chatham',
      'Australia/Lord_Howe',
    );
    const instants = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2027-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.nat(23), fc.nat(59), instants, zones, (hour, minute, at, zone) => {
        const found = whenOf(`${hour}:${String(minute).padStart(2, '0')}`, at, zone);
        const ahead = (found?.getTime() ?? 0) - at.getTime();
        expect(ahead).toBeGreaterThan(0);
        expect(ahead).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });

  it('is read or not, and never a crash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (words, zone) => {
        expect([true, false]).toContain(isWhen(words));
        whenOf(words, now, zone);
      }),
    );
  });
});
