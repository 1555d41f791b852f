import { sql } from 'kysely';

import type { Budgets } from '#src/llm/door.ts';
import type { CallBegun, CallEnded, Exceeded, Ledger } from '#src/llm/ledger.ts';

import type { Db } from './schema.ts';

const DAY_MS = 86_400_000;

/** The record of calls, and the answers that are used again, in the database: shared by all processes. */
export function modelLedger(db: Db): Ledger {
  return {
    reserve: async (call, budgets) => await reserve(db, call, budgets),
    settle: async (id, end) => await settle(db, id, end),
    async find(key, now) {
      const found = await db
        .selectFrom('modelAnswers')
        .select(['value', 'model', 'until'])
        .where('key', '=', key)
        .where('until', '>', now)
        .executeTakeFirst();
      return found ?? null;
    },
    async keep(key, { value, model, at, until }) {
      const kept = { value: JSON.stringify(value), model, at, until };
      await db
        .insertInto('modelAnswers')
        .values({ key, ...kept })
        .onConflict((of) => of.column('key').doUpdateSet(kept))
        .execute();
    },
    async reused({ id, at, task, version, provider, model, incident, priority, inputHash }) {
      const call = { id, at, task, version, provider, model, incident, priority, inputHash };
      await db
        .insertInto('modelCalls')
        .values({ ...call, ...NOT_YET, chargedUsd: 0, usd: 0, verdict: 'cached' })
        .execute();
    },
  };
}

const NOT_YET = {
  input: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
  cacheRead: null,
  output: null,
  thinking: null,
  latencyMs: null,
  why: null,
  requestId: null,
} as const;

/** One after the other, so that two that fit alone and not together are not both let through. */
async function reserve(db: Db, call: CallBegun, budgets: Budgets): Promise<Exceeded | null> {
  return await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('model_calls', 0))`.execute(tx);
    const { id, at, task, version, provider, model, incident, priority, inputHash, reservedUsd } = call;
    const day = dayOf(at);
    const tenantUsd = budgets.tenantUsd ?? null;
    const spentToday = sql`select sum(charged_usd) from model_calls where at >= ${day.from} and at < ${day.to}`;
    const spentOnIt = sql`select sum(charged_usd) from model_calls where incident = ${incident}::bigint`;
    const tenantOfIt = sql`select tags->>'tenant_id' from incidents where number = ${incident}::bigint`;
    const { rows } = await sql<Spent>`
      with whose as (select (${tenantOfIt}) as tenant), spent as (
        select tenant, coalesce((${spentToday}), 0) + ${reservedUsd}::numeric > ${budgets.dayUsd}::numeric as is_over_day,
          coalesce((
            select sum(charged_usd) from model_calls
            where tenant = whose.tenant and at >= ${day.from} and at < ${day.to}
          ), 0) + ${reservedUsd}::numeric > ${tenantUsd}::numeric and tenant is not null as is_over_tenant,
          coalesce((${spentOnIt}), 0) + ${reservedUsd}::numeric > ${budgets.incidentUsd}::numeric
            and ${incident}::bigint is not null as is_over_incident
        from whose
      ), written as (
        insert into model_calls
          (id, at, task, version, provider, model, incident, priority, input_hash, charged_usd, tenant)
        select ${id}, ${at}::timestamptz, ${task}, ${version}::int, ${provider}, ${model}, ${incident}::bigint,
          ${priority}, ${inputHash}, ${reservedUsd}::numeric, tenant
        from spent where not is_over_day and is_over_tenant is not true and not is_over_incident
      )
      select tenant, is_over_day, is_over_tenant, is_over_incident from spent`.execute(tx);
    const [spent] = rows;
    const over = spent && overOf(spent, { day: day.from.toISOString().slice(0, 10), incident });
    if (!over) return null;
    const { budget, key } = over;
    const noticed = await tx
      .insertInto('budgetNotices')
      .values({ key, at })
      .onConflict((of) => of.column('key').doNothing())
      .returning('key')
      .executeTakeFirst();
    return { budget, isFirst: noticed !== undefined };
  });
}

interface Spent {
  readonly tenant: string | null;
  readonly isOverDay: boolean;
  /** Null where no tenant is limited. */
  readonly isOverTenant: boolean | null;
  readonly isOverIncident: boolean;
}

/** The budget that is used up, and what it is known by where that is said once. */
function overOf(
  { tenant, isOverDay, isOverTenant, isOverIncident }: Spent,
  { day, incident }: { readonly day: string; readonly incident: number | null },
): { readonly budget: Exceeded['budget']; readonly key: string } | null {
  if (isOverDay) return { budget: 'day', key: `day:${day}` };
  if (isOverTenant) return { budget: 'tenant', key: `tenant:${day}:${tenant}` };
  return isOverIncident ? { budget: 'incident', key: `incident:${incident}` } : null;
}

async function settle(
  db: Db,
  id: string,
  { verdict, why, usage, usd, latencyMs, requestId }: CallEnded,
): Promise<void> {
  await db
    .updateTable('modelCalls')
    .set({
      verdict,
      why,
      requestId,
      latencyMs: Math.round(latencyMs),
      usd,
      ...usage,
      // What is not known stays on the budgets as the most that it can be.
      ...(usd === null ? {} : { chargedUsd: usd }),
    })
    .where('id', '=', id)
    .execute();
}

/** A day in UTC. */
function dayOf(at: Date): { readonly from: Date; readonly to: Date } {
  const from = new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
  return { from, to: new Date(from.getTime() + DAY_MS) };
}
