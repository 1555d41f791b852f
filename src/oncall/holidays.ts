import type { Stretch } from './beat.ts';
import type { Holiday } from './schedule.ts';
import { DAY, readDate } from './wall.ts';
import type { Window } from './windows.ts';
import { instantAt, type Zone } from './zone.ts';

/** Finds the holidays in a row, or the time between two, that an instant belongs to. */
export function holidaysOf(holidays: readonly Holiday[], zone: Zone): (instant: number) => Window {
  const days = [...new Set(holidays.map(({ date }) => readDate(date)))].toSorted((a, b) => a - b);
  const free: Stretch[] = [];
  for (const day of days) {
    const from = instantAt(zone, day);
    const until = instantAt(zone, day + DAY);
    const last = free.at(-1);
    if (last?.until === from) free.splice(-1, 1, { from: last.from, until });
    else free.push({ from, until });
  }
  return (instant) => {
    const next = free.findIndex(({ until }) => until > instant);
    const at = free[next];
    if (at && at.from <= instant) return { ...at, isOn: true };
    const before = next === -1 ? free.at(-1) : free[next - 1];
    return { from: before?.until ?? -Infinity, until: at?.from ?? Infinity, isOn: false };
  };
}

/** The holidays that count for a layer that follows `calendar`. */
export function followed(holidays: readonly Holiday[], calendar: string | null): readonly Holiday[] {
  return holidays.filter((it) => calendar === null || it.calendar === null || it.calendar === calendar);
}
