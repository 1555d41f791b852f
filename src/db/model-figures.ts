import { sql } from 'kysely';

import type { ModelCallRow } from './schema-llm.ts';
import type { Db, Reader } from './schema.ts';

/** What models cost in a time. */
export interface ModelSpend {
  /** Requests that were made. */
  readonly calls: number;
  /** Answers that were used again, with no request. */
  readonly cached: number;
  /** Of the calls: those whose answer was used. */
  readonly used: number;
  /** Of the calls: those of which nobody knows yet what became of them. */
  readonly underWay: number;
  /** USD of those whose cost is known. */
  readonly usd: number;
  /** Those whose cost is not. */
  readonly unknown: number;
  /** USD on the budgets: also what calls that are under way, or whose cost is not known, can have cost. */
  readonly chargedUsd: number;
}

export interface TaskSpend extends ModelSpend {
  readonly task: string;
}

/** From then on until that time, by task; the dearest first. */
export async function modelSpend(
  r: Reader,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly TaskSpend[]> {
  const { rows } = await sql<TaskSpend>`
    select task, ${SUMS} from model_calls where at >= ${from} and at < ${to}
    group by task order by coalesce(sum(charged_usd), 0) desc, task collate "C"`.execute(r);
  return rows;
}

/** All that was asked about an incident. */
export async function incidentSpend(r: Reader, incident: number): Promise<readonly TaskSpend[]> {
  const { rows } = await sql<TaskSpend>`
    select task, ${SUMS} from model_calls where incident = ${incident}
    group by task order by coalesce(sum(charged_usd), 0) desc, task collate "C"`.execute(r);
  return rows;
}

const SUMS = sql`
  count(*) filter (where verdict is distinct from 'cached') as calls,
  count(*) filter (where verdict = 'cached') as cached,
  count(*) filter (where verdict in ('accepted', 'repaired')) as used,
  count(*) filter (where verdict is null) as under_way,
  coalesce(sum(usd), 0) as usd,
  count(*) filter (where usd is null) as unknown,
  coalesce(sum(charged_usd), 0) as charged_usd`;

/** The last requests about an incident, latest first. */
export async function incidentCalls(
  r: Reader,
  incident: number,
  limit: number,
): Promise<readonly ModelCallRow[]> {
  return await r
    .selectFrom('modelCalls')
    .selectAll()
    .where('incident', '=', incident)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
}

/** Of each model: when it last answered, and when and why it last did not. */
export async function lastAnswers(
  r: Reader,
  since: Date,
): Promise<
  readonly {
    readonly model: string;
    readonly answeredAt: Date | null;
    readonly failedAt: Date | null;
    readonly why: string | null;
  }[]
> {
  const { rows } = await sql<Awaited<ReturnType<typeof lastAnswers>>[number]>`
    select model,
      max(at) filter (where verdict in ('accepted', 'repaired', 'cut', 'refused', 'invalid')) as answered_at,
      max(at) filter (where verdict in ('failed', 'timed-out')) as failed_at,
      (array_agg(why order by at desc) filter (where verdict in ('failed', 'timed-out')))[1] as why
    from model_calls where at >= ${since} group by model order by model collate "C"`.execute(r);
  return rows;
}

/** Answers that nobody may use again, and records older than that. */
export async function forgetCalls(db: Db, now: Date, before: Date): Promise<void> {
  await db.deleteFrom('modelAnswers').where('until', '<=', now).execute();
  await db.deleteFrom('modelCalls').where('at', '<', before).execute();
  await db.deleteFrom('budgetNotices').where('at', '<', before).execute();
}
