import type { PersonId, TeamId } from '#src/incident/person.ts';

import { faultsOf } from './check.ts';
import type { SetupFile } from './document.ts';
import { refusal, type Fault } from './faults.ts';
import { readPerson } from './sections/people.ts';
import { readPolicy } from './sections/policies.ts';
import { readRoute } from './sections/routes.ts';
import { readRules, tidyRules } from './sections/rules.ts';
import { readSchedule } from './sections/schedules.ts';
import { readTeam } from './sections/teams.ts';
import type { OwnRules, PersonState, SetupState } from './state.ts';

/**
 * How everything would be with this file: what it says, without what it does
 * not say in the sections that it has. People are never removed, because the past
 * names them: they are switched off. Rules belong to people: those of somebody
 * who is not named stay.
 * @param by who made what is new
 * @throws UserError that names every fault with its line
 */
export function wantedFrom({ sections, placeOf }: SetupFile, current: SetupState, by: PersonId): SetupState {
  const faults: Fault[] = [];
  const people = sections.people ? readPeople(sections.people, current.people) : current.people;
  const schedules = entries(sections.schedules)?.map(([id, entry]) =>
    readSchedule(
      id,
      entry,
      current.schedules.find((it) => it.id === id),
      by,
    ),
  );
  const wanted: SetupState = {
    people,
    teams: entries(sections.teams)?.map(([id, entry]) => readTeam(id as TeamId, entry)) ?? current.teams,
    schedules: schedules ?? current.schedules,
    policies: entries(sections.policies)?.map(([id, entry]) => readPolicy(id, entry)) ?? current.policies,
    routes: entries(sections.routes)?.map(([id, entry]) => readRoute(id, entry)) ?? current.routes,
    defaultPolicy: sections.default_policy === undefined ? current.defaultPolicy : sections.default_policy,
    rules: readAllRules(sections.rules, { ...current, people }, faults),
    busyTeams: current.busyTeams,
  };
  const found = [...faults, ...faultsOf(wanted)];
  if (found.length > 0) throw refusal(found, placeOf);
  return wanted;
}

function readPeople(
  section: NonNullable<SetupFile['sections']['people']>,
  before: readonly PersonState[],
): PersonState[] {
  const named = Object.entries(section).map(([id, entry]) =>
    readPerson(
      id as PersonId,
      entry,
      before.find((it) => it.id === id),
    ),
  );
  const others = before.filter((it) => !Object.hasOwn(section, it.id));
  return [...named, ...others.map((it) => ({ ...it, active: false, isShared: false }))].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

function readAllRules(
  section: SetupFile['sections']['rules'],
  { people, rules }: Pick<SetupState, 'people' | 'rules'>,
  faults: Fault[],
): Map<PersonId, OwnRules> {
  const all = new Map(
    [...rules].map(([id, own]) => [id, tidyRules(own, people.find((it) => it.id === id)?.contacts ?? [])]),
  );
  for (const [id, entry] of entries(section) ?? []) {
    const person = people.find((it) => it.id === id);
    const known = person ?? { id: id as PersonId, timezone: 'UTC', contacts: [] };
    const say = (path: Fault['path'], says: string) =>
      void (person && faults.push({ path: ['rules', id, ...path], says }));
    all.set(known.id, readRules(entry, known, say));
  }
  return all;
}

/** In the order of their ids, as they are stored. */
function entries<T>(section: Readonly<Record<string, T>> | undefined): [string, T][] | undefined {
  return section && Object.entries(section).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
