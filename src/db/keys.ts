import type { PersonId, Role } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

export interface StoredKey {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  /** Whose it is; null: a program's own. */
  readonly personId: PersonId | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export async function insertKey(r: Reader, key: StoredKey): Promise<void> {
  await r
    .insertInto('apiKeys')
    .values({ ...key, scopes: [...key.scopes] })
    .execute();
}

/** Revoked ones too; null when there is none of this id. */
export async function findKey(r: Reader, id: string): Promise<StoredKey | null> {
  return (await r.selectFrom('apiKeys').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** All of them, newest first. */
export async function listKeys(r: Reader): Promise<StoredKey[]> {
  return await r.selectFrom('apiKeys').selectAll().orderBy('createdAt', 'desc').orderBy('id').execute();
}

/** False when there is none of this id that still works. */
export async function revokeKey(r: Reader, id: string, at: Date): Promise<boolean> {
  const done = await r
    .updateTable('apiKeys')
    .set({ revokedAt: at })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return Number(done.numUpdatedRows) > 0;
}

export async function touchKey(r: Reader, id: string, at: Date): Promise<void> {
  await r.updateTable('apiKeys').set({ lastUsedAt: at }).where('id', '=', id).execute();
}

/** A setting kept in the database, such as the key of local mode; the first to write it decides. */
export async function keepSetting(r: Reader, key: string, value: string): Promise<string> {
  await r
    .insertInto('settings')
    .values({ key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const kept = await r
    .selectFrom('settings')
    .select('value')
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return String(kept.value);
}
