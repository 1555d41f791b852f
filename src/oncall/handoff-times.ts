import type { PersonId } from '#src/incident/person.ts';

import type { CompiledSchedule } from './compile.ts';
import { findGaps, findUnreachable, type Gap, type Unreachable } from './gaps.ts';
import { handoffRules } from './handoff.ts';
import { nextHandoff, shiftOf, type Shift } from './preview.ts';
import { DAY } from './wall.ts';
import { nextWeekly } from './weekly.ts';
import { instantAt, wallAt, zoneOf } from './zone.ts';

/** Somebody who is to be told that their shift begins. */
export interface Reminder {
  readonly person: PersonId;
  readonly shift: Shift;
  /** How long before, in milliseconds. */
  readonly lead: number;
}

/** So many changes ahead are looked at: a schedule that changes more often than its reminders reach needs no more. */
const MOST_CHANGES = 500;

/** The reminders whose time came after `since` and no later than `now`, of shifts that have not begun; of two for one shift the later. */
export function remindersDue(
  compiled: CompiledSchedule,
  { since, now }: { readonly since: Date; readonly now: Date },
): Reminder[] {
  const leads = handoffRules(compiled.schedule).reminders;
  const found: Reminder[] = [];
  for (const { at, coming } of changes(compiled, now, new Date(now.getTime() + Math.max(0, ...leads)))) {
    const due = leads.filter((lead) => {
      const moment = at.getTime() - lead;
      return moment > since.getTime() && moment <= now.getTime();
    });
    if (due.length === 0) continue;
    for (const person of coming) {
      const shift = shiftOf(compiled, person, at);
      if (shift) found.push({ person, shift: { ...shift, from: at }, lead: Math.min(...due) });
    }
  }
  return found;
}

/** When the next reminder is due after `since`; null: never. */
export function nextReminder(compiled: CompiledSchedule, since: Date, now: Date): Date | null {
  return nextBefore(compiled, handoffRules(compiled.schedule).reminders, { since, now });
}

/** When somebody is to look next whether a time comes that nobody covers: so long before each change. */
export function nextLook(compiled: CompiledSchedule, now: Date): Date | null {
  const { warnBefore } = handoffRules(compiled.schedule);
  return warnBefore === 0 ? null : nextBefore(compiled, [warnBefore], { since: now, now });
}

/** Every Monday at 09:00 by the clocks of the schedule: the first after `after`. */
export function nextLookAhead({ schedule }: CompiledSchedule, after: Date): Date {
  return nextWeekly({ day: 1, time: '09:00', zone: schedule.timezone }, after);
}

const WEEK = 7 * DAY;

export interface Uncovered {
  readonly gaps: readonly Gap[];
  readonly unreachable: readonly Unreachable[];
}

/**
 * What begins within the time in which somebody is warned. A gap that was there a week before at the same
 * time by the clocks is how the schedule is meant, and is left out.
 * @param isReachable what the caller knows of contacts
 */
export function uncoveredSoon(
  compiled: CompiledSchedule,
  now: Date,
  isReachable: (person: PersonId) => boolean,
): Uncovered {
  const { warnBefore } = handoffRules(compiled.schedule);
  if (warnBefore === 0 || !compiled.schedule.enabled) return { gaps: [], unreachable: [] };
  const end = new Date(now.getTime() + warnBefore + 1);
  const isAhead = (it: { readonly from: Date }) => it.from > now;
  return {
    gaps: findGaps(compiled, now, end)
      .filter(isAhead)
      .filter((it) => !isUsual(compiled, it))
      .map((it) => ({ ...it, until: endOfGap(compiled, it.from) })),
    unreachable: findUnreachable(compiled, now, end, isReachable).filter(isAhead),
  };
}

function isUsual(compiled: CompiledSchedule, { from, until }: Gap): boolean {
  const zone = zoneOf(compiled.schedule.timezone);
  const [begin, end] = [from, until].map((it) => instantAt(zone, wallAt(zone, it.getTime()) - WEEK));
  if (begin === undefined || end === undefined || begin >= end) return true;
  return findGaps(compiled, new Date(begin), new Date(end)).some(
    (it) => it.from.getTime() <= begin && it.until.getTime() >= end,
  );
}

/** A gap that goes on for longer ends, as far as anybody is told, where it was looked for last. */
function endOfGap(compiled: CompiledSchedule, from: Date): Date {
  const [gap] = findGaps(compiled, from, new Date(from.getTime() + 90 * DAY));
  return gap?.until ?? from;
}

/** The first of all times so long before a change that brings somebody, or takes everybody away. */
function nextBefore(
  compiled: CompiledSchedule,
  leads: readonly number[],
  { since, now }: { readonly since: Date; readonly now: Date },
): Date | null {
  if (leads.length === 0) return null;
  const longest = Math.max(...leads);
  let first = Infinity;
  for (const { at } of changes(compiled, now, null)) {
    if (at.getTime() - longest >= first) break;
    for (const lead of leads) {
      const moment = at.getTime() - lead;
      if (moment > since.getTime()) first = Math.min(first, moment);
    }
  }
  return first === Infinity ? null : new Date(first);
}

/** Every change of who is on call after `from`, up to and including `to`. */
function* changes(compiled: CompiledSchedule, from: Date, to: Date | null) {
  let after = from;
  for (let many = 0; many < MOST_CHANGES; many += 1) {
    const next = nextHandoff(compiled, after);
    if (!next || (to && next.at > to)) return;
    yield next;
    after = next.at;
  }
}
