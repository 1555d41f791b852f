import { sql, type Kysely } from 'kysely';

/** Incidents that only some people see. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table incidents add column is_private boolean not null default false`.execute(db);
  await sql`alter table incidents add column insiders jsonb not null default '[]'`.execute(db);
}
