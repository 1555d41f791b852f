import { UserError } from '#src/errors.ts';
import { shortName } from '#src/incident/incident.ts';
import { MAX_LEVEL } from '#src/incident/lifecycle.ts';
import type { PersonId } from '#src/incident/person.ts';

import { done, goTo, move, note, pageAll, remember, startRound, type Move } from './levels.ts';
import { LIMITS } from './limits.ts';
import { saidTarget, type Target } from './policy.ts';
import { reach } from './reach.ts';
import { policyOf, still, type EscalationRun, type Outcome, type World } from './run.ts';
import { count, named } from './words.ts';

/**
 * By command: to a level of the policy at work, paged whether or not it applies
 * now, or to a target of its own, with the window of the present level. Who
 * acknowledged before does not count any more. Throws where there is no such level.
 */
export function escalatedTo(
  run: EscalationRun,
  world: World,
  to: { readonly level: number } | { readonly target: Target },
  by: PersonId,
  at: Date,
): Outcome {
  if (run.status === 'resolved') return still(run);
  const it = move(run, world);
  const now = at.getTime();
  if ('target' in to) return escalateToTarget(it, run, to.target, by, now);
  const { levels, name } = policyOf(run);
  if (!Number.isInteger(to.level) || to.level < 1 || to.level > levels.length) {
    throw new UserError(
      'bad_arguments',
      `Policy ${name} has ${count(levels.length, 'level')}; name one of them.`,
    );
  }
  if (run.status === 'active' && run.level === to.level && run.waitingFor === 'level') return still(run);
  const because = `${named([by], world.resolve.nameOf)} escalated ${shortName(run.incident)}`;
  const asked = `${because} to level ${to.level}.`;
  if (wasDone(run, now, asked)) return still(run);
  remember(it, 'changed', now, asked);
  if (run.status === 'active' && to.level > run.level) goTo(it, to.level, now, because, true);
  else {
    it.run.ackedBy = [];
    startRound(it, to.level, now, because, true);
  }
  return done(it);
}

function escalateToTarget(it: Move, run: EscalationRun, target: Target, by: PersonId, now: number): Outcome {
  const name = shortName(run.incident);
  const { nameOf } = it.world.resolve;
  const asked = `${named([by], nameOf)} asked for ${saidTarget(target, nameOf)} for ${name}`;
  if (wasDone(run, now, `${asked}, `)) return still(run);
  const reached = reach(target, it.world.resolve, new Date(now));
  if (reached.to.length === 0) {
    const text = `${asked}, and that reached nobody: ${reached.why}. Name somebody else.`;
    note(it, text, true);
    remember(it, 'empty', now, text);
    return done(it);
  }
  const level = policyOf(run).levels[run.level - 1];
  Object.assign(it.run, {
    status: 'active' as const,
    cycle: run.cycle + 1,
    paged: [],
    ackedBy: [],
    acknowledgedAt: null,
    lookAt: null,
    waitingFor: 'level' as const,
    levelReachedAt: now,
    nextAt: now + (level?.ackWindowMs ?? LIMITS.ackWindowMs.from),
    incidentLevel: Math.min(MAX_LEVEL, Math.max(2, run.incidentLevel)),
  });
  pageAll(it, run.level, reached, now, `${asked}, which pages`);
  return done(it);
}

/** Whether the same was asked at the same instant already: a repeat and not a second wish. */
function wasDone(run: EscalationRun, now: number, asked: string): boolean {
  return run.history.some(({ at, text }) => at === now && text.startsWith(asked));
}
