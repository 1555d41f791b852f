import type { PersonId } from '#src/incident/person.ts';
import type { Layer, Restriction } from '#src/oncall/schedule.ts';
import { instantAt, wallAt, type Zone } from '#src/oncall/zone.ts';

import { DAY, MINUTE } from '../spans.ts';
import { lengthOf, plainLayer, sayWall, windowOf } from '../wall.ts';
import { WEEKDAYS, type GrafanaShift } from './answers.ts';

/** A shift that repeats, as wall time in milliseconds in its own zone. */
export interface Shift {
  readonly their: GrafanaShift;
  readonly name: string;
  readonly zone: Zone;
  readonly start: number;
  readonly length: number;
  /** What began before is not there; of a web schedule, what was over by then. */
  readonly since: number;
  /** What begins after it is not there, in milliseconds of the epoch. */
  readonly until: number;
  readonly every: number;
  /** Who takes turns, whoever is first in the first of them. */
  readonly groups: readonly (readonly PersonId[])[];
  readonly isWeb: boolean;
  /** 0 is Sunday; empty: on whatever day it falls. */
  readonly days: readonly number[];
  readonly weekStart: number;
}

/**
 * Layers that are what a shift is, or a clause that says why there are none: our
 * turns follow each other without a break, and an event of theirs may leave one.
 */
export function layersOf(shift: Shift): Layer[] | string {
  const { their, groups } = shift;
  if (groups.length === 0 || groups.some((it) => it.length === 0)) return 'it has nobody in a turn';
  if (their.type === 'single_event') return once(shift);
  if (their.by_month?.length || their.by_monthday?.length) return 'it is for some days of the year only';
  const frequency = their.frequency ?? 'monthly';
  return FREQUENCY[frequency](shift);
}

const HOUR = 60 * MINUTE;
const WEEK = 7 * DAY;

const FREQUENCY: Record<NonNullable<GrafanaShift['frequency']>, (shift: Shift) => Layer[] | string> = {
  hourly: (shift) => {
    const length = shift.every * HOUR;
    if (shift.days.length > 0 || shift.length !== length) return 'it leaves hours out';
    return elapsed(shift, length);
  },
  daily: (shift) => {
    if (shift.days.length > 0) return dailyOnDays(shift);
    if (shift.length === shift.every * DAY) return turns(shift, shift.length);
    if (shift.every > 1 || shift.length > DAY) return 'its shifts leave days out or overlap';
    return turns(shift, DAY, [windowOf([0, 1, 2, 3, 4, 5, 6], shift.start, shift.length)]);
  },
  weekly: (shift) => {
    if (shift.days.length === 0 && shift.length === shift.every * WEEK) return turns(shift, shift.length);
    if (shift.every > 1) return 'it takes place in some weeks only';
    if (shift.length > WEEK) return 'its shifts overlap';
    return weeklyOnDays(shift);
  },
  monthly: () => 'its shifts have a length in days and months have not',
};

function once(shift: Shift): Layer[] {
  const { start, length } = shift;
  const rotation = { start: sayWall(start), anchor: null, end: sayWall(start + length) };
  return [layer(shift, '', { rotation: { unit: 'day', every: 1, ...rotation } })];
}

/** One turn after the other, in wall time; with windows every day, or always. */
function turns(shift: Shift, length: number, restrictions: readonly Restriction[] = []): Layer[] {
  const { start } = shift;
  const anchor = sayWall(start);
  return boundsOf(shift, start, start, length).map((bounds) =>
    layer(shift, '', { rotation: { ...lengthOf(length), anchor, ...saidBounds(bounds) }, restrictions }),
  );
}

/** The same in elapsed time. */
function elapsed(shift: Shift, length: number): Layer[] {
  const { zone } = shift;
  const first = instantAt(zone, shift.start);
  const since = instantAt(zone, shift.since);
  const begun = shift.isWeb ? Math.floor((since - first) / length) : Math.ceil((since - first) / length);
  const begin = first + Math.max(0, begun) * length;
  const last = first + Math.floor((shift.until - first) / length) * length;
  if (last < begin) return [];
  const end = shift.until === Infinity ? null : sayWall(wallAt(zone, last + length));
  const start = sayWall(wallAt(zone, begin));
  const rotation = { ...lengthOf(length), start, anchor: sayWall(shift.start), end };
  return [layer(shift, '', { rotation })];
}

/** Turns of a week that begin with the week. */
function weeklyOnDays(shift: Shift): Layer[] {
  const days = shift.days.length > 0 ? shift.days : [dayOf(shift.start)];
  const start = onOneOf(shift, days);
  const week = start - modulo(dayOf(start) - shift.weekStart, 7) * DAY;
  const { groups: shifts } = shift;
  const all = days.map((day) => ({ day, first: week + modulo(day - shift.weekStart, 7) * DAY, shifts }));
  return shift.length <= DAY
    ? inOneLayer(shift, start, week, all)
    : all.flatMap((it) => onDay(shift, start, it));
}

