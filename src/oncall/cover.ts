import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { CompiledSchedule, State } from './compile.ts';
import { statesBetween } from './preview.ts';
import type { Override, Schedule } from './schedule.ts';
import { validateSchedule } from './validate.ts';

/** `by` stands in for `person` from `start` until before `end`. */
export interface Cover {
  readonly id: string;
  readonly person: PersonId;
  readonly by: PersonId;
  readonly start: Date;
  readonly end: Date;
  readonly reason: string | null;
  readonly createdBy: PersonId;
}

/** The parts of two people that they exchange; each has an id for the override it becomes. */
export interface Swap {
  readonly one: Pick<Cover, 'id' | 'person' | 'start' | 'end'>;
  readonly other: Pick<Cover, 'id' | 'person' | 'start' | 'end'>;
  readonly reason: string | null;
  readonly createdBy: PersonId;
}

/**
 * The override by which somebody takes over a shift or a part of it, no longer
 * than the shift. It holds wherever `person` would be on call, so it follows
 * later edits of the schedule.
 * @throws UserError where `person` is not on call then, or `by` is already; `nameOf` is what it calls them
 */
export function coverWith(
  compiled: CompiledSchedule,
  cover: Cover,
  nameOf: (id: PersonId) => string = (id) => id,
): Override {
  const { id, person, by, reason, createdBy } = cover;
  if (person === by) {
    throw new UserError('bad_arguments', `${nameOf(by)} has that shift already. Name another person.`);
  }
  const states = statesBetween(compiled, cover.start, cover.end);
  const first = states.find((it) => isOn(it, person));
  const last = states.findLast((it) => isOn(it, person));
  if (!first || !last) {
    throw new UserError(
      'conflict',
      `${nameOf(person)} is not on call between ${said(cover.start)} and ${said(cover.end)}, so there is nothing to take over.`,
    );
  }
  const both = states.find((it) => isOn(it, person) && isOn(it, by));
  if (both) {
    throw new UserError(
      'conflict',
      `${nameOf(by)} is on call too at ${said(new Date(both.from))}, and cannot stand in for ${nameOf(person)}. Name another person or time.`,
    );
  }
  const [start, end] = [new Date(first.from), new Date(last.until)];
  return { kind: 'replace', id, person, by, start, end, reason, createdBy };
}

/**
 * The two overrides by which two people exchange shifts, or parts of them.
 * @throws UserError where one of them is not on call in their part, or the parts overlap
 */
export function swap(
  compiled: CompiledSchedule,
  { one, other, ...rest }: Swap,
  nameOf?: (id: PersonId) => string,
): [Override, Override] {
  if (one.start < other.end && other.start < one.end) {
    throw new UserError('conflict', 'The two parts overlap. Swap shifts that come one after the other.');
  }
  return [
    coverWith(compiled, { ...one, by: other.person, ...rest }, nameOf),
    coverWith(compiled, { ...other, by: one.person, ...rest }, nameOf),
  ];
}

/** The schedule with more overrides. @throws UserError where they contradict others or each other */
export function withOverrides(schedule: Schedule, added: readonly Override[]): Schedule {
  const changed = { ...schedule, overrides: [...schedule.overrides, ...added] };
  validateSchedule(changed);
  return changed;
}

/** Whether somebody is on call all that time. */
export function isOnThroughout(
  compiled: CompiledSchedule,
  { person, start, end }: Pick<Cover, 'person' | 'start' | 'end'>,
): boolean {
  return statesBetween(compiled, start, end).every((it) => isOn(it, person));
}

function isOn({ people }: State, person: PersonId): boolean {
  return people.some((it) => it.person === person);
}

function said(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
}
