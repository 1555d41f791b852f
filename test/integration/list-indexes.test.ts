import { sql, type Kysely } from 'kysely';
import { describe, expect, vi } from 'vitest';

import { LIST_INDEXES, up as upOf } from '#migrations/0035-lists.ts';
import { renewListIndexes } from '#src/db/list-indexes.ts';
import type { OpenDb } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import { housekeeping } from '#src/housekeeping.ts';
import { realClock } from '#src/jobs/clock.ts';
import type { Log } from '#src/log.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { comesTrue } from '#test/support/reacting.ts';

const NOW = LIST_INDEXES.map(({ name }) => name).toSorted();
const BEFORE = LIST_INDEXES.map(({ before }) => before).toSorted();

const up = async (db: Db, many: number) => await upOf(db as unknown as Kysely<unknown>, many);

/** Those of lists that there are. */
async function indexes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select indexname as name from pg_indexes where tablename = 'incidents' order by 1`.execute(db);
  return rows.map(({ name }) => name).filter((it) => [...NOW, ...BEFORE].includes(it));
}

/** As 0030 left them. */
async function asBefore(db: Db): Promise<void> {
  for (const { name, before } of LIST_INDEXES) {
    await sql.raw(`drop index if exists ${name}`).execute(db);
    await sql.raw(`create index if not exists ${before} on incidents (number)`).execute(db);
  }
}

describe('the indexes of lists', () => {
  test('are made at once where there are few incidents, and left as they are where there are many', async ({
    db,
  }) => {
    expect(await indexes(db)).toEqual(NOW);
    await asBefore(db);
    for (const title of ['one', 'two']) await declare(engineContext(db), { title });
    await up(db, 1);
    expect(await indexes(db)).toEqual(BEFORE);
    await up(db, 2);
    expect(await indexes(db)).toEqual(NOW);
  });

  test('are put in place of those before, also where that was cut off in the middle', async ({ db }) => {
    await asBefore(db);
    // The first is built and the one before it still there; the second is done.
    const [first, second] = LIST_INDEXES;
    await sql.raw(`create index ${first?.name} on ${first?.on}`).execute(db);
    await sql.raw(`drop index ${second?.before}`).execute(db);
    await sql.raw(`create index ${second?.name} on ${second?.on}`).execute(db);
    await renewListIndexes(db);
    expect(await indexes(db)).toEqual(NOW);
    await renewListIndexes(db);
    expect(await indexes(db)).toEqual(NOW);
  });

  test('are among what housekeeping does, soon after the start', async ({ db }) => {
    await asBefore(db);
    const errors: unknown[] = [];
    const opened = { db, tidy: async () => {} } as Partial<OpenDb> as OpenDb;
    const log = { error: (it: unknown) => errors.push(it) } as Partial<Log> as Log;
    const later = globalThis.setTimeout;
    const soon = vi.spyOn(globalThis, 'setTimeout');
    soon.mockImplementation(((call: () => void, ms: number) => later(call, ms === 60_000 ? 0 : ms)) as never);
    const leave = housekeeping({ opened, retentionDays: 90, clock: realClock, log });
    soon.mockRestore();
    await comesTrue(async () => expect(await indexes(db)).toEqual(NOW));
    await leave();
    expect(errors).toEqual([]);
  });

  test('find what fits several filters without a look at what does not', async ({ db }) => {
    const plan = await db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      await sql`set local enable_bitmapscan = off`.execute(tx);
      const { rows } = await sql<{ plan: string }>`
        explain (costs off) select * from incidents
        where assignee = 'ana' and severity = 'P1' and status = 'CLOSED' and category = 'cost' and environment = 'qa'
        order by created_at desc, number desc limit 21`.execute(tx);
      return rows.map((it) => Object.values(it).join('')).join('\n');
    });
    expect(plan).toMatch(/using incidents_listed_by_/);
    for (const column of ['severity', 'status', 'category', 'environment']) {
      expect(plan).toMatch(new RegExp(`Index Cond: .*${column}`));
    }
  });
});
