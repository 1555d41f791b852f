import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { declare } from '#src/engine/declare.ts';
import { link, unlink } from '#src/engine/link.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { types } from '#test/support/incident.ts';

describe('linking two incidents', () => {
  test('shows in both, once, and can be undone', async ({ db }) => {
    const ctx = engineContext(db);
    for (const title of ['a', 'b']) await declare(ctx, { title });
    await link(ctx, 2, 1);
    await link(ctx, 1, 2);
    expect((await findIncident(db, 1)).related).toEqual([2]);
    expect((await findIncident(db, 2)).related).toEqual([1]);
    await unlink(ctx, 1, 2);
    await unlink(ctx, 1, 2);
    expect((await findIncident(db, 1)).related).toEqual([]);
    expect((await findIncident(db, 2)).related).toEqual([]);
    expect(types(await eventsOf(db, 2))).toEqual(['declared', 'linked', 'unlinked']);
  });

  test('is refused with itself, and with one that does not exist, and then neither is touched', async ({
    db,
  }) => {
    const ctx = engineContext(db);
    await declare(ctx, { title: 'a' });
    await expect(link(ctx, 1, 1)).rejects.toThrow('An incident cannot be linked to itself.');
    await expect(link(ctx, 1, 9)).rejects.toThrow('There is no INC-9.');
    await expect(unlink(ctx, 9, 1)).rejects.toThrow('There is no INC-9.');
    expect(await eventsOf(db, 1)).toHaveLength(1);
  });

  test('both ways at once never waits for ever', async ({ db }) => {
    const ctx = engineContext(db);
    for (const title of ['a', 'b', 'c']) await declare(ctx, { title });
    const pairs = [
      [1, 2],
      [2, 1],
      [2, 3],
      [3, 2],
      [1, 3],
      [3, 1],
    ] as const;
    await Promise.all(pairs.flatMap(([a, b]) => [link(ctx, a, b), unlink(ctx, b, a), link(ctx, b, a)]));
    const related = await Promise.all([1, 2, 3].map(async (it) => (await findIncident(db, it)).related));
    for (const [index, others] of related.entries()) {
      for (const other of others) expect(related[other - 1]).toContain(index + 1);
      expect(new Set(others).size).toBe(others.length);
    }
  });
});
