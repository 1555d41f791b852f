import { createHash, randomBytes, randomInt } from 'node:crypto';

import { logAccess } from '#src/db/access-log.ts';
import { askAbout, insertCode, useCode, type Claim } from '#src/db/identity-codes.ts';
import { linkIdentity } from '#src/db/people.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Context } from './context.ts';

/** Without letters and digits that look alike. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
/** 31^8 is 39 bits: enough for ten minutes, in a chat that limits how fast people type. */
const LENGTH = 8;
export const CODE_MINUTES = 10;

/** A code like `K7FQ-3XPA` with which somebody who is known can claim this identity, once, within ten minutes. */
export async function offerIdentity({ db, now }: Pick<Context, 'db' | 'now'>, claim: Claim): Promise<string> {
  const letters = Array.from({ length: LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length)));
  const code = `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
  const expiresAt = new Date(now().getTime() + CODE_MINUTES * 60_000);
  await insertCode(db, { ...claim, codeHash: hash(code), expiresAt });
  return code;
}

export interface Question extends Claim {
  /** What the answer yes has to carry; it is shown to nobody. */
  readonly proof: string;
}

/**
 * What a code would link, for this person to be asked whether it is them:
 * somebody could talk another into typing his code, and then act as them. Throws
 * `not_found` for a code that is wrong, used or too old.
 */
export async function askAboutIdentity(
  { db, now }: Pick<Context, 'db' | 'now'>,
  code: string,
  person: PersonId,
): Promise<Question> {
  const proof = randomBytes(16).toString('base64url');
  const claim = await askAbout(db, hash(code), { asked: person, proof }, now());
  return { ...(claim ?? refuse()), proof };
}

/** From now on the identity is this person's, who was asked. Throws `not_found` like `askAboutIdentity`. */
export async function claimIdentity(
  ctx: Context,
  code: string,
  { person, proof }: { readonly person: PersonId; readonly proof: string },
): Promise<Claim> {
  return await ctx.db.transaction().execute(async (tx) => {
    const claim = (await useCode(tx, hash(code), { asked: person, proof }, ctx.now())) ?? refuse();
    await linkIdentity(tx, claim.platform, claim.externalId, person);
    const details = { person, ...claim };
    await logAccess(tx, { at: ctx.now(), actor: ctx.actor, action: 'identity.linked', details });
    return claim;
  });
}

/** However it was typed. */
function hash(code: string): string {
  const letters = code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return createHash('sha256').update(letters).digest('hex');
}

function refuse(): never {
  throw new UserError(
    'not_found',
    `That code does not work: a code is good once, for ${CODE_MINUTES} minutes. Type \`link\` in the other chat for a new one.`,
    { field: 'code' },
  );
}
