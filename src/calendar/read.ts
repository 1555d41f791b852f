import ICAL from 'ical.js';

import { UserError } from '#src/errors.ts';

import { clockOf, wallOf, type Clock } from './clock.ts';
import { startsOf } from './recurrence.ts';

/** An event, or one of a series, with the instants of its begin and of the first moment after it. */
export interface CalendarEvent {
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  /** Of those invited, in lower case. */
  readonly emails: readonly string[];
  readonly start: Date;
  readonly end: Date;
}

export interface Reading {
  readonly from: Date;
  readonly to: Date;
  /** For whole days and for times that name no zone. */
  readonly timezone: string;
}

export interface Read {
  readonly events: readonly CalendarEvent[];
  /** What could not be read, and why, as sentences. */
  readonly skipped: readonly string[];
}

const MOST_LETTERS = 4_000_000;
const MOST_EVENTS = 20_000;

/**
 * The events of an `.ics` file that touch the time asked for, in order of time:
 * single ones and series, with what was moved or cancelled in them. An event of
 * a series ends at the same wall time as the first, so shifts that follow each
 * other do so when the clocks change.
 * @throws UserError where it is no calendar, or too large
 */
export function readCalendar(text: string, reading: Reading): Read {
  if (text.length > MOST_LETTERS) {
    throw new UserError('too_large', 'This calendar is larger than 4 MB. Export a shorter time.');
  }
  const series = new Map<string, ICAL.Component[]>();
  for (const component of parsed(text).flatMap((it) => it.getAllSubcomponents('vevent'))) {
    const uid = textOf(component, 'uid');
    series.set(uid, [...(series.get(uid) ?? []), component]);
  }
  const events: CalendarEvent[] = [];
  const skipped: string[] = [];
  for (const components of series.values()) {
    try {
      events.push(...eventsOf(components, reading));
    } catch (error) {
      if (error instanceof UserError && error.code === 'too_large') throw error;
      const why = error instanceof Error ? error.message : 'it cannot be read.';
      skipped.push(`"${textOf(components[0], 'summary')}" is left out: ${why}`);
    }
    if (events.length > MOST_EVENTS) {
      throw new UserError('too_large', `There are more than ${MOST_EVENTS} events. Read a shorter time.`);
    }
  }
  return { events: events.toSorted((a, b) => a.start.getTime() - b.start.getTime()), skipped };
}

function parsed(text: string): ICAL.Component[] {
  const found = roots(text);
  if (found.length > 0 && found.every((it) => it.name === 'vcalendar')) return found;
  throw new UserError(
    'bad_payload',
    'This is no calendar. It has to begin with BEGIN:VCALENDAR, as an .ics file does.',
  );
}

/** Several calendars in one file come as a list of them. */
function roots(text: string): ICAL.Component[] {
  try {
    const found = ICAL.parse(text) as unknown[];
    const all = typeof found[0] === 'string' ? [found] : (found as unknown[][]);
    return all.map((it) => new ICAL.Component(it as ConstructorParameters<typeof ICAL.Component>[0]));
  } catch {
    return [];
  }
}

/** The events of one uid: those of the series, each replaced by its own exception. */
function eventsOf(components: readonly ICAL.Component[], reading: Reading): CalendarEvent[] {
  const singles = components.filter((it) => it.hasProperty('recurrence-id'));
  const following = singles.find((it) => it.getFirstProperty('recurrence-id')?.getFirstParameter('range'));
  if (following) throw new UserError('bad_payload', 'it changes all events after one. Export it anew.');
  const replaced = new Set(singles.map((it) => instantOf(it, 'recurrence-id', reading)));
  const masters = components.filter((it) => !it.hasProperty('recurrence-id'));
  return [
    ...masters.flatMap((it) =>
      occurrences(it, reading).filter(({ start }) => !replaced.has(start.getTime())),
    ),
    ...singles.flatMap((it) => occurrences(it, reading)),
  ];
}

function occurrences(component: ICAL.Component, reading: Reading): CalendarEvent[] {
  if (textOf(component, 'status').toUpperCase() === 'CANCELLED') return [];
  const clock = clockFor(component, 'dtstart', reading);
  const first = wallOf(timeOf(component, 'dtstart'));
  const length = lengthOf(component, first, clock, reading);
  const said = {
    uid: textOf(component, 'uid'),
    summary: textOf(component, 'summary'),
    description: textOf(component, 'description'),
    emails: component.getAllProperties('attendee').map((it) =>
      String(it.getFirstValue())
        .replace(/^mailto:/i, '')
        .toLowerCase(),
    ),
  };
  const before = clock.wallAt(reading.to.getTime());
  const found: CalendarEvent[] = [];
  for (const wall of startsOf(component, clock, before)) {
    const start = new Date(clock.instantAt(wall));
    const end = new Date(clock.instantAt(wall + length));
    if (start < end && start < reading.to && end > reading.from) found.push({ ...said, start, end });
  }
  return found;
}

/** In wall time. Whole days without an end are one day, times without one are nothing. */
function lengthOf(component: ICAL.Component, first: number, clock: Clock, reading: Reading): number {
  const duration = component.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) return duration.toSeconds() * 1000;
  if (component.hasProperty('dtend')) {
    return clock.wallAt(instantOf(component, 'dtend', reading)) - first;
  }
  return timeOf(component, 'dtstart').isDate ? 86_400_000 : 0;
}

function instantOf(component: ICAL.Component, name: string, reading: Reading): number {
  return clockFor(component, name, reading).instantAt(wallOf(timeOf(component, name)));
}

function clockFor(component: ICAL.Component, name: string, { timezone }: Reading): Clock {
  const property = component.getFirstProperty(name);
  if (!property) throw new UserError('bad_payload', `it has no ${name.toUpperCase()}.`);
  return clockOf(property, component, timezone);
}

function timeOf(component: ICAL.Component, name: string): ICAL.Time {
  const value = component.getFirstPropertyValue(name);
  if (value instanceof ICAL.Time) return value;
  throw new UserError('bad_payload', `it has no ${name.toUpperCase()}.`);
}

function textOf(component: ICAL.Component | undefined, name: string): string {
  const value = component?.getFirstPropertyValue(name);
  return typeof value === 'string' ? value.slice(0, 2000) : '';
}
