import { shortName, type Severity } from '#src/incident/incident.ts';
import { MAX_LEVEL } from '#src/incident/lifecycle.ts';

import {
  done,
  endRound,
  goTo,
  move,
  nextLevel,
  nextRound,
  note,
  pageLevel,
  remember,
  startRound,
  unanswered,
  type Move,
} from './levels.ts';
import { policyOf, still, type Breach, type EscalationRun, type Outcome, type World } from './run.ts';
import { rest, wake } from './running.ts';
import { capital, clock, lasting, listed } from './words.ts';

const MINUTE = 60_000;

/**
 * A timer no later than this counts as on time: the level is reached when it was
 * due, so nothing drifts. It is half of the shortest window, so what follows can
 * never be due at once.
 */
export const ON_TIME_MS = 15_000;

/** Contracts 2.3, the column of the manager page: milliseconds from the incident's opening, or its reopening, while it is not resolved. */
export const MANAGER_AFTER: Readonly<Record<Severity, number | null>> = {
  P0: 30 * MINUTE,
  P1: 120 * MINUTE,
  P2: null,
  P3: null,
  P4: null,
};

/** Contracts 2.3: an acknowledgment that is late goes to level 2, a resolution that is late to level 3. */
const LEVEL_AFTER = { acknowledgment: 2, resolution: 3 } as const;

/**
 * The time at `nextAt` has come. Before that it changes nothing.
 *
 * A timer that is late (the program did not run, the clock jumped) pages the one
 * level that is due now, not all that were due meanwhile: those are passed over
 * and the room is told. The level it pages is reached now and has its whole
 * window. Catching up never goes beyond the last level of a round, so a run can
 * never come to its end without somebody being paged for it first.
 *
 * A clock that was set back would make a level wait for hours. Asked at a time
 * before the level was reached, its time begins now; so ask for every active run
 * at the start, and whenever a clock is seen to jump.
 */
export function timeUp(run: EscalationRun, world: World, at: Date): Outcome {
  const now = at.getTime();
  if (run.status === 'active' && run.levelReachedAt - now > ON_TIME_MS) return setBack(run, world, now);
  if (run.nextAt === null || now < run.nextAt) return still(run);
  const it = move(run, world);
  const due = onTime(run.nextAt, now);
  if (run.status === 'acknowledged') return lookAgain(it, now);
  if (run.status === 'snoozed') wake(it, due, `the snooze of ${shortName(run.incident)} is over`);
  else if (run.waitingFor === 'round') nextRound(it, due);
  else if (due === run.nextAt) goOn(it, due);
  else catchUp(it, run.nextAt, now);
  return done(it);
}

/** An alert of it fires though somebody has it: pages again where the policy says so and the time for that has come. */
export function stillFiring(run: EscalationRun, world: World, at: Date): Outcome {
  if (run.status !== 'acknowledged' || run.lookAt === null || at.getTime() < run.lookAt) return still(run);
  const it = move(run, world);
  wake(it, at.getTime(), firesStill(run));
  return done(it);
}

/**
 * A promise of contracts 2.3 is broken. A late acknowledgment goes to level 2 and
 * a late resolution to level 3 (or the last there is), the latter also where
 * somebody has it; the manager page goes to the policy's manager level beside
 * the rest, and moves nothing. P4 promises nothing. Snoozed, it raises the level
 * it wakes up at, and the managers wait for that: somebody has said that nobody need be paged before.
 */
export function slaBreached(run: EscalationRun, world: World, promise: Breach, at: Date): Outcome {
  const isOver = run.status === 'resolved' || run.status === 'cancelled';
  if (isOver || run.severity === 'P4' || run.breached.includes(promise)) return still(run);
  if (promise === 'acknowledgment' && run.status === 'acknowledged') return still(run);
  if (promise === 'manager' && run.status === 'snoozed') return still(run);
  const it = move({ ...run, breached: [...run.breached, promise] }, world);
  if (promise === 'manager') pageManagers(it, at.getTime());
  else raise(it, promise, at.getTime());
  return done(it);
}

/** When its policy's managers are to be paged, of an incident that was opened at this time, or reopened since; null: they are not, or were. */
export function managersDue(run: EscalationRun, openedAt: Date): Date | null {
  const after = MANAGER_AFTER[run.severity];
  const isOver = run.status === 'resolved' || run.status === 'cancelled';
  const isDone = isOver || run.breached.includes('manager');
  if (after === null || isDone || policyOf(run).managerLevel === null) return null;
  const due = Math.max(openedAt.getTime(), run.reopenedAt ?? 0) + after;
  return new Date(run.status === 'snoozed' ? Math.max(due, run.nextAt ?? due) : due);
}

