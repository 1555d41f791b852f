import type { Json } from './json.ts';
import type { Db, Reader } from './schema.ts';

export interface Delivery {
  /** The idempotency key: the same for every attempt at the same thing, different for everything else. */
  readonly key: string;
  /** Where it goes, such as a platform's or a channel's name. */
  readonly destination: string;
  readonly incident: number | null;
  now(): Date;
}

/**
 * Sends what has not been sent, and remembers the result: a repeat with the
 * same key answers that result and sends nothing. Who dies between the sending
 * and the remembering sends once more, so `send` gives the key to whoever can
 * tell repeats apart. What `send` throws is not remembered.
 *
 * Not to be called in a transaction: sending takes its time.
 */
export async function once<T extends Json>(db: Db, delivery: Delivery, send: () => Promise<T>): Promise<T> {
  const { key, destination, incident } = delivery;
  const before = await resultOf(db, key);
  if (before) return before.value as T;
  const value = await send();
  const row = { key, destination, incident, result: JSON.stringify({ value }), at: delivery.now() };
  const remembered = await db
    .insertInto('deliveries')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .execute();
  if (remembered.length > 0) return value;
  return ((await resultOf(db, key))?.value as T | undefined) ?? value;
}

/**
 * Writes down that something is about to be sent. True for the first who says so:
 * whoever comes later cannot know whether that one sent it, and what it said.
 */
export async function isFirstTry(r: Reader, delivery: Delivery): Promise<boolean> {
  const { key, destination, incident } = delivery;
  const result = JSON.stringify({ value: null });
  const begun = await r
    .insertInto('deliveries')
    .values({ key: `begun:${key}`, destination, incident, result, at: delivery.now() })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .execute();
  return begun.length > 0;
}

/** Whether something was sent under this key, and its result is remembered. */
export async function isDelivered(db: Db, key: string): Promise<boolean> {
  return (await resultOf(db, key)) !== undefined;
}

async function resultOf(db: Db, key: string): Promise<{ value: unknown } | undefined> {
  const row = await db.selectFrom('deliveries').select('result').where('key', '=', key).executeTakeFirst();
  return row?.result as { value: unknown } | undefined;
}
