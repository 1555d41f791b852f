import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { nextShiftOf, shiftOf, type Shift } from '#src/oncall/preview.ts';

import type { Book } from './book.ts';
import type { Stretch } from './duty.ts';

/** Which shift of somebody is meant, or which part of it. All left out: the next one. */
export interface ShiftWanted {
  /** The shift that begins on this day, or else what lies within it of one that runs then. */
  readonly day: Stretch | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

interface Holder {
  readonly id: PersonId;
  readonly name: string;
}

/** What is meant of somebody's shifts, no part of which is over. @throws UserError where they are not on call then. */
export function partOf(
  compiled: CompiledSchedule,
  who: Holder,
  { day, from, to }: ShiftWanted,
  now: Date,
): Stretch {
  const { name } = compiled.schedule;
  const shift = day ? onDay(compiled, who.id, day) : shiftAt(compiled, who.id, from, now);
  if (!shift) {
    throw new UserError(
      'conflict',
      `${who.name} is not on call by ${name} then. Look with \`oncall\` who is when.`,
    );
  }
  const start = latest(shift.from, from ?? shift.from, now);
  const end = earliest(shift.until ?? to, to ?? shift.until);
  if (!end) throw new UserError('bad_arguments', `The shift of ${who.name} has no end. Say until when.`);
  if (end <= now) throw new UserError('bad_arguments', `That shift of ${who.name} is over.`);
  if (end <= start) {
    throw new UserError('bad_arguments', 'It would end before it begins. Say the day, like tomorrow 18:00.');
  }
  return { start, end };
}

/** The next shifts of somebody, within 400 days. */
export function nextShifts(
  compiled: CompiledSchedule,
  person: PersonId,
  after: Date,
  most: number,
): Stretch[] {
  const found: Stretch[] = [];
  for (let at = after; found.length < most;) {
    const next = nextShiftOf(compiled, person, at);
    if (!next?.until) break;
    found.push({ start: next.from, end: next.until });
    at = next.from;
  }
  return found;
}

/** The one schedule that both have a shift on. @throws UserError where there is none, or several. */
export function sharedBy({ schedules, nameOf }: Book, one: PersonId, other: PersonId, now: Date): string {
  const has = (it: CompiledSchedule, person: PersonId) => shiftAt(it, person, null, now) !== null;
  const shared = [...schedules.values()].filter((it) => has(it, one) && has(it, other));
  const [first, ...others] = shared;
  const name = nameOf({ kind: 'person', id: other });
  if (!first) {
    throw new UserError(
      'conflict',
      `There is no schedule on which both you and ${name} have a shift to come.`,
    );
  }
  if (others.length === 0) return first.schedule.id;
  const ids = shared.map(({ schedule }) => `\`${schedule.id}\``).join(', ');
  throw new UserError('bad_arguments', `You and ${name} are on several schedules. Say which one: ${ids}.`, {
    field: 'schedule',
  });
}

function shiftAt(compiled: CompiledSchedule, person: PersonId, from: Date | null, now: Date): Shift | null {
  if (from) return shiftOf(compiled, person, from);
  return nextShiftOf(compiled, person, now) ?? shiftOf(compiled, person, now);
}

function onDay(compiled: CompiledSchedule, person: PersonId, { start, end }: Stretch): Shift | null {
  const next = nextShiftOf(compiled, person, new Date(start.getTime() - 1));
  if (next && next.from < end) return next;
  const running = shiftOf(compiled, person, start);
  if (!running) return null;
  return { from: latest(running.from, start), until: earliest(running.until, end) };
}

function latest(...all: readonly Date[]): Date {
  return new Date(Math.max(...all.map(Number)));
}

function earliest(...all: readonly (Date | null)[]): Date | null {
  const known = all.filter((it) => it !== null);
  return known.length === 0 ? null : new Date(Math.min(...known.map(Number)));
}
