import type { PersonId } from '#src/incident/person.ts';

import type { Stretch } from './beat.ts';
import type { CompiledSchedule, State } from './compile.ts';
import { statesBetween } from './preview.ts';
import { DAY, HOUR } from './wall.ts';
import { windowsOf } from './windows.ts';
import { zoneOf, type Zone } from './zone.ts';

/** What being on call costs somebody. Hours are elapsed ones, shares are of the hours that anybody is on call then. */
export interface Load {
  readonly person: PersonId;
  readonly hours: number;
  readonly longestHours: number;
  /** The most within any seven days. */
  readonly busiestWeekHours: number;
  readonly averageWeekHours: number;
  readonly nightHours: number;
  readonly nightShare: number;
  readonly weekendHours: number;
  readonly weekendShare: number;
  /** What is too much, as sentences; none: it is bearable. */
  readonly tooMuch: readonly string[];
}

/** The most that is bearable. */
export interface LoadLimits {
  readonly longestHours: number;
  readonly averageWeekHours: number;
  readonly nightShare: number;
  readonly weekendShare: number;
}

/** A week without a break (and the hour that autumn adds), half of all weeks, and not much more than half of the nights and weekends. */
export const BEARABLE: LoadLimits = {
  longestHours: 7 * 24 + 1,
  averageWeekHours: 85,
  nightShare: 0.6,
  weekendShare: 0.6,
};

/**
 * Everybody's share, most hours first. Night is 22:00 to 07:00 and the weekend
 * Saturday and Sunday, where that person lives.
 * @param timezoneOf null: as the schedule's
 * @throws UserError as `shiftsBetween`
 */
export function loadsOf(
  compiled: CompiledSchedule,
  from: Date,
  to: Date,
  timezoneOf: (person: PersonId) => string | null = () => null,
  limits: LoadLimits = BEARABLE,
): Load[] {
  const states = statesBetween(compiled, from, to);
  const weeks = (to.getTime() - from.getTime()) / (7 * DAY);
  const covered = joined(states.filter((it) => it.people.length > 0));
  const nightsIn = inHoursOf(covered, NIGHT);
  const weekendsIn = inHoursOf(covered, WEEKEND);
  const loads = [...stretchesOf(states)].map(([person, stretches]) => {
    const zone = zoneOf(timezoneOf(person) ?? compiled.schedule.timezone);
    const hours = sum(stretches) / HOUR;
    const nightHours = overlap(stretches, NIGHT, zone) / HOUR;
    const weekendHours = overlap(stretches, WEEKEND, zone) / HOUR;
    const load = {
      person,
      hours,
      longestHours: longest(stretches) / HOUR,
      busiestWeekHours: busiestWeek(stretches) / HOUR,
      averageWeekHours: hours / Math.max(1, weeks),
      nightHours,
      nightShare: share(nightHours, nightsIn(zone)),
      weekendHours,
      weekendShare: share(weekendHours, weekendsIn(zone)),
    };
    return { ...load, tooMuch: tooMuch(load, limits) };
  });
  return loads.toSorted((a, b) => b.hours - a.hours || (a.person < b.person ? -1 : 1));
}

/** Those for whom it is too much. */
export function findOverload(...asked: Parameters<typeof loadsOf>): Load[] {
  return loadsOf(...asked).filter((it) => it.tooMuch.length > 0);
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const NIGHT = { days: EVERY_DAY, from: '22:00', until: '07:00', plusDays: 0 };
const WEEKEND = { days: [6], from: '00:00', until: '24:00', plusDays: 1 };

/** When each person is on call without a break. */
function stretchesOf(states: readonly State[]): Map<PersonId, Stretch[]> {
  const found = new Map<PersonId, Stretch[]>();
  for (const state of states) {
    for (const { person } of state.people) {
      const before = found.get(person) ?? [];
      before.push(state);
      found.set(person, before);
    }
  }
  return new Map([...found].map(([person, stretches]) => [person, joined(stretches)]));
}

/** Those that touch made one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const found: Stretch[] = [];
  for (const { from, until } of stretches) {
    const last = found.at(-1);
    if (last?.until === from) found.splice(-1, 1, { from: last.from, until });
    else found.push({ from, until });
  }
  return found;
}

/** Worked out once for each zone, since many people share few. */
function inHoursOf(stretches: readonly Stretch[], window: typeof NIGHT): (zone: Zone) => number {
  const known = new Map<Zone, number>();
  return (zone) => {
    const hours = known.get(zone) ?? overlap(stretches, window, zone) / HOUR;
    known.set(zone, hours);
    return hours;
  };
}

function sum(stretches: readonly Stretch[]): number {
  return stretches.reduce((total, { from, until }) => total + until - from, 0);
}

function longest(stretches: readonly Stretch[]): number {
  return stretches.reduce((most, { from, until }) => Math.max(most, until - from), 0);
}

function overlap(stretches: readonly Stretch[], window: typeof NIGHT, zone: Zone): number {
  const windowAt = windowsOf([window], zone);
  if (!windowAt) return sum(stretches);
  let total = 0;
  for (const { from, until } of stretches) {
    for (let at = from; at < until;) {
      const found = windowAt(at);
      const end = Math.min(found.until, until);
      if (found.isOn) total += end - at;
      at = end;
    }
  }
  return total;
}

/** Any seven days can be moved so that they begin where a stretch does, and are no less full. */
function busiestWeek(stretches: readonly Stretch[]): number {
  let most = 0;
  for (const [index, { from: begin }] of stretches.entries()) {
    let total = 0;
    for (let next = index; next < stretches.length; next += 1) {
      const { from, until } = stretches[next] ?? { from: Infinity, until: 0 };
      if (from >= begin + 7 * DAY) break;
      total += Math.min(until, begin + 7 * DAY) - from;
    }
    most = Math.max(most, total);
  }
  return most;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function tooMuch(load: Omit<Load, 'tooMuch'>, limits: LoadLimits): string[] {
  const { person, longestHours, averageWeekHours, nightShare, weekendShare } = load;
  const said: string[] = [];
  if (longestHours > limits.longestHours) {
    said.push(`${person} is on call for ${inHours(longestHours)} without a break.`);
  }
  if (averageWeekHours > limits.averageWeekHours) {
    said.push(`${person} is on call for ${inHours(averageWeekHours)} of an average week.`);
  }
  if (nightShare > limits.nightShare) said.push(`${person} has ${percent(nightShare)} of the nights.`);
  if (weekendShare > limits.weekendShare) {
    said.push(`${person} has ${percent(weekendShare)} of the weekends.`);
  }
  return said;
}

function inHours(count: number): string {
  return `${Math.round(count)} hours`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
