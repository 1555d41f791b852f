import { UserError } from '#src/errors.ts';

import { LIMITS } from './limits.ts';
import {
  sameTarget,
  saidSeverities,
  saidTarget,
  type EscalationPolicy,
  type Level,
  type Target,
} from './policy.ts';
import { faultOf } from './windows.ts';
import { lasting } from './words.ts';

/**
 * Everything that is wrong with the policies, each as a sentence that says what
 * to change, with the policy's id and the place in `details`. None: they can be
 * used. `isKnown` says of a target (never of its fallback) whether it exists.
 */
export function validatePolicies(
  all: readonly EscalationPolicy[],
  isKnown: (target: Pick<Target, 'kind' | 'id'>) => boolean,
): UserError[] {
  return [
    ...duplicates(all),
    ...all.flatMap((policy) => [
      ...headFaults(policy, all),
      ...policy.levels.flatMap((level, index) => levelFaults(policy, level, index + 1, isKnown)),
    ]),
    ...cycles(all),
  ];
}

function fault(policy: string, field: string, text: string): UserError {
  return new UserError('bad_arguments', text, { policy, field });
}

function duplicates(all: readonly EscalationPolicy[]): UserError[] {
  const groups = Map.groupBy(all, (it) => it.id);
  return [...groups]
    .filter(([, same]) => same.length > 1)
    .map(([id, same]) =>
      fault(id, 'id', `${same.length} policies have the id ${JSON.stringify(id)}; give each its own.`),
    );
}

function headFaults(policy: EscalationPolicy, all: readonly EscalationPolicy[]): UserError[] {
  const { id, levels, repeat, managerLevel } = policy;
  const faults: UserError[] = [];
  const say = (field: string, text: string) => faults.push(fault(id, field, `Policy ${id}: ${text}`));
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(id)) {
    say('id', 'its id must be small letters, digits, - and _, at most 63 of them.');
  }
  if (policy.name.trim() === '') say('name', 'give it a name.');
  if (!Number.isInteger(policy.priority)) say('priority', 'its priority must be a whole number.');
  if (levels.length === 0) say('levels', 'it has no levels; add one with somebody to page.');
  const most = LIMITS.levels;
  if (levels.length > most) say('levels', `it has ${levels.length} levels; the most is ${most}.`);
  if (!isWhole(repeat.times, 0, LIMITS.repeats)) {
    say('repeat.times', `it can repeat 0 to ${LIMITS.repeats} times, not ${repeat.times}.`);
  }
  for (const [field, what, ms, { from, to }] of lengthsOf(policy)) {
    if (ms === null || isWhole(ms, from, to)) continue;
    say(field, `${what} must be ${lasting(from)} to ${lasting(to)}, not ${saidMs(ms)}.`);
  }
  if (managerLevel !== null && !isWhole(managerLevel, 1, levels.length)) {
    say('managerLevel', `its manager level is ${managerLevel}, and it has ${levels.length} levels.`);
  }
  const next = all.find((it) => it.id === policy.handTo);
  if (policy.handTo !== null && !next) {
    say('handTo', `it hands on to ${JSON.stringify(policy.handTo)}, which does not exist.`);
  } else if (next && !next.enabled && policy.enabled) {
    say('handTo', `it hands on to ${next.id}, which is switched off; switch that on or hand on to another.`);
  }
  return faults;
}

/** The lengths of a policy: field, what it is, milliseconds, and its limits. */
function lengthsOf({ repeat, resumeIfStillFiringAfterMs, unackAfterMs }: EscalationPolicy) {
  const pause = repeat.afterMs === 0 ? null : repeat.afterMs;
  return [
    ['repeat.afterMs', 'the time before it repeats', pause, LIMITS.ackWindowMs],
    ['resumeIfStillFiringAfterMs', 'the time until it resumes', resumeIfStillFiringAfterMs, LIMITS.resumeMs],
    ['unackAfterMs', 'the time until it un-acknowledges', unackAfterMs, LIMITS.unackMs],
  ] as const;
}

