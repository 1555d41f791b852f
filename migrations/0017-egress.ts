import { sql, type Kysely } from 'kysely';

/** What left for a model, and what was taken out before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table egress (
    id bigint generated always as identity primary key,
    /* Of the call's record; the turns of a talk are entries of their own. */
    call text not null,
    at timestamptz not null,
    /* Null: about none, or about many. */
    incident bigint references incidents (number),
    task text not null,
    model text not null,
    /* Of the whole text, of which only the beginning is kept. */
    bytes integer not null,
    sha256 text not null,
    text text not null,
    /* How many different values, by kind. */
    removed jsonb not null
  )`,
  `create index egress_incident on egress (incident, id)`,
  `create index egress_at on egress (at)`,
];
