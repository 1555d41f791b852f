import { sql, type Kysely } from 'kysely';

/** What an event or a timer came of, as a W3C traceparent: what follows from it goes on in the same trace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table incident_events add column trace text`,
  `alter table timers add column trace text`,
];
