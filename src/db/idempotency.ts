import { sql } from 'kysely';

import { UserError } from '#src/errors.ts';

import type { Reader, Tx } from './schema.ts';

/** A request that may come twice: whose key it is, and what exactly was asked with it. */
export interface Once {
  readonly owner: string;
  readonly key: string;
  readonly requestHash: string;
}

export interface Answered {
  readonly requestHash: string;
  /** Null while the first request still runs. */
  readonly status: number | null;
  readonly body: object | null;
}

/** A request that is being done, perhaps not for the first time: an attempt before this one may have died anywhere. */
export interface Attempt {
  /** The same in every attempt at this request, and in no other one. */
  readonly id: string;
  /** What an attempt before this one had done and could not answer any more. */
  readonly done: string | null;
}

/**
 * Takes the key for an attempt, or answers who took it before. A taker that never
 * answered (its process died) keeps the key until `stale`, and then it is taken
 * again; for the same request as the next attempt at it.
 */
export async function takeKey(
  r: Reader,
  once: Once,
  { id, now, stale }: { readonly id: string; readonly now: Date; readonly stale: Date },
): Promise<{ readonly attempt: Attempt } | { readonly before: Answered }> {
  const first: Attempt = { id, done: null };
  const taken = await r
    .insertInto('idempotencyKeys')
    .values({ ...once, status: null, body: JSON.stringify(first), createdAt: now })
    .onConflict((conflict) =>
      conflict
        .columns(['owner', 'key'])
        .doUpdateSet({
          requestHash: once.requestHash,
          createdAt: now,
          body: sql`case when idempotency_keys.request_hash = excluded.request_hash
            then coalesce(idempotency_keys.body, excluded.body) else excluded.body end`,
        })
        .where(sql<boolean>`idempotency_keys.status is null and idempotency_keys.created_at < ${stale}`),
    )
    .returning('body')
    .executeTakeFirst();
  if (taken) return { attempt: taken.body as Attempt };
  const before = await r
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'status', 'body'])
    .where('owner', '=', once.owner)
    .where('key', '=', once.key)
    .executeTakeFirst();
  // Forgotten between the two statements: whoever asks next gets it.
  return { before: before ?? { requestHash: once.requestHash, status: null, body: null } };
}

/**
 * Says in the transaction that does it what was done, so that another attempt does not do it again.
 * Throws UserError `busy` where another one has done it meanwhile, or the key is another request's by now.
 */
export async function noteDone(tx: Tx, once: Once, attempt: Attempt): Promise<void> {
  const { numUpdatedRows } = await unanswered(tx, once)
    .set({ body: JSON.stringify(attempt) })
    .where(sql<boolean>`body ->> 'done' is null`)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  throw new UserError(
    'busy',
    'What this Idempotency-Key asks for is done by another attempt. Send it again in a second.',
    {
      retryAfterS: 1,
    },
  );
}

/** The first answer stays: an attempt that was slow may find what another one has done, and refuse. */
export async function keepAnswer(r: Reader, once: Once, status: number, body: object | null): Promise<void> {
  await unanswered(r, once)
    .set({ status, body: body && JSON.stringify(body) })
    .execute();
}

/** Gives the key back as from this time on: it was not answered, and may be asked again as another attempt. */
export async function releaseKey(r: Reader, once: Once, since: Date): Promise<void> {
  await unanswered(r, once).set({ createdAt: since }).execute();
}

/** Its row, while the key is this request's: whoever was slow may have lost it to another one. */
function unanswered(r: Reader, { owner, key, requestHash }: Once) {
  return r
    .updateTable('idempotencyKeys')
    .where('owner', '=', owner)
    .where('key', '=', key)
    .where('requestHash', '=', requestHash)
    .where('status', 'is', null);
}
