import { stretchAt, type Beat, type Stretch } from './beat.ts';
import type { Restriction } from './schedule.ts';
import { DAY, readTime } from './wall.ts';
import type { Zone } from './zone.ts';

export type Window = Stretch & { readonly isOn: boolean };

const WEEK = 7 * DAY;
/** Wall time 0 was a Thursday; this is the Sunday before. */
const A_SUNDAY = -4 * DAY;

/** Finds the window, or the time between two, that an instant belongs to. Null where there is nothing between. */
export function windowsOf(
  restrictions: readonly Restriction[],
  zone: Zone,
): ((instant: number) => Window) | null {
  const week = weekOf(restrictions);
  if (restrictions.length === 0 || week.some(({ from, until }) => until - from >= WEEK)) return null;
  if (week.length === 0) return () => ({ from: -Infinity, until: Infinity, isOn: false });
  const beat = weeklyBeat(week.flatMap(({ from, until }) => [from, until]));
  return (instant) => {
    const { index, from, until } = stretchAt(zone, beat, instant);
    return { from, until, isOn: index % 2 === 0 };
  };
}

/** Windows of one week as wall time from its Sunday, in order, those that touch made one; the last may reach into the next week. */
function weekOf(restrictions: readonly Restriction[]): Stretch[] {
  const once = restrictions.flatMap(({ days, ...times }) =>
    days.map((day) => {
      const from = day * DAY + readTime(times.from);
      const until = day * DAY + readTime(times.until) + times.plusDays * DAY;
      return { from, until: readTime(times.until) > readTime(times.from) ? until : until + DAY };
    }),
  );
  // What reaches over the end of the week covers the begin of every week.
  const twice = once.flatMap((it) => [it, { from: it.from - WEEK, until: it.until - WEEK }]);
  const merged: Stretch[] = [];
  for (const { from, until } of twice.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.until) merged.splice(-1, 1, { ...last, until: Math.max(last.until, until) });
    else merged.push({ from, until });
  }
  const whole = merged.find(({ from, until }) => until - from >= WEEK);
  if (whole) return [whole];
  // Each is there twice now, a week apart; the ones that end within this week are complete.
  return merged.filter(({ until }) => until > 0 && until <= WEEK);
}

/** Even numbers begin a window, odd ones end it. */
function weeklyBeat(marks: readonly number[]): Beat {
  return {
    at: (index) => {
      const week = Math.floor(index / marks.length);
      return A_SUNDAY + week * WEEK + (marks[index - week * marks.length] ?? 0);
    },
    indexOf: (wall) => {
      const sinceSunday = wall - A_SUNDAY;
      const week = Math.floor(sinceSunday / WEEK);
      const within = sinceSunday - week * WEEK;
      const before = marks.filter((it) => it <= within).length;
      return week * marks.length + before - 1;
    },
  };
}
