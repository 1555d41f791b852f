import type { PersonId } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

/** Every token here is the SHA-256 of what the person holds. */
export async function insertLink(
  r: Reader,
  link: { readonly tokenHash: string; readonly personId: PersonId; readonly expiresAt: Date },
): Promise<void> {
  await r
    .insertInto('signInLinks')
    .values({ ...link, usedAt: null })
    .execute();
}

/** Whose link it is, while it still works; null otherwise. */
export async function findLink(r: Reader, tokenHash: string, now: Date): Promise<PersonId | null> {
  const row = await r
    .selectFrom('signInLinks')
    .select('personId')
    .where('tokenHash', '=', tokenHash)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return row?.personId ?? null;
}

/** Uses a link up; of two who open it at once, one gets the person and the other null. */
export async function useLink(r: Reader, tokenHash: string, now: Date): Promise<PersonId | null> {
  const row = await r
    .updateTable('signInLinks')
    .set({ usedAt: now })
    .where('tokenHash', '=', tokenHash)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning('personId')
    .executeTakeFirst();
  return row?.personId ?? null;
}

export interface StoredSession {
  readonly tokenHash: string;
  readonly personId: PersonId;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertSession(r: Reader, session: StoredSession): Promise<void> {
  await r.insertInto('sessions').values(session).execute();
}

/** Null when there is none, or its time is over. */
export async function findSession(r: Reader, tokenHash: string, now: Date): Promise<StoredSession | null> {
  const row = await r
    .selectFrom('sessions')
    .selectAll()
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return row ?? null;
}

export async function extendSession(r: Reader, tokenHash: string, expiresAt: Date): Promise<void> {
  await r.updateTable('sessions').set({ expiresAt }).where('tokenHash', '=', tokenHash).execute();
}

export async function deleteSession(r: Reader, tokenHash: string): Promise<void> {
  await r.deleteFrom('sessions').where('tokenHash', '=', tokenHash).execute();
}

/** Ends every session of a person, and every link that was not opened yet. */
export async function forgetPerson(r: Reader, person: PersonId): Promise<void> {
  await r.deleteFrom('sessions').where('personId', '=', person).execute();
  await r.deleteFrom('signInLinks').where('personId', '=', person).where('usedAt', 'is', null).execute();
}
