import type { PersonId } from '#src/incident/person.ts';
import { SYSTEM } from '#src/incident/person.ts';

import { applyOverrides, eachOnce, type Held, type KnownOverride, type Why } from './overrides.ts';
import type { Hold } from './schedule.ts';

/** A hold with the reason that whoever keeps a shift by it gets. */
export interface KnownHold {
  readonly hold: Hold;
  readonly from: number;
  readonly until: number;
  readonly why: Why;
}

export function knownHold(hold: Hold): KnownHold {
  return {
    hold,
    from: hold.start.getTime(),
    until: hold.end.getTime(),
    why: {
      kind: 'override',
      id: hold.id,
      change: 'replace',
      instead: hold.person,
      reason: 'the shift is not taken over yet',
      createdBy: SYSTEM.id as PersonId,
    },
  };
}

/**
 * Who has the shifts that nobody has taken yet. It comes after all overrides, so that a shift that moves by
 * one is held too; overrides that began later concern whoever keeps it as they concern everybody, and whom
 * they put on call is.
 */
export function applyHolds(
  due: readonly Held[],
  holds: readonly KnownHold[],
  active: readonly KnownOverride[],
): Held[] {
  const held = due.flatMap((it): Held[] => {
    const known = holds.find(({ hold }) => hold.person === it.person);
    if (!known || (it.why.kind === 'override' && it.from > known.from)) return [it];
    const kept = {
      person: known.hold.by,
      from: known.from,
      until: Math.min(it.until, known.until),
      why: known.why,
    };
    const later = active.filter(
      ({ from, override: { kind } }) => from > known.from && (kind === 'replace' || kind === 'remove'),
    );
    const left = later.length === 0 ? [kept] : applyOverrides([kept], later);
    return left.length > 0 ? left : [it];
  });
  return eachOnce(held);
}
