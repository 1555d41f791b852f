import { UserError } from '#src/errors.ts';

import { readClaim, signClaim } from './signed-claim.ts';

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

const PURPOSE = 'acknowledge a page, 1';

/**
 * A token for a link in a message: who holds it may acknowledge that page as that
 * person until then. The same claim gives the same token, so a repeated message has
 * the same link. That it works once is up to whoever spends it, by its `id`.
 */
export function signAckToken(secret: string, { page, person }: AckClaim, expires: Date): string {
  return signClaim({ secret, purpose: PURPOSE }, [page, person, Math.floor(expires.getTime() / 1000)]);
}

/** @throws UserError('bad_signature') for what we never signed, UserError('not_allowed') for what is over */
export function verifyAckToken(secret: string, token: string, now: Date): AckToken {
  const read = readClaim({ secret, purpose: PURPOSE }, token);
  if (!read) throw forged();
  const [page, person, seconds] = read.claim as [string, string, number];
  if (now.getTime() >= seconds * 1000) {
    throw new UserError('not_allowed', 'This link is over. Open the incident and acknowledge it there.');
  }
  return { page, person, id: read.id };
}

function forged(): UserError {
  return new UserError('bad_signature', 'This link is not complete. Copy all of it from the message.');
}
