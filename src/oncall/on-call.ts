import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import { readerOf, type CompiledSchedule, type Empty, type State } from './compile.ts';
import type { Held, Why } from './overrides.ts';
import { YEARS } from './wall.ts';

/** Somebody on call: the shift's begin, the first instant after it, and the layer or override that says so. */
export interface Duty {
  readonly person: PersonId;
  readonly from: Date;
  readonly until: Date;
  readonly why: Why;
}

export interface OnCall {
  /** Those who are responsible, the first of the first layer first. */
  readonly people: readonly Duty[];
  /** Those who are told along and learn. */
  readonly shadows: readonly Duty[];
  /** Why there are no people; null where there are. */
  readonly empty: Empty | null;
}

/** @throws UserError where the instant is out of reach. */
export function onCallAt(compiled: CompiledSchedule, at: Date): OnCall {
  return onCallIn(readerOf(compiled)(within(at)));
}

export function onCallIn({ people, shadows, empty }: State): OnCall {
  return { people: people.map(dutyOf), shadows: shadows.map(dutyOf), empty };
}

/** An instant in milliseconds of the epoch. @throws UserError where zones are not known that far. */
export function within(at: Date): number {
  const instant = at.getTime();
  if (instant >= Date.UTC(YEARS.first, 0, 1) && instant < Date.UTC(YEARS.last + 1, 0, 1)) return instant;
  throw new UserError(
    'bad_arguments',
    `Who is on call is known for the years ${YEARS.first} to ${YEARS.last}. Ask for a time within them.`,
  );
}

function dutyOf({ person, from, until, why }: Held): Duty {
  return { person, from: new Date(from), until: new Date(until), why };
}
