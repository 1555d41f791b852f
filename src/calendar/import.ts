import type { PersonId } from '#src/incident/person.ts';
import type { Override } from '#src/oncall/schedule.ts';

import type { CalendarEvent } from './read.ts';

/** Who an event is about, as the caller knows people; null: nobody. */
export type PersonOf = (event: CalendarEvent) => PersonId | null;

/**
 * Events as additions to a schedule, so that a schedule without layers is what
 * its calendar says. Ids are the same whenever the same calendar is read.
 */
export function asOverrides(
  events: readonly CalendarEvent[],
  personOf: PersonOf,
  createdBy: PersonId,
): { overrides: Override[]; unknown: CalendarEvent[] } {
  const overrides = new Map<string, Override>();
  const unknown: CalendarEvent[] = [];
  for (const event of events) {
    const person = personOf(event);
    if (person === null) {
      unknown.push(event);
      continue;
    }
    const { uid, start, end } = event;
    const id = `ical-${uid}-${start.getTime() / 1000}-${person}`;
    overrides.set(id, { kind: 'add', id, person, start, end, reason: event.summary, createdBy });
  }
  return { overrides: [...overrides.values()], unknown };
}
