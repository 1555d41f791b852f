import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';
import { nextWeekly, type Weekly } from '#src/oncall/weekly.ts';

import type { SyntheticPageRow } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';
import { setTimers } from './timers.ts';

/** Whom a test page goes to every week, and when. */
export interface SyntheticPage extends Weekly {
  readonly to: { readonly kind: 'schedule' | 'person'; readonly id: string };
}

/** Its key in `settings`. */
const KEY = 'synthetic_page';

/** Null: there is none. */
export async function syntheticPage(r: Reader): Promise<SyntheticPage | null> {
  const row = await r.selectFrom('settings').select('value').where('key', '=', KEY).executeTakeFirst();
  return (row?.value as SyntheticPage | null | undefined) ?? null;
}

/** With the timer of the next one; null takes both away. */
export async function saveSyntheticPage(tx: Tx, it: SyntheticPage | null, now: Date): Promise<void> {
  const value = JSON.stringify(it);
  await tx
    .insertInto('settings')
    .values({ key: KEY, value })
    .onConflict((of) => of.column('key').doUpdateSet({ value }))
    .execute();
  await setNext(tx, it, now);
}

/** The timer of the next one after this time. */
export async function setNext(tx: Tx, it: SyntheticPage | null, after: Date): Promise<void> {
  const at = it && nextWeekly(it, after);
  await setTimers(tx, [{ kind: 'synthetic-page', incident: null, subject: 'weekly', at }]);
}

/** The same where that timer is gone because the work it led to was given up. */
export async function rearmSyntheticPage(tx: Tx, now: Date): Promise<void> {
  const timer = tx.selectFrom('timers').select('key').where('kind', '=', 'synthetic-page');
  if (!(await timer.executeTakeFirst())) await setNext(tx, await syntheticPage(tx), now);
}

/** False where it is there already. */
export async function addSyntheticPage(
  tx: Tx,
  it: Pick<SyntheticPageRow, 'id' | 'dueAt' | 'people'>,
): Promise<boolean> {
  const added = await tx
    .insertInto('syntheticPages')
    .values({ ...it, checkedAt: null, latencyMs: null, failed: null })
    .onConflict((of) => of.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

export async function findSyntheticPage(r: Reader, id: string): Promise<SyntheticPageRow | null> {
  return (await r.selectFrom('syntheticPages').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The last one of which it is known what became of it, before a time where one is named. */
export async function lastSyntheticPage(r: Reader, before?: Date): Promise<SyntheticPageRow | null> {
  let query = r.selectFrom('syntheticPages').selectAll().where('checkedAt', 'is not', null);
  if (before) query = query.where('dueAt', '<', before);
  return (await query.orderBy('dueAt', 'desc').limit(1).executeTakeFirst()) ?? null;
}

/** What became of it, once. */
export async function settleSyntheticPage(
  tx: Tx,
  id: string,
  end: Pick<SyntheticPageRow, 'latencyMs' | 'failed'> & { readonly checkedAt: Date },
): Promise<void> {
  await tx
    .updateTable('syntheticPages')
    .set(end)
    .where('id', '=', id)
    .where('checkedAt', 'is', null)
    .execute();
}

/** When a provider first took each of these pages, by the person; those whom none has taken are not in it. */
export async function takenAt(r: Reader, keys: readonly string[]): Promise<ReadonlyMap<PersonId, Date>> {
  if (keys.length === 0) return new Map();
  const rows = await r
    .selectFrom('notifications')
    .innerJoin('pages', 'pages.id', 'notifications.page')
    .select(['pages.recipient', sql<Date>`min(notifications.sent_at)`.as('at')])
    .where('pages.key', 'in', keys)
    .where('notifications.sentAt', 'is not', null)
    .groupBy('pages.recipient')
    .execute();
  return new Map(rows.map(({ recipient, at }) => [recipient as PersonId, at]));
}

/** For metrics: how long the last that was taken took, and how many ever failed. */
export async function syntheticFigures(
  r: Reader,
): Promise<{ readonly latencyMs: number | null; readonly failures: number }> {
  const { failures } = await r
    .selectFrom('syntheticPages')
    .select((it) => it.fn.countAll<number>().as('failures'))
    .where('failed', 'is not', null)
    .executeTakeFirstOrThrow();
  const last = await r
    .selectFrom('syntheticPages')
    .select('latencyMs')
    .where('latencyMs', 'is not', null)
    .orderBy('dueAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { latencyMs: last?.latencyMs ?? null, failures };
}
