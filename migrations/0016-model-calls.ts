import { sql, type Kysely } from 'kysely';

/** What models were asked, what it cost, and what they answered lately. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [];
