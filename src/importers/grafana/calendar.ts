import { readCalendar, type CalendarEvent } from '#src/calendar/read.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Note } from '../carried.ts';
import type { Directory } from '../directory.ts';
import { inOrder, merged, pieces, type Duty, type Span } from '../spans.ts';
import type { GrafanaUser } from './answers.ts';

/** Levels of a calendar are written in the titles, from 0 to 9 or so; its overrides are above all. */
const ABOVE = 1_000_000;

/**
 * Who is on call by the calendars of a schedule, in a stretch of time. An event
 * is about those whose user name or address its title or its guests name, and
 * `[L2]` in the title is its level.
 */
export function calendarDuties(
  { primary, overrides }: { readonly primary?: string; readonly overrides?: string },
  users: readonly GrafanaUser[],
  people: Directory,
  stretch: Span,
  about: string,
  notes: Note[],
): Duty[] {
  const reading = { from: new Date(stretch.from), to: new Date(stretch.until), timezone: 'UTC' };
  const personOf = peopleIn(users, people);
  const spansOf = (text: string | undefined, above: number) => {
    if (text === undefined) return [];
    const { events, skipped } = readCalendar(text, reading);
    for (const says of skipped) notes.push({ about, says, todo: 'Write it in the file by hand.' });
    return events.flatMap((event) =>
      personOf(event).map((person) => ({
        from: event.start.getTime(),
        until: event.end.getTime(),
        level: above + levelOf(event.summary),
        person,
      })),
    );
  };
  const all = [...spansOf(primary, 0), ...spansOf(overrides, ABOVE)];
  return merged(
    pieces(all).map(({ from, until, active }) => {
      const top = Math.max(...active.map(({ level }) => level));
      return { from, until, people: inOrder(active.filter((it) => it.level === top).map((it) => it.person)) };
    }),
  );
}

const LEVEL = /^\s*\[L(\d+)\]/i;

function levelOf(title: string): number {
  return Number(LEVEL.exec(title)?.[1] ?? 0);
}

function peopleIn(users: readonly GrafanaUser[], people: Directory): (event: CalendarEvent) => PersonId[] {
  const byName = new Map(
    users.flatMap((it) => [it.username, it.email ?? ''].map((name) => [name.toLowerCase(), it.id] as const)),
  );
  byName.delete('');
  return ({ summary, emails }) => {
    const title = summary.replace(LEVEL, '').trim().toLowerCase();
    const named = byName.has(title) ? [title] : title.split(/[\s,;]+/).map((it) => it.replace(/^@/, ''));
    const ids = [...named, ...emails].flatMap((it) => byName.get(it) ?? []);
    return inOrder(ids.map((id) => people.personOf(id)));
  };
}
