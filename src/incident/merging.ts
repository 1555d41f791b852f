import { UserError } from '#src/errors.ts';

import { event, timersOf, type Deciding, type Decision } from './decision.ts';
import { isOpen, shortName, type Incident } from './incident.ts';
import { decide, pathTo } from './lifecycle.ts';

/**
 * Folds `duplicate` into `into`: the duplicate says so and is closed by the
 * shortest legal path; what it had (alerts, `alertCount` of them) moves over.
 * Throws `conflict` where that makes no sense.
 */
export function merge(
  duplicate: Incident,
  into: Incident,
  reason: string | null,
  alertCount: number,
  who: Deciding,
): [Decision, Decision] {
  const name = shortName(duplicate.number);
  if (duplicate.number === into.number) {
    throw new UserError('bad_arguments', 'An incident is no duplicate of itself.');
  }
  if (duplicate.duplicateOf) {
    throw new UserError('conflict', `${name} is a duplicate of ${shortName(duplicate.duplicateOf)} already.`);
  }
  if (into.duplicateOf) {
    throw new UserError(
      'conflict',
      `${shortName(into.number)} is itself a duplicate of ${shortName(into.duplicateOf)}; merge into that one.`,
    );
  }
  if (isOpen(duplicate) && !isOpen(into)) {
    throw new UserError(
      'conflict',
      `${shortName(into.number)} is ${into.status.toLowerCase()} and ${name} is not; reopen ${shortName(into.number)} first, or merge it into ${name}.`,
    );
  }

  const merged = event(duplicate, 'incident.merged', { into: into.number, reason }, who);
  let closing: Decision = {
    incident: { ...duplicate, duplicateOf: into.number, updatedAt: who.at },
    events: [merged],
    timers: timersOf(duplicate),
  };
  const path = duplicate.status === 'CLOSED' ? [] : pathTo(duplicate, 'close');
  for (const action of path) {
    const notes = action === 'resolve' ? `Duplicate of ${shortName(into.number)}` : undefined;
    const step = decide(closing.incident, action, { notes }, who);
    closing = { ...step, events: [...closing.events, ...step.events] };
  }

  const absorbed = event(
    into,
    'incident.duplicate_absorbed',
    { duplicate: duplicate.number, alerts: alertCount },
    who,
  );
  return [closing, { incident: { ...into, updatedAt: who.at }, events: [absorbed], timers: [] }];
}
