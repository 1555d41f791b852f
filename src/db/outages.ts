import { sql } from 'kysely';

import type { Reader } from './schema.ts';

/** A platform did not answer, from `since` until `overAt`; null: it still does not. */
export interface Outage {
  readonly id: number;
  readonly platform: string;
  readonly since: Date;
  readonly overAt: Date | null;
}

/**
 * Writes down that a platform does not answer. Null where that is known already,
 * also by another process. One that ended a moment ago, `lullMs` at most, goes on:
 * what comes and goes is one outage to people.
 */
export async function beginOutage(
  r: Reader,
  platform: string,
  now: Date,
  lullMs: number,
): Promise<number | null> {
  if (await seeOutage(r, platform, now)) return null;
  const recent = await r
    .selectFrom('outages')
    .select('id')
    .where('platform', '=', platform)
    .where('overAt', '>=', new Date(now.getTime() - lullMs))
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (recent) {
    await r
      .updateTable('outages')
      .set({ overAt: null, told: false, seenAt: now })
      .where('id', '=', recent.id)
      .execute();
    return recent.id;
  }
  const begun = await r
    .insertInto('outages')
    .values({ platform, since: now, overAt: null, seenAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return begun?.id ?? null;
}

/**
 * Writes down that a platform answers again. Null where it was not known to be away; or, with `unseenSince`, where
 * a process found since then that it is.
 */
export async function endOutage(
  r: Reader,
  platform: string,
  now: Date,
  unseenSince?: Date,
): Promise<number | null> {
  const running = r
    .updateTable('outages')
    .set({ overAt: now, told: false })
    .where('platform', '=', platform)
    .where('overAt', 'is', null);
  const unseen = unseenSince
    ? running.where((it) => it(it.fn.coalesce('seenAt', 'since'), '<', unseenSince))
    : running;
  const ended = await unseen.returning('id').executeTakeFirst();
  return ended?.id ?? null;
}

/** The platforms that are known to be away. */
export async function platformsAway(r: Reader): Promise<string[]> {
  const rows = await r.selectFrom('outages').select('platform').where('overAt', 'is', null).execute();
  return rows.map(({ platform }) => platform);
}

/** Those of whose beginning, or of whose end, nobody was told yet. */
export async function untoldOutages(r: Reader): Promise<Outage[]> {
  return await r
    .selectFrom('outages')
    .select(['id', 'platform', 'since', 'overAt'])
    .where('told', '=', false)
    .orderBy('id')
    .execute();
}

/** People were told of it as it was then; what has changed since is to be told still. */
export async function outageTold(r: Reader, { id, overAt }: Outage): Promise<void> {
  await r
    .updateTable('outages')
    .set({ told: true })
    .where('id', '=', id)
    .where('overAt', 'is not distinct from', overAt)
    .execute();
}

/** Those that go on now, and these others. */
export async function outagesOf(r: Reader, others: readonly number[]): Promise<Outage[]> {
  return await r
    .selectFrom('outages')
    .selectAll()
    .where((it) =>
      it.or([it('overAt', 'is', null), ...(others.length > 0 ? [it('id', 'in', [...others])] : [])]),
    )
    .orderBy('id')
    .execute();
}

/** The incidents in whose rooms something was said of an outage, on any platform. */
export async function incidentsToldOf(r: Reader, outage: number): Promise<number[]> {
  const rows = await r
    .selectFrom('rooms')
    .select('incident')
    .distinct()
    .where(sql<boolean>`notices ? ${String(outage)}`)
    .orderBy('incident')
    .execute();
  return rows.map(({ incident }) => incident);
}

/** Whether it is known to be away; if so, that it still is. */
async function seeOutage(r: Reader, platform: string, now: Date): Promise<boolean> {
  const row = await r
    .updateTable('outages')
    .set({ seenAt: now })
    .where('platform', '=', platform)
    .where('overAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
