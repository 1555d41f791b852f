/// <reference lib="esnext.temporal" />
import * as fc from 'fast-check';

import { takesPlace } from '#test/support/oncall-oracle.ts';

/** Who is on call from `from` until before `until`; instants in milliseconds. */
export interface Interval {
  readonly from: number;
  readonly until: number;
  readonly who: string;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const NAMES = ['ana', 'bo', 'cy', 'dee'] as const;

/** With clocks that change in spring, in autumn, by half an hour, at midnight, and never. */
export const CHANGING_ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'Pacific/Auckland',
  'Asia/Kolkata',
  'UTC',
] as const;

/** Begins of 90 days in which the clocks change, north and south. */
export const WINDOWS = [Date.UTC(2026, 1, 10), Date.UTC(2026, 7, 20)] as const;
export const LENGTH = 90 * DAY;

export function anyWindow(): fc.Arbitrary<{ from: number; until: number }> {
  return fc.constantFrom(...WINDOWS).map((from) => ({ from, until: from + LENGTH }));
}

export function anyUsers(): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 });
}

export function wallOf(instant: number, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime();
}

/** When the clocks there show it. */
export function at(wall: Temporal.PlainDateTime, zone: string): number {
  return takesPlace(wall, zone).epochMilliseconds;
}

export function iso(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** The parts of the intervals that lie within any of the windows. */
export function within(
  all: readonly Interval[],
  windows: readonly { from: number; until: number }[],
): Interval[] {
  return all.flatMap((it) =>
    windows
      .map(({ from, until }) => ({
        ...it,
        from: Math.max(it.from, from),
        until: Math.min(it.until, until),
      }))
      .filter((part) => part.from < part.until),
  );
}

/** The parts of the intervals at which nobody of the others is there. */
export function without(all: readonly Interval[], others: readonly Interval[]): Interval[] {
  let left = [...all];
  for (const { from, until } of others) {
    left = left.flatMap((it) =>
      [
        { ...it, until: Math.min(it.until, from) },
        { ...it, from: Math.max(it.from, until) },
      ].filter((part) => part.from < part.until),
    );
  }
  return left;
}

/** What lies on top hides what lies below; the first is the uppermost. */
export function stacked(layers: readonly (readonly Interval[])[]): Interval[] {
  return layers.reduce<Interval[]>((above, layer) => [...above, ...without(layer, above)], []);
}

/** Turns of so many milliseconds, whole days by the clocks and others by time that goes by. */
export function turns(
  users: readonly string[],
  anchor: number,
  length: number,
  zone: string,
  window: { from: number; until: number },
): Interval[] {
  const isWall = length % DAY === 0;
  const wall = wallOf(anchor, zone);
  const begin = (turn: number) =>
    isWall ? at(wall.add({ days: (turn * length) / DAY }), zone) : anchor + turn * length;
  const found: Interval[] = [];
  let turn = Math.floor((window.from - anchor) / length) - 2;
  for (; begin(turn) < window.until; turn += 1) {
    const who = users[((turn % users.length) + users.length) % users.length] ?? '';
    found.push({ from: begin(turn), until: begin(turn + 1), who });
  }
  return found;
}

/** Windows that begin on these days of the week (1 is Monday) at a time and last so many minutes, by the clocks. */
export function weekly(
  days: readonly number[],
  time: string,
  minutes: number,
  zone: string,
  window: { from: number; until: number },
): { from: number; until: number }[] {
  const first = wallOf(window.from - 9 * DAY, zone).toPlainDate();
  return Array.from({ length: 110 }, (_, ahead) => first.add({ days: ahead }))
    .filter((day) => days.includes(day.dayOfWeek))
    .map((day) => {
      const begin = day.toPlainDateTime(time);
      return { from: at(begin, zone), until: at(begin.add({ minutes }), zone) };
    });
}

export function anyTime(): fc.Arbitrary<string> {
  return fc.constantFrom('00:00', '01:30', '02:00', '02:30', '09:00', '17:30', '22:00', '23:30');
}
