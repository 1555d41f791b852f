import { createHash } from 'node:crypto';

import { sql } from 'kysely';

import type { Db, Reader } from './schema.ts';

const DAY = 86_400_000;
/** An event gets its place in the log a moment before it is committed; by then all of a day's are. */
const SETTLED_MS = 300_000;

/**
 * One hash a day over the heads of all chains that grew since the anchor
 * before, and over that anchor. Whoever keeps yesterday's hash elsewhere can
 * prove that nothing older was changed, whole chains included. Makes the
 * anchors of all days that have ended and have none yet; answers how many.
 */
export async function anchorDays(db: Db, now: Date): Promise<number> {
  const today = startOfDay(new Date(now.getTime() - SETTLED_MS));
  const last = await lastAnchor(db);
  const first = last ? new Date(`${last.day}T00:00:00Z`).getTime() + DAY : await firstDay(db);
  if (first === null) return 0;
  let made = 0;
  for (let day = first; day < today.getTime(); day += DAY) {
    await anchor(db, new Date(day), now);
    made += 1;
  }
  return made;
}

/** Computes every anchor again, oldest first; answers the first day that does not fit, or null. */
export async function verifyAnchors(r: Reader): Promise<{ anchors: number; brokenAt: string | null }> {
  const anchors = await r.selectFrom('chainAnchors').selectAll().orderBy('day').execute();
  let before = { lastSeq: 0, hash: '' };
  for (const { day, lastSeq, hash } of anchors) {
    const heads = await headsBetween(r, before.lastSeq, lastSeq);
    if (hash !== anchorHash(before.hash, heads)) return { anchors: anchors.length, brokenAt: day };
    before = { lastSeq, hash };
  }
  return { anchors: anchors.length, brokenAt: null };
}

async function anchor(db: Db, day: Date, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const before = await lastAnchor(tx);
    const { lastSeq } = await tx
      .selectFrom('incidentEvents')
      .select(({ fn }) => fn.coalesce(fn.max('seq'), sql<number>`0`).as('lastSeq'))
      .where('seq', '>', before?.lastSeq ?? 0)
      .where('at', '<', new Date(day.getTime() + DAY))
      .executeTakeFirstOrThrow();
    const upTo = Math.max(lastSeq, before?.lastSeq ?? 0);
    const heads = await headsBetween(tx, before?.lastSeq ?? 0, upTo);
    await tx
      .insertInto('chainAnchors')
      .values({
        day: day.toISOString().slice(0, 10),
        lastSeq: upTo,
        incidents: heads.length,
        hash: anchorHash(before?.hash ?? '', heads),
        madeAt: now,
      })
      .onConflict((conflict) => conflict.column('day').doNothing())
      .execute();
  });
}

interface Head {
  readonly incident: number;
  readonly position: number;
  readonly hash: string;
}

async function headsBetween(r: Reader, after: number, upTo: number): Promise<Head[]> {
  return await r
    .selectFrom('incidentEvents')
    .distinctOn('incident')
    .select(['incident', 'position', 'hash'])
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('incident')
    .orderBy('position', 'desc')
    .execute();
}

function anchorHash(before: string, heads: readonly Head[]): string {
  const hash = createHash('sha256').update(before);
  for (const head of heads) hash.update(`\n${head.incident} ${head.position} ${head.hash}`);
  return hash.digest('hex');
}

async function lastAnchor(r: Reader) {
  return await r.selectFrom('chainAnchors').selectAll().orderBy('day', 'desc').limit(1).executeTakeFirst();
}

async function firstDay(r: Reader): Promise<number | null> {
  const row = await r.selectFrom('incidentEvents').select('at').orderBy('seq').limit(1).executeTakeFirst();
  return row ? startOfDay(row.at).getTime() : null;
}

function startOfDay(at: Date): Date {
  return new Date(`${at.toISOString().slice(0, 10)}T00:00:00Z`);
}
