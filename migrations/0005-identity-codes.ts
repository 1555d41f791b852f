import { sql, type Kysely } from 'kysely';

/** One-time codes with which somebody proves that an identity on a chat platform is theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table identity_codes (
      code_hash text primary key,
      platform text not null,
      external_id text not null,
      name text not null,
      asked text,
      proof text,
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db);
}
