import type { PersonId } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

/** An identity that waits for somebody known to say that it is theirs. */
export interface Claim {
  readonly platform: string;
  readonly externalId: string;
  /** As the platform shows it. */
  readonly name: string;
}

/** Only the SHA-256 of a code is kept. */
export async function insertCode(
  r: Reader,
  code: Claim & { readonly codeHash: string; readonly expiresAt: Date },
): Promise<void> {
  await r
    .insertInto('identityCodes')
    .values({ ...code, asked: null, proof: null, usedAt: null })
    .execute();
}

/** What a code stands for while it works, and notes what the yes of this person has to carry; null otherwise. */
export async function askAbout(
  r: Reader,
  codeHash: string,
  { asked, proof }: { readonly asked: PersonId; readonly proof: string },
  now: Date,
): Promise<Claim | null> {
  const row = await r
    .updateTable('identityCodes')
    .set({ asked, proof })
    .where('codeHash', '=', codeHash)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning(['platform', 'externalId', 'name'])
    .executeTakeFirst();
  return row ?? null;
}

/** Uses a code up for the person who was asked; of two who give it at once, one gets it and the other null. */
export async function useCode(
  r: Reader,
  codeHash: string,
  { asked, proof }: { readonly asked: PersonId; readonly proof: string },
  now: Date,
): Promise<Claim | null> {
  const row = await r
    .updateTable('identityCodes')
    .set({ usedAt: now })
    .where('codeHash', '=', codeHash)
    .where('asked', '=', asked)
    .where('proof', '=', proof)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning(['platform', 'externalId', 'name'])
    .executeTakeFirst();
  return row ?? null;
}
