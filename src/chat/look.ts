import { eventsOf, verifyChain } from '#src/db/events.ts';
import { listIncidents, type IncidentFilter } from '#src/db/incident-list.ts';
import { findIncident } from '#src/db/incidents.ts';
import { listPeople, listTeams } from '#src/db/people.ts';
import { lastSeen, markSeen } from '#src/db/views.ts';
import type { Context } from '#src/engine/context.ts';
import type { EventType, LoggedEvent } from '#src/incident/events.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { Person, PersonId, Team } from '#src/incident/person.ts';

import type { Assignee } from './args.ts';
import { namesIn, viewOf, type View } from './card-view.ts';
import type { CommandContext } from './command.ts';
import type { Names } from './names.ts';

/**
 * What commands may read. Changes go through the engine's verbs; this is the
 * other half, and the only way from a command to what is stored.
 */
type Eyes = Pick<Context, 'db' | 'now' | 'settings'>;

/** Throws `not_found`. */
export async function incidentAt({ db }: Eyes, number: number): Promise<Incident> {
  return await findIncident(db, number);
}

/** With the names of everybody, for those whom its events name. Throws `not_found`. */
export async function viewAt({ db, settings, now }: Eyes, number: number): Promise<View> {
  const view = await viewOf(db, number, settings.publicUrl, now());
  return { ...view, names: await namesIn(db) };
}

/** Oldest first. */
export async function timelineAt(
  { db }: Eyes,
  number: number,
  types?: readonly EventType[],
): Promise<LoggedEvent[]> {
  return await eventsOf(db, number, types ? { types } : {});
}

/** One page of those that the asker may see, worst first, and how many there are in all. */
export async function incidentsLike(
  { db, person, role }: Eyes & Pick<CommandContext, 'person' | 'role'>,
  filter: Omit<IncidentFilter, 'offset' | 'sort' | 'order' | 'viewer'>,
): Promise<{ incidents: Incident[]; total: number }> {
  const viewer = { id: person?.id ?? null, role };
  return await listIncidents(db, { ...filter, viewer, sort: 'severity', order: 'desc', offset: 0 });
}

/** `seq` of the last event this person was shown; 0 for never. */
export async function seenBy({ db }: Eyes, person: PersonId, number: number): Promise<number> {
  return await lastSeen(db, person, number);
}

export async function sawAll({ db }: Eyes, person: PersonId, events: readonly LoggedEvent[]): Promise<void> {
  const last = events.at(-1);
  if (last) await markSeen(db, person, last.incident, last.seq);
}

/** `brokenAt` is the first event whose hash does not fit; null when the chain is whole. */
export async function verified(
  { db }: Eyes,
  number: number,
): Promise<{ events: number; brokenAt: number | null }> {
  return await verifyChain(db, number);
}

export async function allNames({ db }: Eyes): Promise<Names> {
  return await namesIn(db);
}

export async function teamOf({ db }: Eyes, id: string | null): Promise<Team | undefined> {
  return (await listTeams(db)).find((team) => team.id === id);
}

/** The person, or the active people of the team. */
export async function peopleIn({ db }: Eyes, whom: Assignee): Promise<Person[]> {
  const people = (await listPeople(db)).filter((it) => it.active);
  if ('person' in whom) return people.filter(({ id }) => id === whom.person);
  const team = (await listTeams(db)).find(({ id }) => id === whom.team);
  return people.filter(({ id }) => team?.members.includes(id));
}
