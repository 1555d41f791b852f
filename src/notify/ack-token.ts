import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { UserError } from '#src/errors.ts';

/** What the holder of a link may do, and as whom. */
export interface AckClaim {
  /** The page it acknowledges, and nothing else. */
  readonly page: string;
  /** Who was paged; it is they who acknowledge. */
  readonly person: string;
}

export interface AckToken extends AckClaim {
  /** Names the token without being it, for a table of those that were used. */
  readonly id: string;
}

/** Bound into the signature, so that nothing else that is signed with the same secret passes for one. */
const PURPOSE = 'acknowledge a page, 1';

/**
 * A token for a link in a message: who holds it may acknowledge that page as that
 * person until then. The same claim gives the same token, so a repeated message has
 * the same link. That it works once is up to whoever spends it, by its `id`.
 */
export function signAckToken(secret: string, { page, person }: AckClaim, expires: Date): string {
  const seconds = Math.floor(expires.getTime() / 1000);
  const claim = Buffer.from(JSON.stringify([page, person, seconds])).toString('base64url');
  return `${claim}.${signature(secret, claim).toString('base64url')}`;
}

/** @throws UserError('bad_signature') for what we never signed, UserError('not_allowed') for what is over */
export function verifyAckToken(secret: string, token: string, now: Date): AckToken {
  const [, claim, signed] = /^([\w-]{1,2000})\.([\w-]{43})$/.exec(token) ?? [];
  if (claim === undefined || signed === undefined) throw forged();
  if (!timingSafeEqual(Buffer.from(signed, 'base64url'), signature(secret, claim))) throw forged();
  const [page, person, seconds] = JSON.parse(Buffer.from(claim, 'base64url').toString('utf8')) as [
    string,
    string,
    number,
  ];
  if (now.getTime() >= seconds * 1000) {
    throw new UserError('not_allowed', 'This link is over. Open the incident and acknowledge it there.');
  }
  // Of the claim alone: base64url can be written in more than one way, and all of them are one token.
  return { page, person, id: createHash('sha256').update(`${PURPOSE}\n${claim}`).digest('hex').slice(0, 32) };
}

function signature(secret: string, claim: string): Buffer {
  return createHmac('sha256', secret).update(`${PURPOSE}\n${claim}`).digest();
}

function forged(): UserError {
  return new UserError('bad_signature', 'This link is not complete. Copy all of it from the message.');
}
