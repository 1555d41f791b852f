import type { PersonId, TeamId } from '#src/incident/person.ts';

import { faultsOf } from './check.ts';
import type { SetupFile } from './document.ts';
import { refusal, type Fault } from './faults.ts';
import { readHeartbeat } from './sections/heartbeats.ts';
import { readPerson } from './sections/people.ts';
import { readPolicy } from './sections/policies.ts';
import { readRoute } from './sections/routes.ts';
import { readRules, tidyRules } from './sections/rules.ts';
import { readSchedule } from './sections/schedules.ts';
import { readService } from './sections/services.ts';
import { readSyntheticPage } from './sections/synthetic-page.ts';
import { readTeam } from './sections/teams.ts';
import type { OwnRules, PersonState, SetupState } from './state.ts';

/**
 * How everything would be with this file: what it says, without what it does
 * not say in the sections that it has. People are never removed, because the past
 * names them: they are switched off. Rules belong to people: those of somebody
 * who is not named stay.
 *
 * Merged (`isMerge`) nothing is removed and nobody switched off: what the file names is as it
 * says, everything else stays as it is. Null is no name: a default policy that is none stays.
 * @param by who made what is new
 * @throws UserError that names every fault with its line
 */
export function wantedFrom(
  { sections, placeOf }: SetupFile,
  current: SetupState,
  by: PersonId,
  isMerge = false,
): SetupState {
  const faults: Fault[] = [];
  const known = { isMerge, current };
  const people = sections.people ? readPeople(sections.people, current.people, isMerge) : current.people;
  const wanted: SetupState = {
    people,
    teams: listed('teams', sections.teams, (id, entry) => readTeam(id as TeamId, entry), known),
    schedules: listed(
      'schedules',
      sections.schedules,
      (id, entry) =>
        readSchedule(
          id,
          entry,
          current.schedules.find((it) => it.id === id),
          by,
        ),
      known,
    ),
    policies: listed('policies', sections.policies, readPolicy, known),
    routes: listed('routes', sections.routes, readRoute, known),
    defaultPolicy: said(sections.default_policy, current.defaultPolicy, isMerge),
    rules: readAllRules(sections.rules, { ...current, people }, faults),
    heartbeats: listed('heartbeats', sections.heartbeats, readHeartbeat, known),
    services: listed('services', sections.services, readService, known),
    syntheticPage: said(
      sections.synthetic_page && readSyntheticPage(sections.synthetic_page),
      current.syntheticPage,
      isMerge,
    ),
    busyTeams: current.busyTeams,
  };
  const found = [...faults, ...faultsOf(wanted)];
  if (found.length > 0) throw refusal(found, placeOf);
  return wanted;
}

function readPeople(
  section: NonNullable<SetupFile['sections']['people']>,
  before: readonly PersonState[],
  isMerge: boolean,
): PersonState[] {
  const named = Object.entries(section).map(([id, entry]) =>
    readPerson(
      id as PersonId,
      entry,
      before.find((it) => it.id === id),
    ),
  );
  const others = before.filter((it) => !Object.hasOwn(section, it.id));
  const left = isMerge ? others : others.map((it) => ({ ...it, active: false, isShared: false }));
  return [...named, ...left].toSorted(byId);
}

/** What the file says of things that have ids; merged, beside those that it does not name. */
function listed<
  Name extends 'teams' | 'schedules' | 'policies' | 'routes' | 'heartbeats' | 'services',
  Entry,
>(
  name: Name,
  section: Readonly<Record<string, Entry>> | undefined,
  read: (id: string, entry: Entry) => SetupState[Name][number],
  { isMerge, current }: { readonly isMerge: boolean; readonly current: SetupState },
): SetupState[Name][number][] {
  const before: readonly SetupState[Name][number][] = current[name];
  if (!section) return [...before];
  const named = Object.entries(section).map(([id, entry]) => read(id, entry));
  const left = isMerge ? before.filter((it) => !Object.hasOwn(section, it.id)) : [];
  return [...named, ...left].toSorted(byId);
}

function said<T>(value: T | null | undefined, before: T | null, isMerge: boolean): T | null {
  return value === undefined || (isMerge && value === null) ? before : value;
}

function readAllRules(
  section: SetupFile['sections']['rules'],
  { people, rules }: Pick<SetupState, 'people' | 'rules'>,
  faults: Fault[],
): Map<PersonId, OwnRules> {
  const all = new Map(
    [...rules].map(([id, own]) => [id, tidyRules(own, people.find((it) => it.id === id)?.contacts ?? [])]),
  );
  for (const [id, entry] of Object.entries(section ?? {})) {
    const person = people.find((it) => it.id === id);
    const known = person ?? { id: id as PersonId, timezone: 'UTC', contacts: [] };
    const say = (path: Fault['path'], says: string) =>
      void (person && faults.push({ path: ['rules', id, ...path], says }));
    all.set(known.id, readRules(entry, known, say));
  }
  return all;
}

/** As they are stored. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
