import { UserError } from '#src/errors.ts';
import { rank, shortName, type Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import { acksNeeded, done, move, note, pageAll, remember, startRound, type Move } from './levels.ts';
import { LIMITS } from './limits.ts';
import { saidTarget } from './policy.ts';
import type { Recipient } from './reach.ts';
import {
  policyOf,
  still,
  urgencyOf,
  type EscalationRun,
  type Outcome,
  type RunFacts,
  type World,
} from './run.ts';
import { capital, clock, count, lasting, named, type NameOf } from './words.ts';

/**
 * What can happen to a run beside its time (`times.ts`). Each takes the run as
 * it is and gives it as it shall be, with whom to page and what the room is
 * told. What was done already, or is not for a run in this state, changes
 * nothing, so each may be asked twice.
 */

/** The first level is paged at `at`; the policy is kept as it now is. */
export function begin({ incident, severity, plan, at }: RunFacts, world: World): Outcome {
  const now = at.getTime();
  const it = move(
    {
      incident,
      severity,
      plan,
      position: 0,
      status: 'active',
      cycle: 0,
      level: 1,
      startedAt: now,
      levelReachedAt: now,
      nextAt: null,
      waitingFor: 'level',
      ackedBy: [],
      acknowledgedAt: null,
      touchedAt: now,
      lookAt: null,
      repeatCount: 0,
      turns: {},
      incidentLevel: 1,
      paged: [],
      hasReached: false,
      breached: [],
      history: [],
    },
    world,
  );
  startRound(it, 1, now, `${shortName(incident)} is ${severity}`);
  return done(it);
}

/** Somebody has it. Stops the paging where enough different people said so and the policy stops on it. */
export function acknowledged(run: EscalationRun, by: PersonId, at: Date, nameOf?: NameOf): Outcome {
  const policy = policyOf(run);
  if (run.status === 'resolved' || run.status === 'cancelled') return still(run);
  if (run.status === 'acknowledged' && run.ackedBy.includes(by)) return still(run);
  const it = silent(run);
  const now = at.getTime();
  const isNew = !run.ackedBy.includes(by);
  if (isNew) it.run.ackedBy = [...run.ackedBy, by];
  it.run.touchedAt = now;
  const missing = acksNeeded(run) - it.run.ackedBy.length;
  const stops = policy.stopOnAck || run.status === 'completed';
  if (run.status === 'acknowledged') return rest(it);
  if (missing > 0 || !stops) {
    if (!isNew) return still(run);
    const goesOn =
      missing > 0
        ? `${count(missing, 'more person', 'more people')} must`
        : `policy ${policy.name} goes on all the same`;
    const text = `${named([by], nameOf)} acknowledged ${shortName(run.incident)}; ${goesOn}.`;
    note(it, text);
    remember(it, 'acknowledged', now, text);
    return done(it);
  }
  const resume = policy.resumeIfStillFiringAfterMs;
  Object.assign(it.run, {
    status: 'acknowledged' as const,
    acknowledgedAt: now,
    lookAt: resume === null ? null : now + resume,
  });
  remember(
    it,
    'acknowledged',
    now,
    `${named(it.run.ackedBy, nameOf)} acknowledged ${shortName(run.incident)}.`,
  );
  return rest(it);
}

/** Somebody has it, and it needs no higher level any more. */
export function deescalated(run: EscalationRun, by: PersonId, at: Date, nameOf?: NameOf): Outcome {
  return acknowledged(run.incidentLevel === 1 ? run : { ...run, incidentLevel: 1 }, by, at, nameOf);
}

/** The acknowledgment is given back: the level it is at is paged again, and its time begins anew. */
export function unacknowledged(run: EscalationRun, world: World, by: PersonId, at: Date): Outcome {
  if (run.status === 'active' && run.ackedBy.includes(by)) return fewer(run, by, at, world.resolve.nameOf);
  if (run.status !== 'acknowledged') return still(run);
  const it = move(run, world);
  wake(
    it,
    at.getTime(),
    `${named([by], world.resolve.nameOf)} gave back the acknowledgment of ${shortName(run.incident)}`,
  );
  return done(it);
}

/** Something was done on the incident: the time after which it un-acknowledges counts from here. */
export function touched(run: EscalationRun, at: Date): Outcome {
  if (run.status !== 'acknowledged' || at.getTime() <= run.touchedAt) return still(run);
  const it = silent(run);
  it.run.touchedAt = at.getTime();
  return rest(it);
}

/**
 * Who was told of it quietly is paged again where it is now worth waking
 * somebody; no level's time moves by that. What got worse wakes a snoozed run
 * and begins again one that had come to its end.
 */
export function severityChanged(run: EscalationRun, world: World, severity: Severity, at: Date): Outcome {
  if (severity === run.severity) return still(run);
  const it = move({ ...run, severity }, world);
  const now = at.getTime();
  const because = `${shortName(run.incident)} went from ${run.severity} to ${severity}`;
  remember(it, 'changed', now, `${because}.`);
  if (rank(severity) > rank(run.severity)) return done(it);
  if (run.status === 'snoozed') wake(it, now, because);
  else if (run.status === 'completed') {
    Object.assign(it.run, { ackedBy: [], repeatCount: 0 });
    startRound(it, 1, now, because);
  } else if (run.status === 'active' && urgencyOf(run.severity) !== urgencyOf(severity)) {
    const before = run.paged.filter((key) => key.startsWith(`${run.level} `)).map(recipientOf);
    Object.assign(it.run, { cycle: run.cycle + 1, paged: [] });
    const opening = `${capital(because)}, so level ${run.level} of policy ${policyOf(run).name} pages again`;
    for (const to of before) {
      pageAll(it, run.level, { to: [to], why: saidTarget(to, world.resolve.nameOf) }, now, opening);
    }
  }
  return done(it);
}

export function resolved(run: EscalationRun, at: Date): Outcome {
  return run.status === 'resolved' ? still(run) : stop(run, 'resolved', at, 'was resolved');
}

/** Taken off by command: nobody is paged for it any more, by whatever time. */
export function cancelled(run: EscalationRun, by: PersonId, at: Date): Outcome {
  const isOver = run.status === 'resolved' || run.status === 'cancelled';
  return isOver ? still(run) : stop(run, 'cancelled', at, `is not paged any more: ${by} said so`);
}

/** The work begins again at the first line, with the first policy of the plan. */
export function reopened(run: EscalationRun, world: World, at: Date): Outcome {
  if (run.status !== 'resolved') return still(run);
  const it = move(run, world);
  Object.assign(it.run, {
    position: 0,
    ackedBy: [],
    repeatCount: 0,
    breached: [],
    incidentLevel: 1,
    hasReached: false,
    reopenedAt: at.getTime(),
  });
  startRound(it, 1, at.getTime(), `${shortName(run.incident)} was reopened`);
  return done(it);
}

/**
 * Another plan from here on, or the same from its first policy where it handed on. One that pages, or had come to its end, begins at
 * the first level of it; one that is acknowledged or snoozed keeps quiet, and
 * goes by the new plan when it wakes.
 */
export function replan(run: EscalationRun, world: World, plan: EscalationRun['plan'], at: Date): Outcome {
  const now = at.getTime();
  const because = `${shortName(run.incident)} goes by policy ${plan[0].name} now`;
  const isSame = JSON.stringify(plan) === JSON.stringify(run.plan);
  const isDone =
    run.position === 0 || run.history.some((one) => one.at === now && one.text === `${because}.`);
  if (isSame && isDone) return still(run);
  const it = move(run, world);
  Object.assign(it.run, {
    plan,
    position: 0,
    repeatCount: 0,
    level: Math.min(run.level, plan[0].levels.length),
  });
  remember(it, 'changed', now, `${because}.`);
  if (run.status === 'active' || run.status === 'completed') startRound(it, 1, now, because);
  if (run.status !== 'acknowledged') return done(it);
  const resume = plan[0].resumeIfStillFiringAfterMs;
  it.run.lookAt = resume === null ? null : Math.max(now, (run.acknowledgedAt ?? now) + resume);
  return rest(it);
}

/** Nobody is paged until then, and then its level is paged again. Throws where `until` is past or more than 7 days off. */
export function snooze(run: EscalationRun, until: Date, by: PersonId, at: Date, nameOf?: NameOf): Outcome {
  const ms = until.getTime() - at.getTime();
  if (run.status === 'snoozed' && run.nextAt === until.getTime()) return still(run);
  if (!(ms > 0 && ms <= LIMITS.snoozeMs)) {
    throw new UserError(
      'bad_arguments',
      `Snooze it for some time up to ${lasting(LIMITS.snoozeMs)} from now.`,
    );
  }
  if (run.status === 'resolved' || run.status === 'cancelled') return still(run);
  const it = silent(run);
  Object.assign(it.run, {
    status: 'snoozed' as const,
    nextAt: until.getTime(),
    acknowledgedAt: null,
    lookAt: null,
  });
  const text = `${named([by], nameOf)} snoozed ${shortName(run.incident)}: nobody is paged until ${clock(until)}.`;
  note(it, text);
  remember(it, 'changed', at.getTime(), text);
  return done(it);
}

/** Back to work: the level it is at is paged in a new round, whoever acknowledged it before. */
export function wake(it: Move, at: number, because: string): void {
  Object.assign(it.run, { ackedBy: [], repeatCount: 0 });
  note(it, `${capital(because)}: it is paged again.`);
  startRound(it, Math.max(1, it.run.level), at, because);
}

/** As acknowledged, with the time at which to look again. */
export function rest(it: Move): Outcome {
  const { unackAfterMs } = policyOf(it.run);
  const ends = [it.run.lookAt, unackAfterMs === null ? null : it.run.touchedAt + unackAfterMs];
  const known = ends.filter((end) => end !== null);
  it.run.nextAt = known.length === 0 ? null : Math.min(...known);
  return done(it);
}

/** A step in which nobody is looked up. */
export function silent(run: EscalationRun): Move {
  return move(run, { resolve: () => ({ people: [], why: '' }) });
}

/** It pages still, because more people are needed: one of those who said so takes it back. */
function fewer(run: EscalationRun, by: PersonId, at: Date, nameOf: NameOf | undefined): Outcome {
  const it = silent(run);
  it.run.ackedBy = run.ackedBy.filter((person) => person !== by);
  const text = `${named([by], nameOf)} gave back the acknowledgment of ${shortName(run.incident)}.`;
  note(it, text);
  remember(it, 'changed', at.getTime(), text);
  return done(it);
}

function stop(run: EscalationRun, status: 'resolved' | 'cancelled', at: Date, how: string): Outcome {
  const it = silent(run);
  Object.assign(it.run, { status, nextAt: null, acknowledgedAt: null, lookAt: null });
  remember(it, 'ended', at.getTime(), `${shortName(run.incident)} ${how}.`);
  return done(it);
}

function recipientOf(key: string): Recipient {
  const [kind = '', ...id] = key.slice(key.indexOf(' ') + 1).split(':');
  return { kind, id: id.join(':') } as Recipient;
}
