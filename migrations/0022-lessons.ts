import { sql, type Kysely } from 'kysely';

/** What people corrected, and what follows from it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table corrections (
    incident bigint not null references incidents,
    field text not null,
    source text not null,
    rule text not null,
    service text,
    team text,
    value text not null,
    /* For a severity: it was made better, not worse. */
    lowers boolean not null,
    by_person text not null,
    at timestamptz not null,
    /* The last word of people on an incident's field. */
    primary key (incident, field)
  )`,
  `create index corrections_of_rule on corrections (source, rule, field)`,
  `create table lessons (
    id text primary key,
    source text not null,
    rule text not null,
    /* Null: whichever service it is of. */
    service text,
    /* Whose incident it was learned from; null: no team had it. */
    team text,
    field text not null,
    value text not null,
    reason text not null,
    /* Null: the program drew the conclusion. */
    made_by text references people on delete set null,
    made_at timestamptz not null,
    /* The incident where it was said last. */
    incident bigint not null references incidents,
    forgotten_at timestamptz
  )`,
  /* One that holds for each field of a rule and service. */
  `create unique index lessons_that_hold on lessons (source, rule, coalesce(service, ''), field)
    where forgotten_at is null`,
  `create table lesson_uses (
    lesson text not null references lessons on delete cascade,
    incident bigint not null references incidents,
    at timestamptz not null,
    /* People set the field to something else there. */
    overruled boolean not null default false,
    primary key (lesson, incident)
  )`,
];
