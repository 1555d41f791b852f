import { listServices } from '#src/db/catalogue.ts';
import { contactsByPerson, personalRules, sharedContacts } from '#src/db/contacts.ts';
import { definedIn, listHeartbeats } from '#src/db/heartbeats.ts';
import { readSetup } from '#src/db/on-call.ts';
import { busyTeams, listPeople, peopleInChat } from '#src/db/people.ts';
import type { Reader } from '#src/db/schema.ts';
import { syntheticPage } from '#src/db/synthetic-pages.ts';

import { tidyRules } from './sections/rules.ts';
import { inOrder, type SetupState } from './state.ts';

/** Everything that the file is about, as it is; without overrides that are over. */
export async function readState(r: Reader, now: Date): Promise<SetupState> {
  const {
    schedules,
    policies,
    rules: routes,
    teams,
    defaultPolicy,
    people: profiles,
  } = await readSetup(r, now);
  const contacts = await contactsByPerson(r);
  const shared = await sharedContacts(r);
  const inChat = await peopleInChat(r);
  const profileOf = new Map(profiles.map((it) => [it.id, it]));
  const people = (await listPeople(r)).map((person) => ({
    ...person,
    skills: profileOf.get(person.id)?.skills ?? [],
    region: profileOf.get(person.id)?.region ?? null,
    contacts: inOrder(contacts.get(person.id) ?? []),
    isShared: shared.has(person.id),
    isInChat: inChat.has(person.id),
  }));
  const rules = [...(await personalRules(r))].map(
    ([id, own]) => [id, tidyRules(own, contacts.get(id) ?? [])] as const,
  );
  return {
    schedules: schedules.toSorted(byId),
    policies: policies.toSorted(byId),
    routes: routes.toSorted(byId),
    teams: teams.toSorted(byId),
    people: people.toSorted(byId),
    defaultPolicy,
    rules: new Map(rules),
    heartbeats: (await listHeartbeats(r)).map(definedIn).toSorted(byId),
    services: (await listServices(r)).toSorted(byId),
    syntheticPage: await syntheticPage(r),
    busyTeams: await busyTeams(r),
  };
}

/** The order of the file, whatever the database's is. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
