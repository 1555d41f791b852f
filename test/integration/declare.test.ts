import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { countIncidents } from '#src/db/incident-counts.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { findIncident, insertIncidents } from '#src/db/incidents.ts';
import { declare } from '#src/engine/declare.ts';
import type { Severity } from '#src/incident/incident.ts';
import { draft } from '#src/incident/opening.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { by, minutes, monitor } from '#test/support/incident.ts';

describe('declaring an incident', () => {
  test('opens it with what was said, and sensible words for the rest', async ({ db }) => {
    const ctx = engineContext(db, { actor: await addPerson(db, 'ana'), clock: new SetClock() });
    const incident = await declare(ctx, {
      title: 'Checkout fails',
      impact: 'No orders',
      tags: { region: 'eu' },
    });
    expect(incident).toMatchObject({
      number: 1,
      id: 'INC-20260301-00001',
      title: 'Checkout fails',
      impact: 'No orders',
      severity: 'P2',
      status: 'NEW',
      category: 'other',
      environment: 'production',
      source: 'manual',
      assignee: null,
      tags: { region: 'eu' },
      escalationLevel: 1,
      sla: { acknowledgmentDeadline: minutes(60), resolutionDeadline: minutes(240) },
    });
    expect(await findIncident(db, 1)).toEqual(incident);
    expect(await eventsOf(db, 1)).toMatchObject([
      {
        type: 'incident.declared',
        by: { id: 'ana' },
        data: { title: 'Checkout fails', severity: 'P2', rule: null },
      },
    ]);
  });

  test('by a program names the program as its source', async ({ db }) => {
    const ctx = engineContext(db, { actor: { type: 'integration', id: 'deployer', name: 'Deployer' } });
    expect(await declare(ctx, { title: 'x' })).toMatchObject({ source: 'Deployer' });
  });
});

describe('the long id', () => {
  test('counts from 00001 each day, in UTC', async ({ db }) => {
    const clock = new SetClock(new Date('2026-03-01T23:59:59.999Z'));
    const ctx = engineContext(db, { clock });
    const first = await declare(ctx, { title: 'a' });
    const second = await declare(ctx, { title: 'b' });
    clock.advance(1);
    const third = await declare(ctx, { title: 'c' });
    expect([first, second, third].map((it) => [it.number, it.id])).toEqual([
      [1, 'INC-20260301-00001'],
      [2, 'INC-20260301-00002'],
      [3, 'INC-20260302-00001'],
    ]);
  });

  test('is never given twice, nor left out, however many are declared at once', async ({ db }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, index) => declare(ctx, { title: `No ${index}` })),
    );
    expect(all.map((it) => it.id).toSorted()).toEqual(
      Array.from({ length: 60 }, (_, index) => `INC-20260301-${String(index + 1).padStart(5, '0')}`),
    );
    expect(new Set(all.map((it) => it.number)).size).toBe(60);
  });

  test('grows beyond five digits, and is found all the same', async ({ db }) => {
    await db.insertInto('incidentDays').values({ day: '2026-03-01', last: 99_999 }).execute();
    const incident = await declare(engineContext(db, { clock: new SetClock() }), { title: 'x' });
    expect(incident.id).toBe('INC-20260301-100000');
    expect((await findIncident(db, 'inc-20260301-100000')).number).toBe(1);
  });

  test('thousands can be opened in one transaction', async ({ db }) => {
    const who = by(monitor);
    const opening = { title: 'x', severity: 'P3', category: 'other', source: 'x', fingerprint: 'x' } as const;
    const drafts = Array.from({ length: 2500 }, () => draft(opening, who));
    const all = await db.transaction().execute((tx) => insertIncidents(tx, drafts, who.at));
    expect(all).toHaveLength(2500);
    expect(all.at(-1)).toMatchObject({ id: 'INC-20260301-02500' });
    expect(await countIncidents(db, 'open')).toEqual([{ severity: 'P3', status: 'NEW', count: 2500 }]);
  });
});

describe('finding incidents', () => {
  test('by what people type, or with a sentence why not', async ({ db }) => {
    const { id } = await declare(engineContext(db), { title: 'x' });
    for (const ref of [1, '1', 'INC-1', '#1', 'inc-1', id]) {
      expect(await findIncident(db, ref)).toMatchObject({ number: 1 });
    }
    await expect(findIncident(db, 'INC-2')).rejects.toThrow('There is no INC-2.');
    await expect(findIncident(db, 'INC-20200101-00001')).rejects.toThrow('There is no INC-20200101-00001.');
    await expect(findIncident(db, "1' or '1'='1")).rejects.toThrow(
      "\"1' or '1'='1\" is no incident; write it like INC-42.",
    );
  });

  test('worst first, words anywhere, a page at a time', async ({ db }) => {
    const clock = new SetClock();
    const ctx = engineContext(db, { clock });
    const wanted: [string, Severity][] = [
      ['Checkout fails', 'P2'],
      ['Search is slow', 'P0'],
      ['Checkout is slow', 'P1'],
    ];
    for (const [title, severity] of wanted) {
      await declare(ctx, { title, severity });
      clock.advance(60_000);
    }
    const numbers = async (filter: object) => {
      const { incidents, total } = await listIncidents(db, { limit: 10, offset: 0, ...filter });
      return [incidents.map((it) => it.number), total];
    };
    expect(await numbers({})).toEqual([[3, 2, 1], 3]);
    expect(await numbers({ sort: 'severity' })).toEqual([[2, 3, 1], 3]);
    expect(await numbers({ search: 'checkout' })).toEqual([[3, 1], 2]);
    expect(await numbers({ search: 'checkout -fails' })).toEqual([[3], 1]);
    expect(await numbers({ limit: 1, offset: 1 })).toEqual([[2], 3]);
    expect(await numbers({ from: minutes(1), to: minutes(2) })).toEqual([[2], 1]);
    expect(await numbers({ open: false })).toEqual([[], 0]);
    expect(await numbers({ numbers: [] })).toEqual([[], 0]);
    expect(await numbers({ search: "\0'; drop table incidents; -- & | ! (" })).toEqual([[], 0]);
  });
});
