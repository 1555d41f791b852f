import ICAL from 'ical.js';

import { UserError } from '#src/errors.ts';

import { clockOf, timeAt, wallOf, type Clock } from './clock.ts';

const FLOATING = ICAL.Timezone.localTimezone;
/** A rule that begins long ago is followed step by step. */
const MOST_STEPS = 20_000;
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/**
 * The wall times at which an event begins, those before `before`. Rules are
 * followed in wall time alone, as people mean them; zones come afterwards.
 * @throws UserError where a rule has more steps than anybody plans
 */
export function startsOf(component: ICAL.Component, clock: Clock, before: number): number[] {
  const first = component.getFirstPropertyValue('dtstart');
  if (!(first instanceof ICAL.Time)) return [];
  const rules = component.getAllProperties('rrule').map((it) => it.getFirstValue());
  const starts = new Set(datesOf(component, 'rdate', clock));
  if (rules.length === 0) starts.add(wallOf(first));
  for (const rule of rules) {
    if (!(rule instanceof ICAL.Recur)) continue;
    for (const wall of follow(rule, wallOf(first), clock, before)) starts.add(wall);
  }
  for (const wall of datesOf(component, 'exdate', clock)) starts.delete(wall);
  return [...starts].filter((it) => it < before).toSorted((a, b) => a - b);
}

/**
 * The library looks for the next day that a rule allows until it finds one,
 * which is for ever where there is none. So what only narrows a rule is taken
 * out of it and asked here.
 */
function* follow(rule: ICAL.Recur, first: number, clock: Clock, before: number): Generator<number> {
  const own = rule.clone();
  const until = own.until ? untilOf(own.until, clock) : Infinity;
  own.until = null;
  const { isAllowed, count } = narrowing(own);
  const steps = own.iterator(timeAt(first, FLOATING));
  let left = count;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = steps.next();
    const wall = next ? wallOf(next) : Infinity;
    if (wall >= before || wall > until || left === 0) return;
    if (!isAllowed(wall)) continue;
    left -= 1;
    yield wall;
  }
  throw new UserError('too_large', `A series has more than ${MOST_STEPS} events. Let it begin later.`);
}

/** Takes out of a rule what only narrows it, and the count where that has to be counted afterwards. */
function narrowing(rule: ICAL.Recur): { isAllowed: (wall: number) => boolean; count: number } {
  const { freq, parts } = rule;
  const { BYMONTH, BYMONTHDAY, BYDAY, BYHOUR } = parts;
  const isLong = freq === 'MONTHLY' || freq === 'YEARLY';
  const isShort = freq === 'HOURLY' || freq === 'DAILY';
  if (!(isLong || isShort || freq === 'WEEKLY') || rule.interval > 1000 || (!isLong && parts.BYSETPOS)) {
    throw new UserError('bad_payload', `a rule like ${rule.toString().slice(0, 60)} is for no shifts.`);
  }
  const isAllowed = (wall: number) => {
    const date = new Date(wall);
    const day = date.getUTCDate();
    const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    return (
      isIn(BYMONTH, date.getUTCMonth() + 1) &&
      isIn(BYMONTHDAY, day, day - length - 1) &&
      (!isShort || isIn(BYDAY, DAYS[date.getUTCDay()])) &&
      (freq !== 'HOURLY' || isIn(BYHOUR, date.getUTCHours()))
    );
  };
  if (isLong) return { isAllowed, count: Infinity };
  delete parts.BYMONTH;
  delete parts.BYMONTHDAY;
  if (isShort) delete parts.BYDAY;
  if (freq === 'HOURLY') delete parts.BYHOUR;
  const count = rule.count ?? Infinity;
  rule.count = null;
  return { isAllowed, count };
}

function isIn(list: unknown, ...values: readonly unknown[]): boolean {
  return !Array.isArray(list) || values.some((it) => list.includes(it));
}

/** Dates added or taken out, as the event's own clock shows them. */
function datesOf(component: ICAL.Component, name: 'rdate' | 'exdate', clock: Clock): number[] {
  return component.getAllProperties(name).flatMap((property) => {
    const isNamed = property.getFirstParameter('tzid') !== undefined;
    return property.getValues().flatMap((value) => {
      const time = value instanceof ICAL.Period ? value.start : value;
      if (!(time instanceof ICAL.Time)) return [];
      const isPlain = !isNamed && time.zone !== ICAL.Timezone.utcTimezone;
      const theirs = isPlain ? clock : clockOf(property, component, 'UTC');
      return [clock.wallAt(theirs.instantAt(wallOf(time)))];
    });
  });
}

/** A date means that whole day. */
function untilOf(until: ICAL.Time, clock: Clock): number {
  if (until.isDate) return wallOf(until) + 86_399_000;
  return until.zone === ICAL.Timezone.utcTimezone ? clock.wallAt(wallOf(until)) : wallOf(until);
}
