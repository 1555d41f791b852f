import type { Insertable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import type { DigestRow, QuestionsSchema } from './schema-questions.ts';
import type { Reader, Tx } from './schema.ts';
import { setMissing, setTimers } from './timers.ts';

type NewDigest = Omit<Insertable<QuestionsSchema['digests']>, 'lastAt' | 'stoppedAt' | 'why'>;

/** Those of a person that go on, the next first. */
export async function digestsOf(r: Reader, person: PersonId): Promise<DigestRow[]> {
  return await r
    .selectFrom('digests')
    .selectAll()
    .where('person', '=', person)
    .where('stoppedAt', 'is', null)
    .orderBy('nextAt')
    .orderBy('id')
    .execute();
}

/** Null where there is none of this id. */
export async function findDigest(r: Reader, id: string): Promise<DigestRow | null> {
  return (await r.selectFrom('digests').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The same, and nobody else changes it meanwhile. */
export async function lockDigest(tx: Tx, id: string): Promise<DigestRow | null> {
  const row = tx.selectFrom('digests').selectAll().where('id', '=', id).forUpdate();
  return (await row.executeTakeFirst()) ?? null;
}

/** With the timer of its first time. */
export async function addDigest(tx: Tx, digest: NewDigest & { readonly nextAt: Date }): Promise<void> {
  await tx
    .insertInto('digests')
    .values({ ...digest, lastAt: null, stoppedAt: null, why: null })
    .execute();
  await setTimers(tx, [{ kind: 'digest', incident: null, subject: digest.id, at: digest.nextAt }]);
}

/** It was asked, and is asked again then. */
export async function moveDigest(
  tx: Tx,
  id: string,
  { lastAt, nextAt }: { readonly lastAt: Date; readonly nextAt: Date },
): Promise<void> {
  await tx.updateTable('digests').set({ lastAt, nextAt }).where('id', '=', id).execute();
  await setTimers(tx, [{ kind: 'digest', incident: null, subject: id, at: nextAt }]);
}

export async function endDigest(
  tx: Tx,
  id: string,
  { at, why }: { readonly at: Date; readonly why: string },
): Promise<void> {
  await tx.updateTable('digests').set({ stoppedAt: at, why }).where('id', '=', id).execute();
  await setTimers(tx, [{ kind: 'digest', incident: null, subject: id, at: null }]);
}

/** Sets timers that are gone because the work they led to was given up. */
export async function rearmDigests(tx: Tx): Promise<void> {
  const rows = await tx
    .selectFrom('digests')
    .select(['id as subject', 'nextAt as at'])
    .where('stoppedAt', 'is', null)
    .execute();
  await setMissing(tx, 'digest', rows);
}
