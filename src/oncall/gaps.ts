import type { PersonId } from '#src/incident/person.ts';

import type { CompiledSchedule, Empty, State } from './compile.ts';
import { statesBetween } from './preview.ts';

export interface Gap {
  readonly from: Date;
  readonly until: Date;
  readonly why: Empty;
}

/** When nobody is on call, from `from` until before `to`. @throws UserError as `shiftsBetween` */
export function findGaps(compiled: CompiledSchedule, from: Date, to: Date): Gap[] {
  return statesBetween(compiled, from, to).flatMap((it) =>
    it.empty ? [{ from: new Date(it.from), until: new Date(it.until), why: it.empty }] : [],
  );
}

export interface Unreachable {
  readonly person: PersonId;
  readonly from: Date;
  readonly until: Date;
  /** True where somebody is on call beside them who can be reached. */
  readonly hasBackup: boolean;
}

/**
 * When somebody is on call who cannot be reached, in order of time.
 * @param isReachable what the caller knows of contacts
 * @throws UserError as `shiftsBetween`
 */
export function findUnreachable(
  compiled: CompiledSchedule,
  from: Date,
  to: Date,
  isReachable: (person: PersonId) => boolean,
): Unreachable[] {
  const found: Unreachable[] = [];
  const running = new Map<PersonId, number>();
  for (const state of statesBetween(compiled, from, to)) {
    const hasBackup = isAnyReachable(state, isReachable);
    for (const { person } of state.people.filter((it) => !isReachable(it.person))) {
      const before = running.get(person);
      const last = before === undefined ? undefined : found[before];
      const until = new Date(state.until);
      if (before !== undefined && last?.until.getTime() === state.from && last.hasBackup === hasBackup) {
        found[before] = { ...last, until };
      } else {
        running.set(person, found.length);
        found.push({ person, from: new Date(state.from), until, hasBackup });
      }
    }
  }
  return found;
}

export function isAnyReachable({ people }: State, isReachable: (person: PersonId) => boolean): boolean {
  return people.some(({ person }) => isReachable(person));
}
