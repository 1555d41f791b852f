import { sql } from 'kysely';

import type { Change } from '#src/changes/change.ts';
import { followed, isRepeat } from '#src/changes/follow.ts';

import type { Db, Reader, Tx } from './schema.ts';

const COLUMNS = [
  'id',
  'source',
  'kind',
  'service',
  'environment',
  'title',
  'author',
  'url',
  'startedAt',
  'endedAt',
  'status',
  'size',
  'details',
] as const satisfies readonly (keyof Change)[];

/** The most that one look answers; a window with more is one nobody reads. */
const CHANGES_MAX = 500;

export interface ChangesAsked {
  /** Those that were under way or ended in this time, both ends included. */
  readonly from: Date;
  readonly until: Date;
  /** Only of these services, whatever the case of their names; left out: of all, and of none. */
  readonly services?: readonly string[];
  readonly limit?: number;
}

/** The latest first. */
export async function changesBetween(r: Reader, asked: ChangesAsked): Promise<Change[]> {
  const { from, until, services, limit = CHANGES_MAX } = asked;
  const names = services?.map((it) => it.toLowerCase());
  return await r
    .selectFrom('changes')
    .select(COLUMNS)
    .where(({ eb, fn }) => eb(fn.coalesce('endedAt', 'startedAt'), '>=', from))
    .where('startedAt', '<=', until)
    .$if(names !== undefined, (it) => it.where(sql`lower(service)`, '=', sql`any(${names ?? []}::text[])`))
    .orderBy(({ fn }) => fn.coalesce('endedAt', 'startedAt'), 'desc')
    .orderBy('id')
    .limit(Math.min(limit, CHANGES_MAX))
    .execute();
}

/** A new one, or what is new of one that is known. The same again changes nothing. Answers as they now are. */
export async function saveChanges(db: Db, changes: readonly Change[], now: Date): Promise<Change[]> {
  return await db.transaction().execute(async (tx) => {
    const saved = new Map<string, Change>();
    // In one order, so that two requests never wait for each other.
    for (const it of changes.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      saved.set(it.id, await save(tx, it, now));
    }
    return changes.map((it) => saved.get(it.id) ?? it);
  });
}

async function save(tx: Tx, change: Change, now: Date): Promise<Change> {
  const row = { ...change, details: JSON.stringify(change.details), heardAt: now };
  const { numInsertedOrUpdatedRows: written = 0n } = await tx
    .insertInto('changes')
    .values(row)
    .onConflict((it) => it.column('id').doNothing())
    .executeTakeFirstOrThrow();
  if (written > 0n) return change;
  const before = await tx
    .selectFrom('changes')
    .select(COLUMNS)
    .where('id', '=', change.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const { id, details, ...after } = isRepeat(before, change) ? before : followed(before, change);
  await tx
    .updateTable('changes')
    .set({ ...after, details: JSON.stringify(details), heardAt: now })
    .where('id', '=', id)
    .execute();
  return { ...after, id, details };
}
