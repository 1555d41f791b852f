import type { PersonId } from '#src/incident/person.ts';

import type { Change, Override } from './schedule.ts';

/** Why somebody is on call, or why nobody is. */
export type Why =
  | {
      readonly kind: 'layer';
      readonly id: string;
      readonly name: string;
      /** The temporary schedule that the layer is part of. */
      readonly temporary: string | null;
    }
  | {
      readonly kind: 'override';
      readonly id: string;
      readonly change: Change['kind'];
      /** In whose stead, where it replaces somebody. */
      readonly instead: PersonId | null;
      readonly reason: string | null;
      readonly createdBy: PersonId;
    };

/** Somebody on duty, with the begin and end of that shift in milliseconds of the epoch. */
export interface Held {
  readonly person: PersonId;
  readonly from: number;
  readonly until: number;
  readonly why: Why;
}

/** An override with the reason that everybody gets who is on call by it. */
export interface KnownOverride {
  readonly override: Override;
  readonly from: number;
  readonly until: number;
  readonly why: Why;
}

export function knownOverride(override: Override): KnownOverride {
  return {
    override,
    from: override.start.getTime(),
    until: override.end.getTime(),
    why: {
      kind: 'override',
      id: override.id,
      change: override.kind,
      instead: override.kind === 'replace' ? override.person : null,
      reason: override.reason,
      createdBy: override.createdBy,
    },
  };
}

/**
 * Who is left on duty of those on duty by the layers. Covers first, then
 * additions, then replacements (of replacements too: who stands in for a
 * stand-in has the shift), then removals; each person once.
 */
export function applyOverrides(layers: readonly Held[], active: readonly KnownOverride[]): Held[] {
  const added = active.filter(({ override }) => override.kind === 'add' || override.kind === 'cover');
  const isCovered = active.some(({ override }) => override.kind === 'cover');
  const held = [
    ...(isCovered ? [] : layers),
    ...added.filter(({ override }) => override.kind === 'cover').flatMap(asHeld),
    ...added.filter(({ override }) => override.kind === 'add').flatMap(asHeld),
  ];
  const gone = removed(active);
  const final = held.map((it) => standIn(it, active)).filter(({ person }) => !gone.has(person));
  return eachOnce(final);
}

/** Those who are taken out of what they learn, too: who is removed or replaced is not there. */
export function absent(active: readonly KnownOverride[]): ReadonlySet<PersonId> {
  const replaced = active.flatMap(({ override }) => (override.kind === 'replace' ? [override.person] : []));
  return new Set([...removed(active), ...replaced]);
}

/** The first of each person. */
export function eachOnce(held: readonly Held[]): Held[] {
  const seen = new Set<PersonId>();
  return held.filter(({ person }) => !seen.has(person) && seen.add(person));
}

function asHeld({ override, from, until, why }: KnownOverride): Held[] {
  if (override.kind === 'cover') return override.people.map((person) => ({ person, from, until, why }));
  return override.kind === 'add' ? [{ person: override.person, from, until, why }] : [];
}

function removed(active: readonly KnownOverride[]): ReadonlySet<PersonId> {
  return new Set(active.flatMap(({ override }) => (override.kind === 'remove' ? [override.person] : [])));
}

/** As many steps as there are overrides: a circle, which validation refuses, ends too. */
function standIn(held: Held, active: readonly KnownOverride[]): Held {
  let now = held;
  for (let step = 0; step < active.length; step += 1) {
    const next = active.find(({ override }) => override.kind === 'replace' && override.person === now.person);
    if (next?.override.kind !== 'replace') break;
    now = {
      person: next.override.by,
      from: Math.max(now.from, next.from),
      until: Math.min(now.until, next.until),
      why: next.why,
    };
  }
  return now;
}
