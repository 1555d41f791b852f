import { circlesOf } from '#src/cause/catalogue.ts';
import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import type { EscalationPolicy, Target } from '#src/paging/policy.ts';
import { whyUnusable } from '#src/paging/rules.ts';
import { listed } from '#src/paging/words.ts';

import { newGaps } from './gaps.ts';
import { writeSchedule } from './sections/schedules.ts';
import { shiftsThatMove } from './shifts.ts';
import { isSame, whole, type PersonState, type SetupState } from './state.ts';
import { unsentWarnings } from './unsent.ts';

/** What nobody may want and this change leads to; what was so before is not said again. */
export function warningsOf(current: SetupState, wanted: SetupState, now: Date): string[] {
  const before = new Set(standing(current, now));
  return [
    ...wanted.schedules.flatMap((it) => scheduleWarnings(byId(current.schedules, it.id), it, now)),
    ...current.schedules
      .filter((it) => !byId(wanted.schedules, it.id))
      .flatMap((it) => shiftsThatMove(it.name, compileSchedule(it), null, now)),
    ...standing(wanted, now).filter((it) => !before.has(it)),
  ];
}

function scheduleWarnings(before: Schedule | undefined, after: Schedule, now: Date): string[] {
  if (before && isSame(writeSchedule(before, whole), writeSchedule(after, whole))) return [];
  const [was, is] = [before ? compileSchedule(before) : null, compileSchedule(after)];
  if (!after.enabled) {
    const isNews = before?.enabled ?? true;
    return isNews ? [`Schedule ${after.name} is switched off: nobody is on call by it.`] : [];
  }
  return [...newGaps(was, is, now), ...shiftsThatMove(after.name, was, is, now)];
}

/** What is wrong with a setup whatever was before. */
function standing(state: SetupState, now: Date): string[] {
  const named = new Map(state.schedules.map((it) => [it.id, peopleOf(it, now)]));
  const onCall = [...new Set([...named.values()].flat())].toSorted();
  const people = onCall.flatMap((id): string[] => {
    const person = byId(state.people, id);
    if (person && isReachable(person)) return [];
    const by = listed(state.schedules.filter((it) => named.get(it.id)?.includes(id)).map((it) => it.name));
    const why = person?.active
      ? 'and no contact by which a page could be sent. Give them one, or take them out of it.'
      : 'and is switched off. Take them out of it.';
    return [`${id} has turns in ${by}, ${why}`];
  });
  const policies = state.policies
    .filter((it) => it.enabled && !reachesAnybody(it, state, named))
    .map((it) => `Policy ${it.name} can reach nobody: ${whomItNames(it)}.`);
  return [...people, ...policies, ...unsentWarnings(state), ...circleWarnings(state.services)];
}

/** Allowed, since some systems are so; but whoever wrote it may not have meant it. */
function circleWarnings(services: SetupState['services']): string[] {
  return circlesOf(services).map(
    (ids) => `Services ${listed(ids)} depend on each other in a circle: none of them is the deepest.`,
  );
}

/** Everybody who has turns in it, now or later. */
function peopleOf({ enabled, layers, temporaries }: Schedule, now: Date): PersonId[] {
  if (!enabled) return [];
  const all = [...layers, ...temporaries.filter((it) => it.end > now).flatMap((it) => it.layers)];
  return [...new Set(all.filter((it) => !it.shadow).flatMap((it) => it.shifts.flat()))];
}

function isReachable({ active, contacts, email, isInChat }: PersonState): boolean {
  return active && (isInChat || email !== null || contacts.some((it) => whyUnusable(it) === null));
}

function reachesAnybody(
  { levels }: EscalationPolicy,
  state: SetupState,
  named: ReadonlyMap<string, readonly PersonId[]>,
): boolean {
  const reaches = (target: Target): boolean => {
    const { kind, id, fallback } = target;
    const isOther = kind === 'room' || kind === 'webhook' || kind === 'external';
    const people =
      kind === 'person'
        ? [id]
        : kind === 'team'
          ? (byId(state.teams, id)?.members ?? [])
          : (named.get(id) ?? []);
    const isReached = people.some((it) => {
      const person = byId(state.people, it);
      return person !== undefined && isReachable(person);
    });
    return isOther || isReached || (fallback ? reaches(fallback) : false);
  };
  return levels.some((level) => level.targets.some(reaches));
}

function whomItNames({ levels }: EscalationPolicy): string {
  const names = new Set(levels.flatMap((it) => it.targets.map(({ kind, id }) => `${kind} ${id}`)));
  return `nobody of ${listed([...names])} can be paged`;
}

function byId<T extends { readonly id: string }>(all: readonly T[], id: string): T | undefined {
  return all.find((it) => it.id === id);
}
