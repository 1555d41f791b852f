import { shortName } from '#src/incident/incident.ts';
import { MAX_LEVEL } from '#src/incident/lifecycle.ts';

import type { EscalationPolicy, Level, Target } from './policy.ts';
import { keyOf, reach, type Reached } from './reach.ts';
import {
  policyOf,
  urgencyOf,
  type EscalationRun,
  type HistoryEntry,
  type Note,
  type Outcome,
  type Page,
  type World,
} from './run.ts';
import { isWithin } from './windows.ts';
import { capital, clock, lasting, listed, named, type NameOf } from './words.ts';

/** A round that reached nobody does not come again before this: at the same instant it would reach the same nobody. */
const EMPTY_PAUSE_MS = 60_000;

/** The last entries of a run's history that are kept. */
const HISTORY = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A run on its way to the next state, and what it says on the way. */
export interface Move {
  readonly run: Mutable<EscalationRun>;
  readonly world: World;
  readonly pages: Page[];
  readonly notes: Note[];
}

export function move(run: EscalationRun, world: World): Move {
  return { run: { ...run, turns: latest(run.turns, world.turns ?? {}) }, world, pages: [], notes: [] };
}

export function done({ run, pages, notes }: Move): Outcome {
  return { run, pages, notes, nextAt: run.nextAt === null ? null : new Date(run.nextAt) };
}

export function note({ notes }: Move, text: string, isLoud = false): void {
  notes.push({ text, isLoud });
}

export function remember(
  { run }: Move,
  what: HistoryEntry['what'],
  at: number,
  text: string,
  to: readonly string[] = [],
): void {
  const entry = { at, what, cycle: run.cycle, level: run.level, to, text };
  run.history = [...run.history, entry].slice(-HISTORY);
}

/** A fresh round: whoever was paged in the last one may be paged again. */
export function startRound(it: Move, level: number, due: number, because: string, isAsked = false): void {
  it.run.status = 'active';
  it.run.cycle += 1;
  it.run.paged = [];
  it.run.acknowledgedAt = null;
  it.run.lookAt = null;
  goTo(it, level, due, because, isAsked);
}

/**
 * Reaches a level at `due` and pages it, or goes on from there at the same
 * instant while levels do not apply or reach nobody. A level that somebody
 * asked for is paged whether or not it applies.
 */
export function goTo(it: Move, from: number, due: number, because: string, isAsked = false): void {
  const { run } = it;
  const { levels } = policyOf(run);
  let cause = because;
  for (let number = from; number <= levels.length; number += 1) {
    const level = levels[number - 1];
    if (!level) break;
    const isOff = isAsked && number === from ? null : offReason(level, run, due);
    if (isOff) {
      remember(it, 'passed', due, `Level ${number} (${level.name}) was passed over: ${isOff}.`);
      continue;
    }
    Object.assign(run, { level: number, levelReachedAt: due, waitingFor: 'level' as const });
    run.incidentLevel = Math.max(run.incidentLevel, Math.min(MAX_LEVEL, number));
    const failed = pageLevel(it, due, cause);
    if (failed === null || level.whenEmpty === 'hold') {
      run.nextAt = due + level.ackWindowMs;
      if (failed !== null) noteEmpty(it, due, failed, `it waits until ${clock(run.nextAt)} all the same`);
      return;
    }
    noteEmpty(it, due, failed, whatNext(run, number + 1, due));
    cause = `level ${number} reached nobody`;
  }
  endRound(it, due, due);
}

/** The first level from `from` on that applies at that time, or null. */
export function nextLevel(run: EscalationRun, from: number, at: number): number | null {
  const { levels } = policyOf(run);
  const index = levels.findIndex((level, place) => place + 1 >= from && !offReason(level, run, at));
  return index < 0 ? null : index + 1;
}

/**
 * Pages a level: null, or why it reached nobody. What was paged at this level
 * in this round already is reached and is not paged again.
 */
export function pageLevel(it: Move, at: number, because: string, number = it.run.level): string | null {
  const policy = policyOf(it.run);
  const level = policy.levels[number - 1];
  if (!level) return 'there is no such level';
  const asked = level.strategy === 'all' ? everyTarget(it, level, at) : inTurn(it, policy, level, number, at);
  const missed = asked.filter(({ to }) => to.length === 0);
  if (missed.length === asked.length) return listed(missed.map(({ why }) => why));
  const name = shortName(it.run.incident);
  for (const { why } of missed) {
    note(it, `Level ${number} (${level.name}) of ${name} reached only some; nobody by ${why}.`);
  }
  const rule = `level ${number} (${level.name}) of policy ${policy.name}`;
  for (const reached of asked) pageAll(it, number, reached, at, `${capital(because)}, so ${rule} pages`);
  return null;
}

/** Pages whom a target came to; `opening` is the sentence up to the target. */
export function pageAll(it: Move, level: number, { to, why }: Reached, at: number, opening: string): void {
  const { run } = it;
  const fresh = to.filter((recipient) => !run.paged.includes(`${level} ${keyOf(recipient)}`));
  run.hasReached ||= to.length > 0;
  if (fresh.length === 0) return;
  const reason = `${opening} ${why}.`;
  const urgency = urgencyOf(run.severity);
  it.pages.push(...fresh.map((recipient) => ({ to: recipient, level, cycle: run.cycle, reason, urgency })));
  run.paged = [...run.paged, ...fresh.map((recipient) => `${level} ${keyOf(recipient)}`)];
  remember(it, 'paged', at, reason, fresh.map(keyOf));
}

