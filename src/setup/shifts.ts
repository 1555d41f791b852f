import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule, State } from '#src/oncall/compile.ts';
import { statesBetween } from '#src/oncall/preview.ts';
import { DAY } from '#src/oncall/wall.ts';
import { wallAt, zoneOf } from '#src/oncall/zone.ts';
import { lasting, listed } from '#src/paging/words.ts';

/** Whoever has a shift that soon may have planned with it. */
const SOON_DAYS = 14;
/** More people than these are not named one by one. */
const MOST = 8;

interface Moved {
  ms: number;
  first: number;
}

/** Who gets and who loses time on call in the next 14 days, as one sentence; none where nobody does. Null: no such schedule. */
export function shiftsThatMove(
  name: string,
  before: CompiledSchedule | null,
  after: CompiledSchedule | null,
  now: Date,
): string[] {
  const end = new Date(now.getTime() + SOON_DAYS * DAY);
  const statesOf = (it: CompiledSchedule | null) => (it ? statesBetween(it, now, end) : []);
  const [was, is] = [statesOf(before), statesOf(after)];
  const zone = (after ?? before)?.schedule.timezone ?? 'UTC';
  const gains = said(beyond(is, was), 'gets', zone);
  const losses = said(beyond(was, is), 'loses', zone);
  const all = [...losses, ...gains];
  const more = all.length > MOST ? [`${all.length - MOST} others too`] : [];
  if (all.length === 0) return [];
  return [`Schedule ${name}, next ${SOON_DAYS} days: ${listed([...all.slice(0, MOST), ...more])}.`];
}

/** How long each is on call in the one and not in the other, and since when. */
function beyond(one: readonly State[], other: readonly State[]): Map<PersonId, Moved> {
  const moved = new Map<PersonId, Moved>();
  let place = 0;
  for (const state of one) {
    for (let from = state.from; from < state.until;) {
      while ((other[place]?.until ?? Infinity) <= from) place += 1;
      const beside = other[place];
      const until = Math.min(state.until, beside?.until ?? Infinity);
      for (const { person } of state.people) {
        if (beside?.people.some((it) => it.person === person)) continue;
        const known = moved.get(person) ?? { ms: 0, first: from };
        known.ms += until - from;
        moved.set(person, known);
      }
      from = until;
    }
  }
  return moved;
}

function said(moved: ReadonlyMap<PersonId, Moved>, verb: string, timezone: string): string[] {
  const zone = zoneOf(timezone);
  return [...moved]
    .toSorted(([, a], [, b]) => a.first - b.first)
    .map(([person, { ms, first }]) => {
      const wall = new Date(wallAt(zone, first)).toISOString().slice(0, 16).replace('T', ' ');
      return `${person} ${verb} ${lasting(ms)} (from ${wall} ${timezone})`;
    });
}
