import { bookOf } from '#src/engine/book.ts';
import type { Context } from '#src/engine/context.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { findGaps, type Gap } from '#src/oncall/gaps.ts';
import { onCallAt, type Duty, type OnCall } from '#src/oncall/on-call.ts';
import {
  nextHandoff,
  nextShiftOf,
  shiftOf,
  shiftsBetween,
  type Shift,
  type Span,
} from '#src/oncall/preview.ts';
import { qualityScore } from '#src/oncall/quality.ts';
import type { Override, Schedule } from '#src/oncall/schedule.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';

import type { NamedSchedule } from './directory.ts';

/** What commands may read of who is on call; the other half is in `look.ts`. */
type Eyes = Pick<Context, 'db' | 'now'>;

/** Who is on call by one schedule, and who is next. */
export interface Watch {
  readonly schedule: NamedSchedule;
  readonly now: OnCall;
  /** Who has it after the next change, and from when; null: nothing changes within 400 days. */
  readonly next: { readonly at: Date; readonly duty: OnCall } | null;
}

/** The names of all schedules, by their ids. */
export async function scheduleNames({ db, now }: Eyes): Promise<ReadonlyMap<string, string>> {
  const { schedules } = await bookOf({ db, now }, db);
  return new Map([...schedules].map(([id, { schedule }]) => [id, schedule.name]));
}

/** Which schedules are looked at: one, or the first so many of all by their ids. */
interface Wanted {
  readonly only?: string | undefined;
  readonly limit: number;
}

/** Who is on call now and next; and how many schedules there are that were not looked at. */
export async function watches(
  eyes: Eyes,
  wanted: Wanted,
): Promise<{ readonly watches: readonly Watch[]; readonly left: number }> {
  const now = eyes.now();
  const { found, left } = await schedulesIn(eyes, wanted);
  const all = found.map((it) => {
    const change = nextHandoff(it, now);
    return {
      schedule: named(it),
      now: onCallAt(it, now),
      next: change && { at: change.at, duty: onCallAt(it, change.at) },
    };
  });
  return { watches: all, left };
}

/** Who is on call by one schedule, from now on for `ms` milliseconds. */
export interface Rota {
  readonly schedule: NamedSchedule;
  readonly spans: readonly Span[];
}

export async function rotas(
  eyes: Eyes,
  ms: number,
  wanted: Wanted,
): Promise<{ readonly rotas: readonly Rota[]; readonly left: number }> {
  const from = eyes.now();
  const until = new Date(from.getTime() + ms);
  const { found, left } = await schedulesIn(eyes, wanted);
  return {
    rotas: found.map((it) => ({ schedule: named(it), spans: shiftsBetween(it, from, until) })),
    left,
  };
}

/** One schedule as it is, with what is to be known of its coming 30 days. */
export interface ScheduleView {
  readonly schedule: Schedule;
  readonly now: OnCall;
  readonly gaps: readonly Gap[];
  /** 0 to 100. */
  readonly score: number;
  /** Those that are not over, the first to begin first. */
  readonly overrides: readonly Override[];
}

const AHEAD_MS = 30 * 86_400_000;

/** Throws `not_found`. */
export async function scheduleAt(eyes: Eyes, id: string): Promise<ScheduleView> {
  const {
    found: [compiled],
  } = await schedulesIn(eyes, { only: id, limit: 1 });
  if (!compiled) throw new UserError('not_found', `There is no on-call schedule \`${id}\` any more.`);
  const now = eyes.now();
  const end = new Date(now.getTime() + AHEAD_MS);
  const { schedule } = compiled;
  return {
    schedule,
    now: onCallAt(compiled, now),
    gaps: findGaps(compiled, now, end),
    score: qualityScore(compiled, now, end).score,
    overrides: schedule.overrides
      .filter((it) => it.end > now)
      .toSorted((a, b) => a.start.getTime() - b.start.getTime()),
  };
}

/** All escalation policies, and the id of the one that is used where no other is for an incident. */
export async function policiesAt({
  db,
  now,
}: Eyes): Promise<{ readonly policies: readonly EscalationPolicy[]; readonly defaultPolicy: string | null }> {
  const { policies, defaultPolicy } = (await bookOf({ db, now }, db)).setup;
  return { policies, defaultPolicy };
}

/** What one person has to do with one schedule. */
export interface OwnShifts {
  readonly schedule: NamedSchedule;
  /** The shift that runs, and why it is theirs. */
  readonly current: { readonly shift: Shift; readonly why: Duty['why'] } | null;
  readonly next: Shift | null;
}

/** Of the schedules that come to this person within 400 days; and whether there is any schedule at all. */
export async function ownShifts(
  eyes: Eyes,
  person: PersonId,
): Promise<{ readonly shifts: readonly OwnShifts[]; readonly isSetUp: boolean }> {
  const now = eyes.now();
  const { found } = await schedulesIn(eyes, { limit: Infinity });
  const shifts = found
    .filter(({ schedule }) => isNamedIn(schedule, person))
    .map((it) => {
      const duty = onCallAt(it, now).people.find((held) => held.person === person);
      const shift = duty ? shiftOf(it, person, now) : null;
      return {
        schedule: named(it),
        current: duty && shift ? { shift, why: duty.why } : null,
        next: nextShiftOf(it, person, now),
      };
    });
  return { shifts: shifts.filter((it) => it.current ?? it.next), isSetUp: found.length > 0 };
}

/** Looking 400 days ahead is only worth it where somebody is named at all. */
function isNamedIn({ layers, temporaries, overrides }: Schedule, person: PersonId): boolean {
  const all = [...layers, ...temporaries.flatMap((it) => it.layers)];
  return (
    all.some(({ shifts }) => shifts.some((turn) => turn.includes(person))) ||
    overrides.some((it) => broughtIn(it).includes(person))
  );
}

function broughtIn(it: Override): readonly PersonId[] {
  if (it.kind === 'cover') return it.people;
  if (it.kind === 'replace') return [it.by];
  return it.kind === 'add' ? [it.person] : [];
}

async function schedulesIn(
  { db, now }: Eyes,
  { only, limit }: Wanted,
): Promise<{ readonly found: readonly CompiledSchedule[]; readonly left: number }> {
  const { schedules } = await bookOf({ db, now }, db);
  const all = [...schedules.values()].filter(({ schedule }) => only === undefined || schedule.id === only);
  const found = all.slice(0, limit);
  return { found, left: all.length - found.length };
}

function named({ schedule: { id, name } }: CompiledSchedule): NamedSchedule {
  return { id, name };
}
