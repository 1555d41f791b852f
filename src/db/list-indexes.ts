import { sql } from 'kysely';

import { LIST_INDEXES } from '#migrations/0035-lists.ts';

import type { Db } from './schema.ts';

/** Whoever works with incidents is let through first; it is tried again in an hour. */
const LOCK_MS = '2000';

/**
 * Puts the indexes of lists in the place of those before, where migration 0035 left them because there are many
 * incidents: one after the other, two seconds each of a million. Meanwhile incidents can be read and not written;
 * the built-in database does nothing else. Rejects where others work with incidents all the time; what was done
 * stays, and the next time goes on from there.
 */
export async function renewListIndexes(db: Db): Promise<void> {
  for (const { name, on, before } of LIST_INDEXES) {
    const { rows } = await sql`
      select from pg_indexes where schemaname = current_schema() and indexname = ${before}`.execute(db);
    if (rows.length === 0) continue;
    // Each by itself: who has built waits for nobody while others wait for it.
    await alone(db, `create index if not exists ${name} on ${on}`);
    await alone(db, `drop index if exists ${before}`);
  }
}

async function alone(db: Db, statement: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select set_config('lock_timeout', ${LOCK_MS}, true)`.execute(tx);
    await sql.raw(statement).execute(tx);
  });
}
