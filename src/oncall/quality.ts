import type { PersonId } from '#src/incident/person.ts';

import type { CompiledSchedule } from './compile.ts';
import { isAnyReachable } from './gaps.ts';
import { loadsOf, type Load } from './load.ts';
import { statesBetween } from './preview.ts';
import { DAY, MINUTE } from './wall.ts';

export interface Quality {
  /** 0 to 100: the weighted mean of the parts. */
  readonly score: number;
  readonly parts: readonly QualityPart[];
}

export interface QualityPart {
  readonly name: keyof typeof WEIGHTS;
  /** 0 to 100. */
  readonly score: number;
  readonly weight: number;
  /** What costs points; null where nothing does. */
  readonly says: string | null;
}

/** How much each part counts. Nobody to be woken is worse than all else together. */
const WEIGHTS = { cover: 50, reach: 20, load: 15, balance: 10, backup: 5 } as const;

/**
 * How good a schedule is between two times, as the README of this folder
 * reckons it. Times in which nobody is wanted cost points like any other gap.
 * @throws UserError as `shiftsBetween`
 */
export function qualityScore(
  compiled: CompiledSchedule,
  from: Date,
  to: Date,
  isReachable: (person: PersonId) => boolean = () => true,
): Quality {
  const states = statesBetween(compiled, from, to);
  const sum = (which: readonly { from: number; until: number }[]) =>
    which.reduce((total, it) => total + it.until - it.from, 0);
  const total = sum(states);
  const covered = states.filter((it) => it.people.length > 0);
  const reached = covered.filter((it) => isAnyReachable(it, isReachable));
  const backed = covered.filter((it) => it.people.length + it.shadows.length > 1);
  const loads = loadsOf(compiled, from, to);
  const uncovered = total - sum(covered);
  const unreached = sum(covered) - sum(reached);
  const ofCovered = (time: number) => (covered.length === 0 ? 0 : time / sum(covered));

  const parts: QualityPart[] = [
    part('cover', (sum(covered) / total) ** 3, `Nobody is on call for ${length(uncovered)}.`),
    part('reach', ofCovered(sum(reached)) ** 3, `Nobody on call can be reached for ${length(unreached)}.`),
    part('load', bearable(loads), loads.flatMap((it) => it.tooMuch).join(' ')),
    part('balance', balance(loads), balanceSays(loads)),
    part('backup', ofCovered(sum(backed)), 'Mostly a single person is on call, with nobody beside them.'),
  ];
  const score = parts.reduce((all, it) => all + it.score * it.weight, 0) / 100;
  // A hole that is small is one still.
  return { score: Math.min(Math.round(score), uncovered + unreached > 0 ? 99 : 100), parts };
}

function part(name: QualityPart['name'], of: number, says: string): QualityPart {
  const score = Math.round(of * 1000) / 10;
  return { name, score, weight: WEIGHTS[name], says: of < 1 ? says : null };
}

/** The share of people for whom it is not too much. */
function bearable(loads: readonly Load[]): number {
  return loads.length === 0 ? 0 : loads.filter((it) => it.tooMuch.length === 0).length / loads.length;
}

/** How much of the busiest person's hours the average person has. */
function balance(loads: readonly Load[]): number {
  const [most] = loads;
  if (!most) return 0;
  return loads.reduce((total, it) => total + it.hours, 0) / loads.length / most.hours;
}

function balanceSays(loads: readonly Load[]): string {
  const [most, least] = [loads[0], loads.at(-1)];
  if (!most || !least) return 'Nobody is on call.';
  return `${most.person} is on call for ${Math.round(most.hours)} hours, ${least.person} for ${Math.round(least.hours)}.`;
}

function length(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE);
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} days`;
  if (minutes >= 120) return `${Math.round(minutes / 60)} hours`;
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
