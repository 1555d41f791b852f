import type { PersonId } from '#src/incident/person.ts';
import { zoneOf, type Zone } from '#src/oncall/zone.ts';

import type { Asked, CarriedSchedule, Reason } from './carried.ts';
import { DAY, MINUTE, samePeople, within, type Duty, type Span } from './spans.ts';
import { dutiesOf } from './temporaries.ts';

/** A stretch in which others are on call here than there. */
export interface Difference {
  readonly from: Date;
  readonly until: Date;
  readonly theirs: readonly PersonId[];
  readonly ours: readonly PersonId[];
  /** A sentence. */
  readonly likelyWhy: string;
}

export interface ScheduleEquality {
  /** Its id. */
  readonly schedule: string;
  readonly as: CarriedSchedule['as'];
  /** What was compared; null: the export does not say who was on call, so nothing is proven. */
  readonly compared: { readonly from: Date; readonly until: Date } | null;
  /** Minutes that were asked for, that could be compared, and of these the ones with the same people. */
  readonly asked: number;
  readonly minutes: number;
  readonly same: number;
  readonly differences: readonly Difference[];
}

/**
 * Who is on call by our schedule and by their own account, compared at every
 * instant: from hand-off to hand-off, so nothing between two minutes is missed.
 */
export function equalityOf(carried: CarriedSchedule, { from, days }: Asked): ScheduleEquality {
  const { schedule, as, rendered } = carried;
  const begin = from ?? rendered?.from ?? 0;
  const asked = { schedule: schedule.id, as, asked: (days * DAY) / MINUTE };
  const nothing = { ...asked, compared: null, minutes: 0, same: 0, differences: [] };
  if (!rendered) return nothing;
  const stretch = {
    from: Math.max(begin, rendered.from),
    until: Math.min(begin + days * DAY, rendered.until),
  };
  if (stretch.from >= stretch.until) return nothing;
  const pairs = pairsOf(rendered.duties, dutiesOf(schedule, stretch), stretch);
  const different = joined(pairs.filter((it) => it.theirs.join(' ') !== it.ours.join(' ')));
  const zone = zoneOf(schedule.timezone);
  const lost = different.reduce((sum, it) => sum + it.until - it.from, 0);
  return {
    ...asked,
    compared: { from: new Date(stretch.from), until: new Date(stretch.until) },
    minutes: (stretch.until - stretch.from) / MINUTE,
    same: (stretch.until - stretch.from - lost) / MINUTE,
    differences: different.map((it) => ({
      ...it,
      from: new Date(it.from),
      until: new Date(it.until),
      likelyWhy: likelyWhy(it, carried.reasons, zone, stretch.from),
    })),
  };
}

/** True where all of the time that was asked for was compared with more than a copy, and nothing differs. */
export function isProven({ as, compared, minutes, asked, same }: ScheduleEquality): boolean {
  return compared !== null && as !== 'copied' && minutes === asked && same === minutes;
}

interface Pair extends Span {
  readonly theirs: readonly PersonId[];
  readonly ours: readonly PersonId[];
}

/** Both lists are in order and do not overlap, so one walk over both is enough. */
function pairsOf(theirs: readonly Duty[], ours: readonly Duty[], stretch: Span): Pair[] {
  const [one, other] = [within(theirs, stretch), within(ours, stretch)];
  const cuts = new Set([stretch.from, stretch.until]);
  for (const { from, until } of [...one, ...other]) cuts.add(from).add(until);
  const marks = [...cuts].toSorted((a, b) => a - b);
  const [theirAt, ourAt] = [walking(one), walking(other)];
  return marks.slice(0, -1).map((from, index) => ({
    from,
    until: marks[index + 1] ?? from,
    theirs: theirAt(from),
    ours: ourAt(from),
  }));
}

/** Asked for instants in order. */
function walking(duties: readonly Duty[]): (instant: number) => readonly PersonId[] {
  let place = 0;
  return (instant) => {
    while ((duties[place]?.until ?? Infinity) <= instant) place += 1;
    const duty = duties[place];
    return duty && duty.from <= instant ? duty.people : [];
  };
}

function joined(pairs: readonly Pair[]): Pair[] {
  const found: Pair[] = [];
  for (const next of pairs) {
    const last = found.at(-1);
    const goesOn =
      last?.until === next.from &&
      samePeople({ people: last.theirs }, { people: next.theirs }) &&
      samePeople({ people: last.ours }, { people: next.ours });
    if (last && goesOn) found.splice(-1, 1, { ...last, until: next.until });
    else found.push(next);
  }
  return found;
}

/** No change of clocks moves them further. */
const LONGEST_CHANGE = 3 * 60 * MINUTE;

function likelyWhy(pair: Pair, reasons: readonly Reason[], zone: Zone, begin: number): string {
  const known = reasons.find((it) => it.from < pair.until && it.until > pair.from);
  if (known) return known.why;
  const isShort = pair.until - pair.from <= LONGEST_CHANGE;
  const change = zone.from.findLast((it) => it >= begin - DAY && it <= pair.until + DAY);
  if (isShort && change !== undefined) {
    return `The clocks of ${zone.id} change at ${new Date(change).toISOString()}: here a hand-off takes place when the clocks show its time, before and after.`;
  }
  if (pair.ours.length === 0) {
    return 'Nothing in the export puts anybody on call then: an override, a swap or a layer is not in it. Export everything at the same time.';
  }
  if (pair.theirs.length === 0) {
    return 'The export puts somebody on call then, and nobody was: the shift was taken away after the rest was exported, or in a way the export does not show.';
  }
  return 'By their own account somebody else was on call: an override or a swap that is not in the export, or one that was made between two parts of it.';
}
