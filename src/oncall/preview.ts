import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import { readerOf, type CompiledSchedule, type State } from './compile.ts';
import { onCallIn, within, type OnCall } from './on-call.ts';
import type { Held } from './overrides.ts';
import { DAY } from './wall.ts';

/** From `from` until before `until` the same people are on call for the same reasons. */
export interface Span extends OnCall {
  readonly from: Date;
  readonly until: Date;
}

export interface Handoff {
  readonly at: Date;
  readonly leaving: readonly PersonId[];
  readonly coming: readonly PersonId[];
}

export interface Shift {
  readonly from: Date;
  /** Null: it goes on for longer than was looked. */
  readonly until: Date | null;
}

/** So far is looked for the next hand-off or shift; what comes later is as good as never. */
const HORIZON = 400 * DAY;
/** The longest preview. */
const LONGEST = 800 * DAY;

/**
 * Who is on call from `from` until before `to`, without a hole: the people of
 * each span are those of `onCallAt` at every instant of it.
 * @throws UserError where that is no time or longer than 800 days.
 */
export function shiftsBetween(compiled: CompiledSchedule, from: Date, to: Date): Span[] {
  return statesBetween(compiled, from, to).map((state) => ({
    from: new Date(state.from),
    until: new Date(state.until),
    ...onCallIn(state),
  }));
}

/** The same in milliseconds of the epoch, for what counts with it. @throws UserError */
export function statesBetween(compiled: CompiledSchedule, from: Date, to: Date): State[] {
  const [begin, end] = [within(from), within(to)];
  if (begin >= end || end - begin > LONGEST) {
    throw new UserError(
      'bad_arguments',
      `Look from a time to a later one, at most ${LONGEST / DAY} days at once.`,
    );
  }
  return [...states(compiled, begin, end)];
}

/** When the people on call are others next, within 400 days of `after`; null: they stay. */
export function nextHandoff(compiled: CompiledSchedule, after: Date): Handoff | null {
  let before: readonly PersonId[] | undefined;
  for (const state of states(compiled, within(after), within(after) + HORIZON)) {
    const now = state.people.map(({ person }) => person);
    const leaving = (before ?? now).filter((it) => !now.includes(it));
    const coming = now.filter((it) => before !== undefined && !before.includes(it));
    if (leaving.length + coming.length > 0) return { at: new Date(state.from), leaving, coming };
    before = now;
  }
  return null;
}

/** The first shift of a person that begins after `after`, within 400 days of it; one that runs already does not count. */
export function nextShiftOf(compiled: CompiledSchedule, person: PersonId, after: Date): Shift | null {
  const start = within(after);
  // What runs at the beginning began before.
  let wasOn = true;
  for (const state of states(compiled, start, start + HORIZON)) {
    const isOn = has(state, person);
    if (isOn && !wasOn) return { from: new Date(state.from), until: endOf(compiled, person, state.from) };
    wasOn = isOn;
  }
  return null;
}

/** The shift that a person has at an instant, as long as it lasts without a break; null where there is none. */
export function shiftOf(compiled: CompiledSchedule, person: PersonId, at: Date): Shift | null {
  const instant = within(at);
  const read = readerOf(compiled);
  let state = read(instant);
  if (!has(state, person)) return null;
  let { from } = state;
  while (from > instant - HORIZON && has((state = read(from - 1)), person)) from = state.from;
  return { from: new Date(Math.max(from, instant - HORIZON)), until: endOf(compiled, person, instant) };
}

/** Stretches of which neighbours differ, in people or in why. */
function* states(compiled: CompiledSchedule, from: number, to: number): Generator<State> {
  const read = readerOf(compiled);
  let open: State | undefined;
  for (let at = from; at < to;) {
    const found = read(at);
    const state = { ...found, from: at, until: Math.min(found.until, to) };
    if (open && isSame(open, state)) open = joined(open, state);
    else {
      if (open) yield open;
      open = state;
    }
    at = state.until;
  }
  if (open) yield open;
}

function isSame(one: State, other: State): boolean {
  return (
    one.empty === other.empty &&
    isSameList(one.people, other.people) &&
    isSameList(one.shadows, other.shadows)
  );
}

/** A reason is made once for each layer and override, so it is compared as it is. */
function isSameList(one: readonly Held[], other: readonly Held[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ person, why }, index) => person === other[index]?.person && why === other[index].why)
  );
}

/** Turn after turn of the same person for the same reason is one shift. */
function joined(one: State, other: State): State {
  const longer = (held: readonly Held[], next: readonly Held[]) =>
    held.map((it, index) => ({ ...it, until: Math.max(it.until, next[index]?.until ?? 0) }));
  return {
    ...one,
    until: other.until,
    people: longer(one.people, other.people),
    shadows: longer(one.shadows, other.shadows),
  };
}

function endOf(compiled: CompiledSchedule, person: PersonId, from: number): Date | null {
  let end = from;
  for (const state of states(compiled, from, from + HORIZON)) {
    if (!has(state, person)) return new Date(end);
    end = state.until;
  }
  return null;
}

function has({ people }: State, person: PersonId): boolean {
  return people.some((it) => it.person === person);
}
