import { removeServices, saveService } from '#src/db/catalogue.ts';
import { removeContact, saveContact, savePersonalRules, saveSharedContacts } from '#src/db/contacts.ts';
import { removeHeartbeat, saveHeartbeat } from '#src/db/heartbeats.ts';
import {
  removeOthers,
  saveDefaultPolicy,
  savePolicy,
  saveProfile,
  saveRoutingRule,
  saveSchedule,
  saveTeamSetup,
} from '#src/db/on-call.ts';
import { removeTeam, savePerson, writeTeam } from '#src/db/people.ts';
import type { Tx } from '#src/db/schema.ts';
import { saveSyntheticPage } from '#src/db/synthetic-pages.ts';
import type { PersonalRules } from '#src/paging/rules.ts';

import { writeHeartbeat } from './sections/heartbeats.ts';
import { writePerson } from './sections/people.ts';
import { writePolicy } from './sections/policies.ts';
import { writeRoute } from './sections/routes.ts';
import { writeSchedule } from './sections/schedules.ts';
import { writeService } from './sections/services.ts';
import { writeTeam as sayTeam } from './sections/teams.ts';
import { isSame, whole, type OwnRules, type Pare, type PersonState, type SetupState } from './state.ts';

interface With {
  readonly now: Date;
  readonly newId: () => string;
}

/** Writes what is other, in an order in which every name is there before it is used. */
export async function save(tx: Tx, current: SetupState, wanted: SetupState, use: With): Promise<void> {
  const { now } = use;
  await savePeople(tx, current, wanted, now);
  const ids = await saveContacts(tx, current, wanted, use);
  await saveRules(tx, current, wanted, ids);
  for (const team of others(current.teams, wanted.teams, sayTeam)) {
    await writeTeam(tx, team, now);
    await saveTeamSetup(tx, team);
  }
  for (const { id } of missing(current.teams, wanted.teams)) await removeTeam(tx, id);
  for (const it of others(current.schedules, wanted.schedules, writeSchedule)) {
    await saveSchedule(tx, it, now);
  }
  for (const it of others(current.policies, wanted.policies, writePolicy)) await savePolicy(tx, it, now);
  for (const it of others(current.routes, wanted.routes, writeRoute)) await saveRoutingRule(tx, it, now);
  await removeMissing(tx, 'schedules', current.schedules, wanted.schedules);
  await removeMissing(tx, 'policies', current.policies, wanted.policies);
  await removeMissing(tx, 'routingRules', current.routes, wanted.routes);
  if (current.defaultPolicy !== wanted.defaultPolicy) await saveDefaultPolicy(tx, wanted.defaultPolicy);
  await saveHeartbeats(tx, current, wanted, use);
  for (const it of others(current.services, wanted.services, writeService)) await saveService(tx, it, now);
  await removeServices(
    tx,
    missing(current.services, wanted.services).map((it) => it.id),
  );
  if (!isSame(current.syntheticPage, wanted.syntheticPage)) {
    await saveSyntheticPage(tx, wanted.syntheticPage, now);
  }
}

/** An address may go from one to the other, and no two may have it at any time. */
async function savePeople(tx: Tx, current: SetupState, wanted: SetupState, now: Date): Promise<void> {
  const changed = others(current.people, wanted.people, (it, pare) =>
    writePerson({ ...it, isShared: false }, pare),
  );
  for (const person of changed) {
    const before = current.people.find((it) => it.id === person.id);
    if (before && before.email !== null && before.email !== person.email) {
      await savePerson(tx, { ...plainPerson(before), email: null }, now);
    }
  }
  for (const person of changed) {
    await savePerson(tx, plainPerson(person), now);
    await saveProfile(tx, person);
  }
  const shared = (state: SetupState) => state.people.filter((it) => it.isShared).map((it) => it.id);
  if (!isSame(shared(current), shared(wanted))) await saveSharedContacts(tx, shared(wanted));
}

/** The ids that contacts have which had none yet, by whose they are and what they were called. */
type Ids = ReadonlyMap<string, string>;

async function saveContacts(
  tx: Tx,
  current: SetupState,
  wanted: SetupState,
  { now, newId }: With,
): Promise<Ids> {
  const ids = new Map<string, string>();
  for (const { id: person, contacts } of wanted.people) {
    const before = current.people.find((it) => it.id === person)?.contacts ?? [];
    for (const gone of missing(before, contacts)) await removeContact(tx, person, gone.id);
    for (const contact of contacts) {
      const known = before.find((it) => it.id === contact.id);
      if (known && isSame(known, contact)) continue;
      const id = known ? contact.id : newId();
      if (!known) ids.set(keyOf(person, contact.id), id);
      await saveContact(tx, person, { ...contact, id }, now);
    }
  }
  return ids;
}

async function saveRules(tx: Tx, current: SetupState, wanted: SetupState, ids: Ids): Promise<void> {
  for (const [person, own] of wanted.rules) {
    const before = current.rules.get(person);
    if (before && isSame(before, own)) continue;
    const steps = (all: PersonalRules['high']) =>
      all?.map((it) => ({ ...it, contact: ids.get(keyOf(person, it.contact)) ?? it.contact })) ?? null;
    const rules: OwnRules['rules'] = { ...own.rules, high: steps(own.rules.high), low: steps(own.rules.low) };
    await savePersonalRules(tx, person, { rules, quiet: own.quiet });
  }
}

function keyOf(person: string, contact: string): string {
  return `${person} ${contact}`;
}

async function saveHeartbeats(
  tx: Tx,
  current: SetupState,
  wanted: SetupState,
  { now, newId }: With,
): Promise<void> {
  for (const it of others(current.heartbeats, wanted.heartbeats, writeHeartbeat)) {
    await saveHeartbeat(tx, it, { now, newKey: newId });
  }
  for (const { id } of missing(current.heartbeats, wanted.heartbeats)) await removeHeartbeat(tx, id, now);
}

/** Those that are new, or that the file says otherwise than before. */
function others<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  write: (it: T, pare: Pare) => unknown,
): T[] {
  const known = new Map(before.map((it) => [it.id, it]));
  return after.filter((it) => {
    const was = known.get(it.id);
    return !was || !isSame(write(was, whole), write(it, whole));
  });
}

function missing<T extends { readonly id: string }>(before: readonly T[], after: readonly T[]): T[] {
  const kept = new Set(after.map((it) => it.id));
  return before.filter((it) => !kept.has(it.id));
}

async function removeMissing(
  tx: Tx,
  table: Parameters<typeof removeOthers>[1],
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): Promise<void> {
  if (missing(before, after).length === 0) return;
  await removeOthers(
    tx,
    table,
    after.map((it) => it.id),
  );
}

function plainPerson({ id, name, email, role, timezone, active }: PersonState) {
  return { id, name, email, role, timezone, active };
}