/**
 * All levels had their time at `due`, and it is `now`: another round, the next
 * policy, or the end, which is never silent.
 */
export function endRound(it: Move, due: number, now: number): void {
  const { run } = it;
  const { repeat, name } = policyOf(run);
  if (run.repeatCount < repeat.times) {
    const isEmpty = run.paged.length === 0;
    const startsAt = due + (isEmpty ? Math.max(repeat.afterMs, EMPTY_PAUSE_MS) : repeat.afterMs);
    if (startsAt > now) {
      run.waitingFor = 'round';
      run.nextAt = startsAt;
      const text = `${shortName(run.incident)} reached nobody; it is tried again at ${clock(startsAt)}.`;
      if (isEmpty) note(it, text, true);
      return;
    }
    nextRound(it, now);
    return;
  }
  const next = run.plan[run.position + 1];
  if (!next) {
    complete(it, now);
    return;
  }
  Object.assign(run, { position: run.position + 1, repeatCount: 0 });
  note(it, `Policy ${name} is at its end for ${shortName(run.incident)}; policy ${next.name} goes on.`);
  startRound(it, 1, now, `policy ${name} is at its end without an answer`);
}

export function nextRound(it: Move, due: number): void {
  it.run.repeatCount += 1;
  const { repeat } = policyOf(it.run);
  startRound(
    it,
    1,
    due,
    `${unanswered(it.run, null, it.world.resolve.nameOf)} and round ${it.run.repeatCount} of ${repeat.times} begins`,
  );
}

/** A clause: nobody, or too few, acknowledged so far; or enough did, and the policy goes on regardless. */
export function unanswered(run: EscalationRun, withinMs: number | null = null, nameOf?: NameOf): string {
  const name = shortName(run.incident);
  const within = withinMs === null ? '' : ` within ${lasting(withinMs)}`;
  if (run.ackedBy.length === 0) return `nobody acknowledged ${name}${within}`;
  const by = named(run.ackedBy, nameOf);
  if (run.ackedBy.length < acksNeeded(run)) return `only ${by} acknowledged ${name}${within}`;
  return `${name} is acknowledged by ${by} and its policy goes on all the same`;
}

/** How many different people must acknowledge at the level it is at. */
export function acksNeeded(run: EscalationRun): number {
  return policyOf(run).levels[run.level - 1]?.acksNeeded ?? 1;
}

function complete(it: Move, at: number): void {
  const { run } = it;
  const name = shortName(run.incident);
  const isAnswered = run.ackedBy.length > 0 && run.ackedBy.length >= acksNeeded(run);
  const end = `policy ${policyOf(run).name} is at its end, and nobody is paged any more`;
  const so = run.hasReached
    ? unanswered(run, null, it.world.resolve.nameOf)
    : `${name} reached nobody at any level`;
  const text = capital(`${so}: ${end}${isAnswered ? '' : '. Take it, or escalate it to somebody'}.`);
  Object.assign(run, { status: 'completed' as const, nextAt: null });
  note(it, text, !isAnswered);
  remember(it, 'ended', at, text);
}

function everyTarget({ world }: Move, { targets }: Level, at: number): Reached[] {
  return targets.map((target) => reach(target, world.resolve, new Date(at)));
}

/** The one whose turn it is; one that reaches nobody gives its turn to the next. The last of the answer is the one reached. */
function inTurn(it: Move, policy: EscalationPolicy, level: Level, number: number, at: number): Reached[] {
  const key = `${policy.id}#${number}`;
  const turn = it.run.turns[key] ?? 0;
  const failed: Reached[] = [];
  for (let ahead = 0; ahead < level.targets.length; ahead += 1) {
    const target = level.targets[(turn + ahead) % level.targets.length] as Target;
    const reached = reach(target, it.world.resolve, new Date(at));
    if (reached.to.length > 0) {
      it.run.turns = { ...it.run.turns, [key]: turn + ahead + 1 };
      return [...failed, { to: reached.to, why: `${reached.why}, whose turn it is` }];
    }
    failed.push(reached);
  }
  return failed;
}

function noteEmpty(it: Move, at: number, failed: string, then: string): void {
  const { level, incident } = it.run;
  const name = policyOf(it.run).levels[level - 1]?.name ?? '';
  const text = `Level ${level} (${name}) of ${shortName(incident)} reached nobody: ${failed}; ${then}.`;
  note(it, text);
  remember(it, 'empty', at, text);
}

function whatNext(run: EscalationRun, from: number, at: number): string {
  const next = nextLevel(run, from, at);
  return next === null ? 'no level after it applies' : `went on to level ${next} at once`;
}

/** Why a level does not apply, as a clause, or null where it does. */
function offReason({ when }: Level, { severity }: EscalationRun, at: number): string | null {
  if (!when) return null;
  if (when.severity.length > 0 && !when.severity.includes(severity)) {
    return `it is for ${listed(when.severity, 'or')}, and this is ${severity}`;
  }
  if (when.hours && !isWithin(when.hours, new Date(at))) return `it is for other hours than ${clock(at)}`;
  return null;
}

function latest(
  own: Readonly<Record<string, number>>,
  kept: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const turns = Object.entries(kept).map(([key, turn]) => [key, Math.max(turn, own[key] ?? 0)] as const);
  return { ...own, ...Object.fromEntries(turns) };
}
