import { sql, type Kysely } from 'kysely';

/** What the adapters of chat platforms remember: where things were posted, what buttons stand for, how people are reached. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table platform_state (
      platform text not null,
      key text not null,
      value jsonb not null,
      at timestamptz not null,
      primary key (platform, key)
    )`.execute(db);
}
