import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { findGaps } from '#src/oncall/gaps.ts';
import { DAY } from '#src/oncall/wall.ts';
import { wallAt, zoneOf, type Zone } from '#src/oncall/zone.ts';
import { listed } from '#src/paging/words.ts';

/** So far ahead is looked for gaps. */
const AHEAD_DAYS = 90;
/** More kinds of gaps than these are not told one by one. */
const MOST = 5;

interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** A gap as the clocks of the schedule show it. */
interface Shown {
  readonly from: Date;
  readonly until: Date;
}

/**
 * When nobody is on call in the next 90 days who would have been before, in
 * sentences; those that come back at the same time of the week are one.
 */
export function newGaps(before: CompiledSchedule | null, after: CompiledSchedule, now: Date): string[] {
  const end = new Date(now.getTime() + AHEAD_DAYS * DAY);
  const gapsOf = (it: CompiledSchedule): Stretch[] =>
    findGaps(it, now, end).map(({ from, until }) => ({ from: from.getTime(), until: until.getTime() }));
  const known = before?.schedule.enabled ? gapsOf(before) : [];
  const fresh = without(gapsOf(after), known);
  const { name } = after.schedule;
  const said = sentences(fresh, after.schedule.timezone, { from: now.getTime(), until: end.getTime() });
  const told = said.slice(0, MOST).map((it) => `Schedule ${name} leaves ${it}.`);
  const more = said.length - told.length;
  return more > 0
    ? [...told, `Schedule ${name} has ${more} more gaps in the next ${AHEAD_DAYS} days.`]
    : told;
}

/** What is in `all` and in none of `taken`; both in order. */
function without(all: readonly Stretch[], taken: readonly Stretch[]): Stretch[] {
  return all.flatMap((whole) => {
    const left: Stretch[] = [];
    let { from } = whole;
    for (const it of taken) {
      if (it.until <= from || it.from >= whole.until) continue;
      if (it.from > from) left.push({ from, until: it.from });
      from = Math.max(from, it.until);
    }
    return from < whole.until ? [...left, { from, until: whole.until }] : left;
  });
}

function sentences(gaps: readonly Stretch[], timezone: string, looked: Stretch): string[] {
  const zone = zoneOf(timezone);
  const weekly = new Map<string, Shown[]>();
  const others: string[] = [];
  for (const gap of gaps) {
    const [from, until] = [shownAt(zone, gap.from), shownAt(zone, gap.until)];
    const isLong = gap.until - gap.from >= 7 * DAY;
    if (gap.from === looked.from && gap.until === looked.until) {
      return [`nobody on call at all in the next ${AHEAD_DAYS} days`];
    }
    if (gap.until === looked.until) others.push(`${dateAndTime(from)} ${timezone} and all after it empty`);
    else if (isLong || gap.from === looked.from) {
      others.push(`${dateAndTime(from)} to ${dateAndTime(until)} ${timezone} empty`);
    } else {
      const key = `${timeOf(from)} ${timeOf(until)} ${daysBetween(from, until)}`;
      weekly.set(key, [...(weekly.get(key) ?? []), { from, until }]);
    }
  }
  return [...[...weekly.values()].map((it) => sayWeekly(it, timezone)), ...others];
}

/** `Sunday 02:00 to 06:00 Europe/Berlin empty`, with the date where it comes once. */
function sayWeekly(gaps: readonly Shown[], timezone: string): string {
  const [first] = gaps;
  if (!first) return '';
  const { from, until } = first;
  const days = new Set(gaps.map((it) => it.from.getUTCDay()));
  const named =
    days.size === 7 ? 'every day' : listed(WEEK.filter((it) => days.has(it)).map((it) => DAYS[it] ?? ''));
  const later = daysBetween(from, until);
  const next = later === 0 ? '' : later === 1 ? ' on the next day' : ` ${later} days later`;
  const end =
    days.size === 1 && later > 0 ? `${DAYS[until.getUTCDay()]} ${timeOf(until)}` : timeOf(until) + next;
  const once = gaps.length === 1 ? ` ${dateOf(from)}` : '';
  const often =
    gaps.length === 1 ? '' : ` (${gaps.length} times in ${AHEAD_DAYS} days, first on ${dateOf(from)})`;
  return `${named}${once} ${timeOf(from)} to ${end} ${timezone} empty${often}`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const WEEK = [1, 2, 3, 4, 5, 6, 0];

/** Where clocks jump ahead at that instant: what they would have shown, so that it is the same time as in other weeks. */
function shownAt(zone: Zone, instant: number): Date {
  return new Date(Math.min(wallAt(zone, instant), wallAt(zone, instant - 1) + 1));
}

function daysBetween(from: Date, until: Date): number {
  return Math.floor(until.getTime() / DAY) - Math.floor(from.getTime() / DAY);
}

function dateAndTime(wall: Date): string {
  return `${dateOf(wall)} ${timeOf(wall)}`;
}

function dateOf(wall: Date): string {
  return wall.toISOString().slice(0, 10);
}

function timeOf(wall: Date): string {
  return wall.toISOString().slice(11, 16);
}