function setBack(run: EscalationRun, world: World, now: number): Outcome {
  const it = move(run, world);
  const by = run.levelReachedAt - now;
  it.run.levelReachedAt = now;
  if (run.nextAt !== null) it.run.nextAt = run.nextAt - by;
  const text = `The clock was set back by ${lasting(by)}: the time of level ${run.level} of ${shortName(run.incident)} begins now.`;
  note(it, text);
  remember(it, 'changed', now, text);
  return done(it);
}

/** On time: from the level whose window is over to the next. */
function goOn(it: Move, due: number): void {
  goTo(it, it.run.level + 1, due, unanswered(it.run, due - it.run.levelReachedAt, it.world.resolve.nameOf));
}

function catchUp(it: Move, wanted: number, now: number): void {
  const { run } = it;
  const { levels } = policyOf(run);
  const passed: number[] = [];
  let due = nextLevel(run, run.level + 1, now);
  for (let reached = wanted; due !== null;) {
    const after = nextLevel(run, due + 1, now);
    reached += levels[due - 1]?.ackWindowMs ?? 0;
    if (after === null || reached > now) break;
    passed.push(due);
    due = after;
  }
  const late = `the time of level ${run.level} came ${lasting(now - wanted)} late for ${shortName(run.incident)}`;
  const over =
    passed.length === 0 ? '' : `; level ${listed(passed.map(String))} was due meanwhile and is passed over`;
  if (passed.length > 0 || now - wanted >= MINUTE) note(it, `${capital(late)}${over}.`, true);
  remember(it, 'passed', now, `${capital(late)}${over}.`);
  const because = `${unanswered(run, null, it.world.resolve.nameOf)} since ${clock(run.levelReachedAt)}`;
  if (due === null) endRound(it, wanted, now);
  else goTo(it, due, now, because);
}

function lookAgain(it: Move, now: number): Outcome {
  const { run } = it;
  const { unackAfterMs, resumeIfStillFiringAfterMs } = policyOf(run);
  const unackAt = unackAfterMs === null ? Infinity : run.touchedAt + unackAfterMs;
  const lookAt = run.lookAt ?? Infinity;
  if (lookAt <= now && lookAt < unackAt && it.world.isFiring) {
    wake(it, onTime(lookAt, now), firesStill(run));
    return done(it);
  }
  if (unackAfterMs !== null && unackAt <= now) {
    const idle = `nothing happened on ${shortName(run.incident)} for ${lasting(unackAfterMs)}`;
    wake(it, onTime(unackAt, now), idle);
    return done(it);
  }
  const every = resumeIfStillFiringAfterMs ?? MINUTE;
  if (lookAt <= now) run.lookAt = lookAt + every * (Math.floor((now - lookAt) / every) + 1);
  return rest(it);
}

/** When it counts as having come. */
function onTime(due: number, now: number): number {
  return now - due <= ON_TIME_MS ? due : now;
}

function raise(it: Move, promise: keyof typeof LEVEL_AFTER, now: number): void {
  const { run } = it;
  const wanted = Math.min(LEVEL_AFTER[promise], policyOf(run).levels.length);
  const because = `the ${promise} of ${shortName(run.incident)} is late`;
  run.incidentLevel = Math.min(MAX_LEVEL, Math.max(run.incidentLevel, LEVEL_AFTER[promise]));
  remember(it, 'changed', now, `${capital(because)}.`);
  if (run.status === 'snoozed') {
    run.level = Math.max(run.level, wanted);
    note(it, `${capital(because)}; it is snoozed, and wakes up at level ${run.level}.`);
  } else if (run.status === 'active') {
    if (wanted > run.level) goTo(it, wanted, now, because);
  } else if (promise === 'resolution') {
    Object.assign(run, { ackedBy: [], repeatCount: 0 });
    startRound(it, Math.max(wanted, run.level), now, because);
  }
}

function pageManagers(it: Move, now: number): void {
  const { run } = it;
  const level = policyOf(run).managerLevel;
  if (level === null) return;
  // Whoever is paged by that level now knows. An acknowledgment ends such pages, so they are told then; and that
  // they were told this is no page of that level.
  const { paged } = run;
  if (run.status !== 'active') run.paged = [];
  const failed = pageLevel(it, now, `${shortName(run.incident)} (${run.severity}) is not resolved`, level);
  run.paged = paged;
  const name = shortName(run.incident);
  const text = `The managers (level ${level}) of ${name} could not be reached: ${failed}.`;
  if (failed !== null) note(it, text, true);
  for (const [index, page] of it.pages.entries()) it.pages[index] = { ...page, isForManagers: true };
}

function firesStill({ incident, acknowledgedAt }: EscalationRun): string {
  const since = acknowledgedAt === null ? '' : ` since ${clock(acknowledgedAt)}`;
  return `${shortName(incident)} is acknowledged${since} and its alerts fire still`;
}
