import { sql, type Kysely } from 'kysely';

/** Whose call it was, where the incident says so: what one tenant may use up is limited apart. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `alter table model_calls add column tenant text`,
  `create index model_calls_tenant on model_calls (tenant, at) include (charged_usd) where tenant is not null`,
];
