import { describe, expect } from 'vitest';

import { alertCounts } from '#src/db/alerts.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { act, reach } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import { ingest } from '#src/engine/ingest.ts';
import { merge } from '#src/engine/merge.ts';
import { alertsOf } from '#test/support/alerts.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { alert, types } from '#test/support/incident.ts';

/** Alert `key` of a service. */
function about(service: string, key: string, changes = {}) {
  return { alert: alert({ service, key, ...changes }), payload: {} };
}

describe('merging a duplicate', () => {
  test('closes it, moves its alerts, and says so in both', async ({ db }) => {
    const ctx = engineContext(db, { actor: await addPerson(db, 'ana'), clock: new SetClock() });
    await ingest(ctx, [about('checkout', 'a'), about('checkout', 'b'), about('payments', 'c')]);
    const into = await merge(ctx, 1, 2, 'same database');
    expect(into).toMatchObject({ number: 2, status: 'NEW' });
    expect(await findIncident(db, 1)).toMatchObject({ status: 'CLOSED', duplicateOf: 2, assignee: 'ana' });
    expect(await alertsOf(db, 1)).toEqual([]);
    expect(await alertsOf(db, 2)).toHaveLength(3);
    expect((await alertCounts(db, [1, 2])).get(2)).toEqual({ firing: 3, total: 3, times: 3 });
    expect((await eventsOf(db, 2)).at(-1)).toMatchObject({ data: { duplicate: 1, alerts: 2 } });
    expect(await db.selectFrom('timers').select('incident').distinct().execute()).toEqual([{ incident: 2 }]);
  });

  test('what its alerts and its group do next happens in the other one', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    await ingest(ctx, [about('checkout', 'a'), about('payments', 'c')]);
    await merge(ctx, 1, 2);
    const next = await ingest(ctx, [
      about('checkout', 'a'),
      about('checkout', 'new'),
      about('checkout', 'a', { state: 'resolved' }),
      about('checkout', 'a'),
    ]);
    expect(next.map((it) => [it.status, it.incident])).toEqual([
      ['duplicate', 2],
      ['accepted', 2],
      ['accepted', 2],
      ['accepted', 2],
    ]);
    expect((await findIncident(db, 1)).status).toBe('CLOSED');
  });

  test('the other one is cleared when the alerts of both are resolved', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    await ingest(ctx, [about('checkout', 'a'), about('payments', 'c')]);
    await merge(ctx, 1, 2);
    await ingest(ctx, [about('payments', 'c', { state: 'resolved' })]);
    expect(types(await eventsOf(db, 2))).not.toContain('alerts_cleared');
    await ingest(ctx, [about('checkout', 'a', { state: 'resolved' })]);
    expect(types(await eventsOf(db, 2))).toContain('alerts_cleared');
  });

  test('may be repeated down a line: alerts end where the line ends', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    await ingest(
      ctx,
      ['a', 'b', 'c'].map((it) => about(it, it)),
    );
    await merge(ctx, 1, 2);
    await merge(ctx, 2, 3);
    expect((await ingest(ctx, [about('a', 'again')]))[0]?.incident).toBe(3);
    await expect(merge(ctx, 3, 1)).rejects.toThrow('INC-1 is itself a duplicate of INC-2');
    await expect(merge(ctx, 1, 3)).rejects.toThrow('INC-1 is a duplicate of INC-2 already.');
  });

  test('that is refused leaves both as they were, alerts too', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    await ingest(ctx, [about('checkout', 'a'), about('payments', 'c')]);
    await reach(ctx, 2, 'resolve');
    await expect(merge(ctx, 1, 2)).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge(ctx, 1, 1)).rejects.toMatchObject({ code: 'bad_arguments' });
    await expect(merge(ctx, 1, 9)).rejects.toThrow('There is no INC-9.');
    await expect(merge(ctx, 9, 1)).rejects.toThrow('There is no INC-9.');
    expect(await alertsOf(db, 1)).toHaveLength(1);
    expect(await eventsOf(db, 1)).toHaveLength(1);
  });

  test('that is reopened stands for itself again, and can be merged again', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    for (const title of ['a', 'b']) await declare(ctx, { title });
    await merge(ctx, 1, 2);
    expect(await act(ctx, 1, 'reopen')).toMatchObject({ status: 'IN_PROGRESS', duplicateOf: null });
    await merge(ctx, 1, 2);
    expect(await findIncident(db, 1)).toMatchObject({ status: 'CLOSED', duplicateOf: 2 });
  });

  test('two people merge two incidents into each other: one of them is told', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    for (const title of ['a', 'b']) await declare(ctx, { title });
    const both = await Promise.allSettled([merge(ctx, 1, 2), merge(ctx, 2, 1)]);
    expect(both.map((it) => it.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((it) => it.status === 'rejected')?.reason).toMatchObject({ code: 'conflict' });
  });
});
