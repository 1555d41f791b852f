import { sql } from 'kysely';

import type { Db } from '#src/db/schema.ts';

/** How often PostgreSQL had to break a circle of transactions that waited for each other. */
export async function deadlocks(db: Db): Promise<number> {
  await sql`select pg_stat_clear_snapshot(), pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(db);
  return rows[0]?.deadlocks ?? 0;
}
