import type { PersonId } from '#src/incident/person.ts';

import { compileSchedule, readerOf, type CompiledSchedule } from './compile.ts';
import { onCallAt, type Duty } from './on-call.ts';
import { shiftOf } from './preview.ts';
import type { HandoffRules, Hold, Schedule } from './schedule.ts';
import { DAY, HOUR, MINUTE } from './wall.ts';

/** Both people are told in chat, nothing has to be accepted, and one reminder comes in time to charge a telephone. */
export const HANDOFF_DEFAULTS: HandoffRules = {
  rooms: [],
  acceptance: false,
  grace: 15 * MINUTE,
  backup: null,
  reminders: [12 * HOUR],
  lookAhead: true,
  warnBefore: DAY,
};

export function handoffRules({ handoff }: Schedule): HandoffRules {
  return handoff ?? HANDOFF_DEFAULTS;
}

/** Who is on call others than who was. */
export interface Moved {
  /** When it became so, as the schedule now is; where it was so before, when it was noticed. */
  readonly at: Date;
  readonly leaving: readonly PersonId[];
  readonly coming: readonly PersonId[];
}

/**
 * What has changed since somebody last looked: however many hand-offs were missed, it is one, and true.
 * Null where the same people are on call.
 * @param since when they looked
 */
export function movedSince(
  compiled: CompiledSchedule,
  before: readonly PersonId[],
  { since, now }: { readonly since: Date; readonly now: Date },
): Moved | null {
  const people = peopleAt(compiled, now);
  const leaving = before.filter((it) => !people.includes(it));
  const coming = people.filter((it) => !before.includes(it));
  if (leaving.length + coming.length === 0) return null;
  return { at: lastChange(compiled, people, { since, now }), leaving, coming };
}

/** Those who are responsible, in order. */
export function peopleAt(compiled: CompiledSchedule, at: Date): PersonId[] {
  return onCallAt(compiled, at).people.map(({ person }) => person);
}

/** A hold lasts no longer than that; then the shift is handed over anew. */
const LONGEST_HOLD = 30 * DAY;

/**
 * Whose shift stays with whom: the first who comes takes over from the first who leaves, and so on. Who
 * follows on nobody, or on one who was taken off, has the shift by the clock, and so has who put themselves on call.
 */
export function holdsFor(
  compiled: CompiledSchedule,
  { at, leaving, coming }: Moved,
  now: Date,
): readonly Omit<Hold, 'id'>[] {
  const { people } = onCallAt(compiled, now);
  return coming.flatMap((person, index) => {
    const by = leaving[index];
    const duty = people.find((it) => it.person === person);
    if (by === undefined || !duty || isOwnWish(duty) || isTakenOff(compiled, by, now)) return [];
    const latest = new Date(now.getTime() + LONGEST_HOLD);
    const until = shiftOf(compiled, person, now)?.until ?? latest;
    return [{ person, by, start: at, end: until < latest ? until : latest }];
  });
}

/** Those of the holds by which somebody is on call now; the others hold nothing any more. */
export function holding(compiled: CompiledSchedule, now: Date): readonly Hold[] {
  const { people } = onCallAt(compiled, now);
  return (compiled.schedule.holds ?? []).filter((hold) =>
    people.some(({ why }) => why.kind === 'override' && why.id === hold.id),
  );
}

/** The schedule with these holds in place of its own. */
export function withHolds(compiled: CompiledSchedule, holds: readonly Hold[]): CompiledSchedule {
  const { holds: _, ...schedule } = compiled.schedule;
  return compileSchedule(holds.length === 0 ? schedule : { ...schedule, holds });
}

function isTakenOff({ overrides }: CompiledSchedule, person: PersonId, now: Date): boolean {
  const at = now.getTime();
  return overrides.some(
    ({ from, until, override: it }) =>
      it.kind === 'remove' && it.person === person && from <= at && at < until,
  );
}

function isOwnWish({ person, why }: Duty): boolean {
  return why.kind === 'override' && why.createdBy === person;
}

function lastChange(
  compiled: CompiledSchedule,
  people: readonly PersonId[],
  { since, now }: { readonly since: Date; readonly now: Date },
): Date {
  const read = readerOf(compiled);
  let { from } = read(now.getTime());
  while (from > since.getTime()) {
    const before = read(from - 1);
    const others = before.people.map(({ person }) => person);
    if (!isSameSet(others, people)) return new Date(from);
    ({ from } = before);
  }
  return now;
}

function isSameSet(one: readonly PersonId[], other: readonly PersonId[]): boolean {
  return one.length === other.length && one.every((it) => other.includes(it));
}
