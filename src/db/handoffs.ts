import type { HandoffPlanRow, HandoffRow } from './schema-handoffs.ts';
import type { Reader, Tx } from './schema.ts';

/** Null: nothing was told of it yet. */
export async function findPlan(r: Reader, schedule: string): Promise<HandoffPlanRow | null> {
  const row = await r
    .selectFrom('handoffPlans')
    .selectAll()
    .where('schedule', '=', schedule)
    .executeTakeFirst();
  return row ?? null;
}

export async function addHandoff(tx: Tx, { leaving, coming, ...row }: HandoffRow): Promise<void> {
  await tx
    .insertInto('handoffs')
    .values({ ...row, leaving: JSON.stringify(leaving), coming: JSON.stringify(coming) })
    .execute();
}

/** Null where there is none of this id. */
export async function findHandoff(r: Reader, id: string): Promise<HandoffRow | null> {
  return (await r.selectFrom('handoffs').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The last one of a schedule; null: there was none. */
export async function lastHandoff(r: Reader, schedule: string): Promise<HandoffRow | null> {
  const row = await r
    .selectFrom('handoffs')
    .selectAll()
    .where('schedule', '=', schedule)
    .orderBy('at', 'desc')
    .orderBy('id')
    .executeTakeFirst();
  return row ?? null;
}
