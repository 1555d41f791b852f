import { sql, type Kysely } from 'kysely';

/** What models wrote for people: the summary that is kept up to date, and drafts of post-mortems. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table summaries (
    incident bigint primary key references incidents,
    /* The last event that it knows of. */
    up_to bigint not null,
    made_at timestamptz not null,
    model text not null,
    value jsonb not null
  )`,
  `create table post_mortem_drafts (
    incident bigint primary key references incidents,
    asked_by text references people on delete set null,
    asked_at timestamptz not null,
    /* Null: it is being written. */
    made_at timestamptz,
    /* Null: rules put it together. */
    model text,
    value jsonb
  )`,
];
