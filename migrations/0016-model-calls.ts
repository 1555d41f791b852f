import { sql, type Kysely } from 'kysely';

/** What models were asked, what it cost, and what they answered lately. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS: readonly string[] = [
  `create table model_calls (
    id text primary key,
    at timestamptz not null,
    task text not null,
    version int not null,
    provider text not null,
    model text not null,
    /* Null: about none, or about many. */
    incident bigint,
    priority text not null,
    input_hash text not null,
    /* What it counts on the budgets: the most it can cost until it is known what it did cost, and for ever where it never is. */
    charged_usd numeric not null,
    input int,
    cache_write5m int,
    cache_write1h int,
    cache_read int,
    output int,
    thinking int,
    /* Null: not known. */
    usd numeric,
    latency_ms int,
    /* Null: it is under way, or the program ended before its answer was there. */
    verdict text,
    why text,
    request_id text
  )`,
  `create index model_calls_at on model_calls (at) include (charged_usd)`,
  `create index model_calls_incident on model_calls (incident) include (charged_usd) where incident is not null`,
  /* What was said once about a budget that is used up. */
  `create table budget_notices (key text primary key, at timestamptz not null)`,
  `create table model_answers (
    key text primary key,
    /* As the model wrote it; what was taken out before is not in it. */
    value jsonb not null,
    model text not null,
    at timestamptz not null,
    until timestamptz not null
  )`,
  `create index model_answers_until on model_answers (until)`,
];
