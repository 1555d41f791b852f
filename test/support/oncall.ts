/// <reference lib="esnext.temporal" />
import * as fc from 'fast-check';

import type { PersonId } from '#src/incident/person.ts';
import type { Change, Layer, Override, Restriction, Rotation, Schedule } from '#src/oncall/schedule.ts';

export const PEOPLE = ['ana', 'ben', 'cem', 'dan', 'eva', 'fay'] as PersonId[];
export const [ana, ben, cem, dan, eva] = PEOPLE as [PersonId, PersonId, PersonId, PersonId, PersonId];
/** Every zone that the platform knows; UTC is not in its own list. */
export const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
export const DAILY: Rotation = {
  unit: 'day',
  every: 1,
  start: '2025-01-01T09:00',
  anchor: null,
  end: null,
};

/** Ana, Ben and Cem in turn, each for a day from nine. */
export function layer(over: Partial<Layer> = {}): Layer {
  return {
    id: 'primary',
    name: 'Primary',
    priority: 1,
    timezone: null,
    rotation: DAILY,
    shifts: [[ana], [ben], [cem]],
    restrictions: [],
    onHolidays: 'as-usual',
    calendar: null,
    shadow: false,
    ...over,
  };
}

export function schedule(over: Partial<Schedule> = {}): Schedule {
  return {
    id: 'payments',
    name: 'Payments',
    team: null,
    timezone: 'UTC',
    layers: [layer()],
    overrides: [],
    temporaries: [],
    holidays: [],
    enabled: true,
    ...over,
  };
}

export function override(change: Change, start: string, end: string, id = 'o1'): Override {
  const times = { start: new Date(start), end: new Date(end) };
  return { ...change, ...times, id, reason: null, createdBy: ana };
}

export function restriction(days: readonly number[], from: string, until: string, plusDays = 0): Restriction {
  return { days, from, until, plusDays };
}

/** Two days around a change of that zone's clocks in 50 years, or any time at all; to the second. */
export function anyInstant(zone: string): fc.Arbitrary<number> {
  const changes = changesOf(zone);
  const anywhere = fc.integer({ min: FIRST / 1000, max: LAST / 1000 }).map((it) => it * 1000);
  if (changes.length === 0) return anywhere;
  const near = fc
    .tuple(
      fc.constantFrom(...changes),
      fc.integer({ min: -48 * 60, max: 48 * 60 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([change, minutes, seconds]) => change + minutes * 60_000 + seconds * 1000);
  return fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: anywhere });
}

const FIRST = Date.UTC(1985, 0, 1);
const LAST = Date.UTC(2035, 0, 1);

/** When the clocks of a zone change, within 50 years. */
export function changesOf(zone: string): number[] {
  const found: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(FIRST)
    .toZonedDateTimeISO(zone)
    .getTimeZoneTransition('next');
  for (; at && at.epochMilliseconds < LAST; at = at.getTimeZoneTransition('next')) {
    found.push(at.epochMilliseconds);
  }
  return found;
}

export function anyLayer(near: number): fc.Arbitrary<Layer> {
  const someone = fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 2 });
  return fc
    .record({
      priority: fc.integer({ min: 1, max: 3 }),
      timezone: fc.option(fc.constantFrom(...ZONES), { freq: 2 }),
      rotation: anyRotation(near),
      shifts: fc.array(someone, { minLength: 1, maxLength: 4 }),
      restrictions: fc.array(anyRestriction, { maxLength: 3 }),
      onHolidays: fc.constantFrom(
        'as-usual' as const,
        'as-usual' as const,
        'nobody' as const,
        'only' as const,
      ),
      calendar: fc.constantFrom(null, 'de', 'us'),
      shadow: fc.nat(4).map((it) => it === 0),
    })
    .map((it) => layer({ ...it, restrictions: it.restrictions.filter(({ days }) => days.length > 0) }));
}

const anyTime = fc.oneof(
  fc.constantFrom('00:00', '02:00', '02:30', '09:00', '22:00', '23:59'),
  fc.nat(24 * 60 - 1).map((it) => clock(it)),
);

const anyRestriction = fc.record({
  days: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
  from: anyTime,
  until: fc.oneof(anyTime, fc.constant('24:00')),
  plusDays: fc.constantFrom(0, 0, 0, 1, 4),
});

function anyRotation(near: number): fc.Arbitrary<Rotation> {
  const every = fc.integer({ min: 1, max: 5 });
  const length = fc.oneof(
    fc.record({
      unit: fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
      every,
    }),
    fc.record({
      unit: fc.constant('custom' as const),
      duration: fc.constantFrom('PT36H', 'P10D', 'P2W', 'P1M', 'PT90M'),
    }),
  );
  const day = 86_400_000;
  const before = fc.tuple(fc.oneof(fc.nat(400), fc.nat(15_000)), anyTime);
  const wall = ([days, time]: readonly [number, string]) =>
    `${new Date(Math.max(near - days * day, FIRST - 400 * day)).toISOString().slice(0, 10)}T${time}`;
  return fc
    .record({ length, start: before, anchor: fc.option(before), isOver: fc.nat(9), last: anyTime })
    .map(({ length: it, start, anchor, isOver, last }) => ({
      ...it,
      start: wall(start),
      anchor: anchor && wall(anchor),
      end: isOver === 0 ? wall([-5, last]) : null,
    }));
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Overrides within some days of `near`; they may contradict each other. */
export function anyOverrides(near: number): fc.Arbitrary<Override[]> {
  const person = fc.constantFrom(...PEOPLE);
  const change = fc.oneof<fc.Arbitrary<Change>[]>(
    fc.record({ kind: fc.constant('cover' as const), people: fc.uniqueArray(person, { maxLength: 2 }) }),
    fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), person }),
    fc.record({ kind: fc.constant('replace' as const), person, by: person }),
  );
  const hours = fc.integer({ min: -72, max: 48 });
  return fc.array(fc.tuple(change, hours, fc.integer({ min: 1, max: 72 })), { maxLength: 6 }).map((all) =>
    all.map(([it, from, length], index) => ({
      ...it,
      id: `o${index}`,
      start: new Date(near + from * 3_600_000),
      end: new Date(near + (from + length) * 3_600_000),
      reason: null,
      createdBy: ana,
    })),
  );
}
