import { sql } from 'kysely';

import type { Reader } from './schema.ts';

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

/**
 * Takes the key, or answers who took it before. A taker that never answered
 * (its process died) keeps the key until `stale`, and then it is taken again.
 */
export async function takeKey(r: Reader, once: Once, now: Date, stale: Date): Promise<Answered | null> {
  const taken = await r
    .insertInto('idempotencyKeys')
    .values({ ...once, status: null, body: null, createdAt: now })
    .onConflict((conflict) =>
      conflict
        .columns(['owner', 'key'])
        .doUpdateSet({ requestHash: once.requestHash, createdAt: now })
        .where(sql<boolean>`idempotency_keys.status is null and idempotency_keys.created_at < ${stale}`),
    )
    .returning('owner')
    .executeTakeFirst();
  if (taken) return null;
  const before = await r
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'status', 'body'])
    .where('owner', '=', once.owner)
    .where('key', '=', once.key)
    .executeTakeFirst();
  // Released between the two statements: whoever asks next gets it.
  return before ?? { requestHash: once.requestHash, status: null, body: null };
}

export async function keepAnswer(r: Reader, once: Once, status: number, body: object | null): Promise<void> {
  await r
    .updateTable('idempotencyKeys')
    .set({ status, body: body && JSON.stringify(body) })
    .where('owner', '=', once.owner)
    .where('key', '=', once.key)
    .execute();
}

/** Gives the key back: what was asked was not done, and may be asked again. */
export async function releaseKey(r: Reader, once: Once): Promise<void> {
  await r
    .deleteFrom('idempotencyKeys')
    .where('owner', '=', once.owner)
    .where('key', '=', once.key)
    .where('status', 'is', null)
    .execute();
}
