import { sql, type Kysely } from 'kysely';

/** Changes that other systems tell of, and the catalogue of services. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [];
