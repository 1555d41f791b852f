import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

/** In place of the one before: a new code starts with all its tries. */
export async function saveCode(
  r: Reader,
  contact: string,
  { codeHash, expiresAt }: { readonly codeHash: string; readonly expiresAt: Date },
): Promise<void> {
  const row = { codeHash, expiresAt, tries: 0 };
  await r
    .insertInto('contactCodes')
    .values({ contact, ...row })
    .onConflict((it) => it.column('contact').doUpdateSet(row))
    .execute();
}

/**
 * Which of a person's contacts a code proves; null: none. Each question is a try for all of
 * theirs that wait, and those that were tried too often answer nothing any more.
 */
export async function tryCode(
  r: Reader,
  person: PersonId,
  codeHash: string,
  { now, mostTries }: { readonly now: Date; readonly mostTries: number },
): Promise<{ readonly id: string; readonly address: string; readonly kind: string } | null> {
  const { rows } = await sql<{ id: string; address: string; kind: string; codeHash: string }>`
    update contact_codes set tries = tries + 1
    from contact_methods as mine
    where mine.id = contact_codes.contact and mine.person_id = ${person}
      and expires_at > ${now} and tries < ${mostTries}
    returning mine.id, mine.address, mine.kind, code_hash`.execute(r);
  return rows.find((it) => it.codeHash === codeHash) ?? null;
}

export async function dropCode(r: Reader, contact: string): Promise<void> {
  await r.deleteFrom('contactCodes').where('contact', '=', contact).execute();
}
