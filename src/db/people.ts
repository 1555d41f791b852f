import { sql } from 'kysely';

import type { Person, PersonId, Team, TeamId } from '#src/incident/person.ts';

import type { Db, Reader, Tx } from './schema.ts';

export async function findPerson(r: Reader, id: string): Promise<Person | null> {
  const row = await people(r)
    .where('id', '=', id as PersonId)
    .executeTakeFirst();
  return row ?? null;
}

/** Whoever has this address, however it is capitalised. */
export async function findPersonByEmail(r: Reader, email: string): Promise<Person | null> {
  const row = await people(r)
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  return row ?? null;
}

/** Everybody, active or not, by name. */
export async function listPeople(r: Reader): Promise<Person[]> {
  return await people(r).orderBy('name').orderBy('id').execute();
}

/** Who somebody on a chat platform is to us; null when we do not know them. */
export async function personOf(
  r: Reader,
  ref: { readonly platform: string; readonly id: string },
): Promise<Person | null> {
  const row = await people(r)
    .innerJoin('identities', 'identities.personId', 'people.id')
    .where('identities.platform', '=', ref.platform)
    .where('identities.externalId', '=', ref.id)
    .executeTakeFirst();
  return row ?? null;
}

/** How a platform knows a person; null when it does not. */
export async function identityOf(
  r: Reader,
  person: PersonId,
  platform: string,
): Promise<{ platform: string; id: string } | null> {
  const row = await r
    .selectFrom('identities')
    .select(['platform', 'externalId as id'])
    .where('personId', '=', person)
    .where('platform', '=', platform)
    .executeTakeFirst();
  return row ?? null;
}

/** Adds a person, or changes everything about them but the id. */
export async function savePerson(r: Reader, person: Person, now: Date): Promise<void> {
  const { id, ...changes } = person;
  await r
    .insertInto('people')
    .values({ ...person, createdAt: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
    .execute();
  await linkIdentity(r, 'web', id, id);
}

/** So many with one handle have a number behind it before the rest is refused. */
const NAMESAKES = 1000;

/** Somebody new, with the first free handle that is made of their address. */
export async function newPerson(
  r: Reader,
  { name, email, role }: Pick<Person, 'name' | 'role'> & { readonly email: string },
  now: Date,
): Promise<Person> {
  const handle = handleOf(email.split('@')[0] ?? '');
  for (let number = 1; number < NAMESAKES; number += 1) {
    const id = (number === 1 ? handle : `${handle}-${number}`) as PersonId;
    const added = await r
      .insertInto('people')
      .values({ id, name, email, role, timezone: 'UTC', active: true, createdAt: now })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added) {
      await linkIdentity(r, 'web', id, id);
      return { id, name, email, role, timezone: 'UTC', active: true };
    }
    const other = await findPersonByEmail(r, email);
    if (other) return other;
  }
  throw new Error(`there is no free handle like ${handle}`);
}

/** What a handle may be: see `Handle` in src/http/shapes/common.ts. */
function handleOf(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return words === '' ? 'member' : words.slice(0, 40);
}

/** This platform's user is this person, unless it is somebody already. */
export async function claimIdentity(
  r: Reader,
  platform: string,
  externalId: string,
  person: PersonId,
): Promise<void> {
  await r
    .insertInto('identities')
    .values({ platform, externalId, personId: person })
    .onConflict((conflict) => conflict.columns(['platform', 'externalId']).doNothing())
    .execute();
}

/** From now on this platform's user is this person; whoever it was before. */
export async function linkIdentity(
  r: Reader,
  platform: string,
  externalId: string,
  person: PersonId,
): Promise<void> {
  await r
    .insertInto('identities')
    .values({ platform, externalId, personId: person })
    .onConflict((conflict) => conflict.columns(['platform', 'externalId']).doUpdateSet({ personId: person }))
    .execute();
}

export async function findTeam(r: Reader, id: string): Promise<Team | null> {
  return (await listTeams(r)).find((team) => team.id === id) ?? null;
}

export async function listTeams(r: Reader): Promise<Team[]> {
  const teams = await r.selectFrom('teams').select(['id', 'name']).orderBy('name').execute();
  const members = await r.selectFrom('teamMembers').selectAll().orderBy('personId').execute();
  return teams.map((team) => ({
    ...team,
    members: members.filter((it) => it.teamId === team.id).map((it) => it.personId),
  }));
}

/** Adds a team, or gives it this name and exactly these members. */
export async function saveTeam(db: Db, team: Team, now: Date): Promise<void> {
  await db.transaction().execute((tx) => writeTeam(tx, team, now));
}

/** The same as a part of something larger. */
export async function writeTeam(tx: Tx, team: Team, now: Date): Promise<void> {
  await tx
    .insertInto('teams')
    .values({ id: team.id, name: team.name, createdAt: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: team.name }))
    .execute();
  await tx.deleteFrom('teamMembers').where('teamId', '=', team.id).execute();
  const rows = team.members.map((personId) => ({ teamId: team.id satisfies TeamId, personId }));
  if (rows.length > 0) await tx.insertInto('teamMembers').values(rows).execute();
}

/** The database refuses a team that incidents belong to. */
export async function removeTeam(tx: Tx, team: TeamId): Promise<void> {
  await tx.deleteFrom('teams').where('id', '=', team).execute();
}

/** Teams that incidents belong to. */
export async function busyTeams(r: Reader): Promise<TeamId[]> {
  const rows = await r
    .selectFrom('incidents')
    .select('team')
    .distinct()
    .where('team', 'is not', null)
    .execute();
  return rows.flatMap(({ team }) => team ?? []);
}

/** Whom a chat platform knows; the built-in chat knows everybody. */
export async function peopleInChat(r: Reader): Promise<Set<PersonId>> {
  const rows = await r
    .selectFrom('identities')
    .select('personId')
    .distinct()
    .where('platform', '!=', 'web')
    .execute();
  return new Set(rows.map((it) => it.personId));
}

function people(r: Reader) {
  return r
    .selectFrom('people')
    .select(['people.id', 'people.name', 'people.email', 'people.role', 'people.timezone', 'people.active']);
}
