import { describe, expect } from 'vitest';

import { alertCounts } from '#src/db/alerts.ts';
import { pictureOf } from '#src/db/pictures.ts';
import type { Db } from '#src/db/schema.ts';
import { act } from '#src/engine/act.ts';
import { ingest } from '#src/engine/ingest.ts';
import { merge } from '#src/engine/merge.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { alert } from '#test/support/incident.ts';

/** More than are put together at once. */
const MANY = 150;

describe('how often alerts were said', () => {
  test('is told to the last one, of each incident by itself', async ({ db }) => {
    const ctx = engineContext(db);
    await ingest(ctx, [about('checkout', 'a'), about('checkout', 'b'), about('search', 'c')]);
    for (let times = 1; times <= MANY; times += 1) {
      await ingest(ctx, [about('checkout', 'a'), about('checkout', 'b'), about('search', 'c')]);
      if (times % 50 === 0) expect(await seen(db, [1, 2])).toEqual([2 * times + 2, times + 1]);
    }
    // Whoever reads adds up few rows, however many batches there were.
    expect(await db.selectFrom('repeatsOfIncidents').selectAll().execute()).not.toHaveLength(2 * MANY);
  });

  test('goes with its alerts when their incident is merged, and into itself it goes nowhere', async ({
    db,
  }) => {
    const ctx = engineContext(db);
    const both = [about('checkout', 'a'), about('search', 'b')];
    for (let times = 0; times < MANY; times += 1) await ingest(ctx, both);
    await expect(merge(ctx, 2, 2)).rejects.toMatchObject({ code: 'bad_arguments' });
    await merge(ctx, 2, 1);
    expect(await seen(db, [1, 2])).toEqual([2 * MANY, null]);
    for (let times = 0; times < 3; times += 1) await ingest(ctx, both);
    expect(await seen(db, [1])).toEqual([2 * MANY + 6]);
  });

  test('begins anew where an alert opens another incident', async ({ db }) => {
    const ctx = engineContext(db, { actor: await addPerson(db, 'ana'), clock: new SetClock() });
    for (let times = 0; times < 5; times += 1) await ingest(ctx, [about('checkout', 'a')]);
    await ingest(ctx, [about('checkout', 'a', { state: 'resolved' })]);
    for (const action of ['acknowledge', 'start', 'resolve', 'close'] as const) await act(ctx, 1, action);
    for (let times = 0; times < 3; times += 1) await ingest(ctx, [about('checkout', 'a')]);
    expect(await seen(db, [2])).toEqual([3]);
    expect(await pictureOf(db, 2, { ids: [], most: 1 })).toMatchObject({ total: 1, times: 3 });
  });

  test('is right whoever says and merges at the same time', async ({ db }) => {
    const SERVICES = ['a', 'b', 'c', 'd'];
    const all = SERVICES.map((it) => about(it, it));
    await ingest(engineContext(db), all);
    const saying = [1, 2, 3, 4].map(async () => {
      for (let times = 0; times < 80; times += 1) await ingest(engineContext(db), all);
    });
    const merging = async () => {
      for (const [from, to] of [
        [1, 2],
        [4, 3],
        [2, 3],
      ] as const) {
        await merge(engineContext(db), from, to);
        await ingest(engineContext(db), all);
      }
    };
    await Promise.all([...saying, merging()]);
    expect(await seen(db, [1, 2, 3, 4])).toEqual([null, null, (1 + 4 * 80 + 3) * SERVICES.length, null]);
  });
});

function about(service: string, key: string, changes = {}) {
  return { alert: alert({ service, key, ...changes }), payload: {} };
}

/** Null where an incident has no alerts. */
async function seen(db: Db, incidents: readonly number[]): Promise<(number | null)[]> {
  const counts = await alertCounts(db, incidents);
  return incidents.map((it) => counts.get(it)?.times ?? null);
}