function levelFaults(
  policy: EscalationPolicy,
  level: Level,
  number: number,
  isKnown: (target: Pick<Target, 'kind' | 'id'>) => boolean,
): UserError[] {
  const faults: UserError[] = [];
  const say = (field: string, text: string) =>
    faults.push(
      fault(policy.id, `levels.${number}.${field}`, `Policy ${policy.id}, level ${number}: ${text}`),
    );
  const { from, to } = LIMITS.ackWindowMs;
  if (level.name.trim() === '') say('name', 'give it a name.');
  if (!isWhole(level.ackWindowMs, from, to)) {
    say(
      'ackWindowMs',
      `its acknowledge window must be ${lasting(from)} to ${lasting(to)}, not ${saidMs(level.ackWindowMs)}.`,
    );
  }
  if (!isWhole(level.acksNeeded, 1, LIMITS.acks)) {
    say('acksNeeded', `1 to ${LIMITS.acks} acknowledgments can be needed, not ${level.acksNeeded}.`);
  }
  const hours = level.when?.hours ? faultOf(level.when.hours) : null;
  if (hours) say('when.hours', hours);
  const own = level.when?.severity ?? [];
  const asked = policy.conditions.severity ?? [];
  if (own.length > 0 && asked.length > 0 && !own.some((it) => asked.includes(it))) {
    say(
      'when.severity',
      `it is for ${saidSeverities(own)} only and the policy for ${saidSeverities(asked)}, so it never applies.`,
    );
  }
  if (level.targets.length === 0) say('targets', 'it pages nobody; add a target.');
  if (level.targets.length > LIMITS.targets) {
    say('targets', `it has ${level.targets.length} targets; the most is ${LIMITS.targets}.`);
  }
  level.targets.forEach((target, index) => {
    for (const text of targetFaults(target, isKnown)) say(`targets.${index + 1}`, text);
  });
  return faults;
}

/** Walks the fallbacks; they may be a ring, where a file refers to itself. */
function targetFaults(target: Target, isKnown: (target: Pick<Target, 'kind' | 'id'>) => boolean): string[] {
  const faults: string[] = [];
  const seen: Target[] = [];
  for (let next: Target | null = target; next; next = next.fallback ?? null) {
    const current: Target = next;
    const said = saidTarget(current);
    if (seen.some((it) => sameTarget(it, current))) {
      const way = [...seen, current].map((it) => saidTarget(it)).join(' → ');
      return [...faults, `its fallbacks come back to ${said} (${way}); end them with somebody else.`];
    }
    seen.push(current);
    if (seen.length > LIMITS.fallbacks + 1) {
      return [
        ...faults,
        `${saidTarget(target)} has more than ${LIMITS.fallbacks} fallbacks; take some away.`,
      ];
    }
    if (current.id.trim() === '') faults.push(`a target of kind ${current.kind} has no id; name one.`);
    else if (!isKnown(current)) faults.push(`${said} does not exist; add it or name another target.`);
  }
  return faults;
}

/** Each ring of policies once, told from its first policy by id. */
function cycles(all: readonly EscalationPolicy[]): UserError[] {
  const next = new Map(all.map((it) => [it.id, it.handTo]));
  const told = new Set<string>();
  const faults: UserError[] = [];
  for (const start of [...next.keys()].toSorted()) {
    const way: string[] = [];
    let id: string | null = start;
    while (id !== null && !way.includes(id)) {
      way.push(id);
      id = next.get(id) ?? null;
    }
    if (id !== start || told.has(start)) continue;
    for (const each of way) told.add(each);
    const ring = [...way, start].join(' → ');
    faults.push(
      fault(start, 'handTo', `Policies hand on in a circle (${ring}); take one of these steps away.`),
    );
  }
  return faults;
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

function saidMs(ms: number): string {
  return Number.isFinite(ms) && ms >= 0 ? lasting(ms) : String(ms);
}