/** Whoever has the turn has so many of the days that count, one after the other. */
function dailyOnDays(shift: Shift): Layer[] | string {
  const { days, every, groups, their } = shift;
  if (their.type === 'recurrent_event' && every > 1) return 'it leaves days out';
  if (shift.length > WEEK) return 'its shifts overlap';
  const start = onOneOf(shift, days);
  const inOrder = days.toSorted((a, b) => modulo(a - dayOf(start), 7) - modulo(b - dayOf(start), 7));
  const round = groups.length * every;
  const weeks = round / commonDivisor(round, days.length);
  const all = inOrder.map((day, place) => ({
    day,
    first: start + modulo(day - dayOf(start), 7) * DAY,
    shifts: Array.from({ length: weeks }, (_, week) => {
      const number = week * days.length + place;
      return groups[Math.floor(number / every) % groups.length] ?? [];
    }),
  }));
  const isOne = groups.length === 1 && shift.length <= DAY;
  return isOne ? inOneLayer(shift, start, start, all) : all.flatMap((it) => onDay(shift, start, it));
}

/** A day of the week, when its first event would be, and whose turn it is week after week. */
interface Day {
  readonly day: number;
  readonly first: number;
  readonly shifts: readonly (readonly PersonId[])[];
}

/** Days that share their turns, which change at `anchor`: no event reaches beyond the next change. */
function inOneLayer(shift: Shift, start: number, anchor: number, days: readonly Day[]): Layer[] {
  const bounds = days.flatMap(({ first }) => boundsOf(shift, first, start, WEEK));
  if (bounds.length === 0) return [];
  const begin = Math.min(...bounds.map((it) => it.begin));
  const end = Math.max(...bounds.map((it) => it.end));
  const restrictions = [
    windowOf(
      days.map(({ day }) => day).toSorted((a, b) => a - b),
      shift.start,
      shift.length,
    ),
  ];
  const rotation = {
    unit: 'week',
    every: 1,
    anchor: sayWall(anchor),
    ...saidBounds({ begin, end }),
  } as const;
  return [layer(shift, '', { rotation, restrictions })];
}

/** A layer for one day of the week; its turns change when its window begins. */
function onDay(shift: Shift, start: number, { day, first, shifts }: Day): Layer[] {
  return boundsOf(shift, first, start, WEEK).map((bounds) =>
    layer(shift, `-${WEEKDAYS[day]?.toLowerCase()}`, {
      rotation: { unit: 'week', every: 1, anchor: sayWall(first), ...saidBounds(bounds) },
      shifts,
      restrictions: shift.length === WEEK ? [] : [windowOf([day], first, shift.length)],
    }),
  );
}

/** As clocks show it: the begin of the first event that is there, and the end of the last. */
interface Bounds {
  readonly begin: number;
  readonly end: number;
}

/** Of events that begin at `first` and every `step` after it, those from `start` on; none, if none is there. */
function boundsOf(shift: Shift, first: number, start: number, step: number): Bounds[] {
  const { since, until, length, isWeb, zone } = shift;
  const least = isWeb ? Math.floor((since - length - first) / step) + 1 : Math.ceil((since - first) / step);
  const begin = first + Math.max(0, Math.ceil((start - first) / step), least) * step;
  if (until === Infinity) return [{ begin, end: Infinity }];
  const last = first + Math.floor((wallAt(zone, until) - first) / step) * step;
  return last < begin ? [] : [{ begin, end: last + length }];
}

function saidBounds({ begin, end }: Bounds): { readonly start: string; readonly end: string | null } {
  return { start: sayWall(begin), end: end === Infinity ? null : sayWall(end) };
}

/** The begin, moved on to a day that counts: the first of the week that does, if the first day is none. */
function onOneOf({ start, weekStart }: Shift, days: readonly number[]): number {
  if (days.includes(dayOf(start))) return start;
  const week = days.toSorted((a, b) => modulo(a - weekStart, 7) - modulo(b - weekStart, 7));
  return start + modulo((week[0] ?? 0) - dayOf(start), 7) * DAY;
}

function layer(
  { their, name, zone, groups }: Shift,
  suffix: string,
  more: Pick<Layer, 'rotation'> & Partial<Layer>,
): Layer {
  return plainLayer({
    id: `${their.id.toLowerCase()}${suffix}`,
    name,
    priority: their.level ?? 0,
    timezone: zone.id,
    shifts: groups,
    ...more,
  });
}

/** 0 is Sunday. */
function dayOf(wall: number): number {
  return new Date(wall).getUTCDay();
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
