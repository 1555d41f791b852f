import type { PersonId } from '#src/incident/person.ts';

import { refuse, refuseTwice } from './refuse.ts';
import type { Override } from './schedule.ts';
import { DAY } from './wall.ts';

/** The longest override; more is a change of the schedule. */
const LONGEST = 400 * DAY;

/** @throws UserError for one that means nothing, and for two that contradict each other at some instant */
export function validateOverrides(overrides: readonly Override[]): void {
  for (const [index, override] of overrides.entries()) validateOverride(override, `overrides[${index}]`);
  const inOrder = overrides.toSorted((a, b) => a.start.getTime() - b.start.getTime());
  let running: Override[] = [];
  for (const next of inOrder) {
    running = running.filter((it) => it.end > next.start);
    for (const before of running) {
      const sentence = contradiction(before, next) ?? contradiction(next, before);
      if (sentence) refuseBoth(before, next, sentence);
    }
    running.push(next);
    refuseCircle(next, running);
  }
}

function validateOverride(override: Override, at: string): void {
  const { id, start, end } = override;
  if (id === '') refuse('An override has no id. Give it one.', at);
  if (!(start < end)) refuse(`Override "${id}" ends before it begins. Let it end later.`, `${at}.end`);
  if (end.getTime() - start.getTime() > LONGEST) {
    refuse(
      `Override "${id}" lasts longer than ${LONGEST / DAY} days. Change the layers instead.`,
      `${at}.end`,
    );
  }
  if (override.kind === 'replace' && override.person === override.by) {
    refuse(`Override "${id}" replaces ${override.by} by themselves. Name another person.`, at);
  }
  if (override.kind === 'cover') {
    refuseTwice(
      override.people,
      (person) => `${person} is twice in override "${id}". Name everybody once.`,
      at,
    );
  }
}

/** Why both cannot be true at once, as far as the first says it; null where they can. */
function contradiction(one: Override, other: Override): string | null {
  if (one.kind === 'cover') {
    const isSame = other.kind !== 'cover' || sorted(one.people) === sorted(other.people);
    return isSame ? null : 'each says who is on call alone';
  }
  if (one.kind === 'replace' && other.kind === 'replace') {
    const isSame = one.person !== other.person || one.by === other.by;
    return isSame ? null : `${one.person} is to be replaced by ${one.by} and by ${other.by}`;
  }
  if (one.kind !== 'remove' || !names(other, one.person)) return null;
  return `${one.person} is to be removed, and the other one counts on ${one.person}`;
}

function names(override: Override, person: PersonId): boolean {
  if (override.kind === 'cover') return override.people.includes(person);
  if (override.kind === 'replace') return override.person === person || override.by === person;
  return override.kind === 'add' && override.person === person;
}

/** Who stands in for whom must end with somebody. */
function refuseCircle(next: Override, running: readonly Override[]): void {
  if (next.kind !== 'replace') return;
  let now: PersonId = next.by;
  for (let step = 0; step < running.length; step += 1) {
    const further = running.find((it) => it.kind === 'replace' && it.person === now);
    if (further?.kind !== 'replace') return;
    now = further.by;
    if (now === next.person) refuseBoth(further, next, `in the end ${now} is to stand in for themselves`);
  }
}

function refuseBoth(one: Override, other: Override, why: string): never {
  const from = new Date(Math.max(one.start.getTime(), other.start.getTime()));
  const said = from.toISOString().slice(0, 16).replace('T', ' ');
  return refuse(
    `Overrides "${one.id}" and "${other.id}" contradict each other from ${said} UTC: ${why}. Shorten one of them or take it back.`,
    'overrides',
  );
}

function sorted(people: readonly PersonId[]): string {
  return people.toSorted().join(' ');
}
