import { findPerson, savePerson, saveTeam } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { Person, PersonId, Team, TeamId } from '#src/incident/person.ts';

/**
 * Local mode has no sign-in, so it brings people to act as: one person can try
 * an incident that takes two. They are named after what they may do.
 */
const PEOPLE: readonly Person[] = [
  demo('admin', 'Demo Admin', 'admin'),
  demo('responder', 'Demo Responder', 'responder'),
  demo('second', 'Second Responder', 'responder'),
  demo('viewer', 'Demo Viewer', 'viewer'),
];

const TEAMS: readonly Team[] = [
  { id: 'first-line' as TeamId, name: 'First line', members: ['responder', 'second'] as PersonId[] },
];

/** The person whom a visitor of local mode is until they choose another. */
const DEMO_ADMIN = 'admin';

/** Adds them where they are missing; changes nobody. */
export async function addDemoPeople(db: Db, now: Date): Promise<void> {
  const before = await findPerson(db, DEMO_ADMIN);
  if (before) return;
  for (const person of PEOPLE) await savePerson(db, person, now);
  for (const team of TEAMS) await saveTeam(db, team, now);
}

function demo(id: string, name: string, role: Person['role']): Person {
  return { id: id as PersonId, name, email: null, role, timezone: 'UTC', active: true };
}
