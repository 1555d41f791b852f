import { sql, type Kysely } from 'kysely';

/** Many processes on one database: who of them does what only one may do, and who saw last that a platform is away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table leases (
    name text primary key,
    holder text not null,
    /* By the database's clock. */
    until timestamptz not null
  )`,
  /* When a process last found that it is away; null: written by a version that did not say. */
  `alter table outages add column seen_at timestamptz`,
];
