import { sql, type Kysely } from 'kysely';

/** Programs before read and write as they did. */
export const additive = true;

/** Keys of repeats that are old are found without reading all that there are: a sidecar sends one with every request. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index idempotency_keys_by_time on idempotency_keys using brin (created_at)`.execute(db);
}
