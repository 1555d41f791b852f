import { sql, type Kysely } from 'kysely';

/**
 * What past incidents were like. Nothing here needs an extension, so that every PostgreSQL takes it; what
 * extensions add is made when the program finds them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  /* One row for each incident that a person ended, as long as it stays ended. */
  `create table incident_memories (
    incident bigint primary key references incidents,
    service text,
    rules text[] not null,
    /* Everything that it said of itself, for the words and the vector. */
    text text not null,
    /* The words of it that are compared, cut and spelt by the program, whatever dictionaries the server has. */
    words text not null,
    tokens tsvector not null generated always as (to_tsvector('simple', words)) stored,
    cause text,
    fix text,
    over_at timestamptz not null,
    /* From when it broke until it was resolved. */
    lasted_ms bigint not null,
    /* Of which model and length the vector is; null: there is none yet, or none of the text as it now is. */
    model text,
    dimensions integer,
    vector real[],
    check ((model is null) = (vector is null) and (model is null) = (dimensions is null))
  )`,
  `create index incident_memories_tokens on incident_memories using gin (tokens)`,
  `create index incident_memories_rules on incident_memories using gin (rules)`,
  `create index incident_memories_service on incident_memories (service, over_at desc)`,
  `create index incident_memories_model on incident_memories (model, incident)`,
  /* The past incident that an open one is clearly like, for its card. */
  `create table incident_likenesses (
    incident bigint primary key references incidents,
    past bigint not null references incident_memories on delete cascade,
    found_at timestamptz not null
  )`,
  `create index incident_likenesses_past on incident_likenesses (past)`,
];
