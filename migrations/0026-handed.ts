import { sql, type Kysely } from 'kysely';

/**
 * Jobs that wait may be known elsewhere too: Redis is handed the ids of those that are ready. Until this
 * moment they are not handed over again; null: they were not.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`alter table jobs add column handed_until timestamptz`).execute(db);
}
