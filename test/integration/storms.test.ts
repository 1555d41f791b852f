import { describe, expect } from 'vitest';

import { saveService } from '#src/db/catalogue.ts';
import { findIncident } from '#src/db/incidents.ts';
import type { Db } from '#src/db/schema.ts';
import { resolveCleared } from '#src/engine/clear.ts';
import { test } from '#test/support/database.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { about, ended, setUp } from '#test/support/ingesting.ts';

/** The shop calls the till, and the till calls the ledger. */
async function catalogue(db: Db, more: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
  const calls = { shop: ['till'], till: ['ledger'], ledger: [], gate: [], ...more };
  const services = Object.entries(calls).map(([id, dependsOn]) => ({ id, dependsOn }));
  await db.transaction().execute(async (tx) => {
    for (const it of services) {
      const whole = { ...it, name: it.id, aliases: [], team: null, runbook: null, tier: null };
      await saveService(tx, whole, openedAt);
    }
  });
}

describe('one fault that several services feel', () => {
  test('is one incident of services next to each other, and two of those that are not', async ({ db }) => {
    await catalogue(db);
    const { take, clock } = setUp(db);
    await take([about('a', { service: 'shop' })]);
    clock.set(minutes(2));
    const [till, ledger, other] = await take([
      about('b', { service: 'till' }),
      about('c', { service: 'ledger' }),
      about('d', { service: 'search' }),
    ]);
    expect([till, ledger, other].map((it) => it?.incident)).toEqual([1, 1, 2]);
    clock.set(minutes(20));
    const [later] = await take([about('e', { service: 'till' })]);
    expect(later?.incident).toBe(1);
  });

  test('is two incidents where the first is older than the window', async ({ db }) => {
    await catalogue(db);
    const { take, clock } = setUp(db);
    await take([about('a', { service: 'shop' })]);
    clock.set(minutes(6));
    const [till] = await take([about('b', { service: 'till' })]);
    expect(till?.incident).toBe(2);
  });

  test('is one incident of many that came at once by different ways', async ({ db }) => {
    await catalogue(db);
    const { take } = setUp(db);
    const all = await Promise.all(
      ['shop', 'till'].flatMap((service) => [
        take([about(`${service}-a`, { service })]),
        take([about(`${service}-b`, { service })]),
      ]),
    );
    expect(all.map(([it]) => it?.incident)).toEqual([1, 1, 1, 1]);
  });

  test('is a storm of services that are tied however far: after two incidents the rest joins the first', async ({
    db,
  }) => {
    await catalogue(db, { vault: ['gate'], ledger: ['vault'], backup: [] });
    const { take } = setUp(db);
    const numbers: Record<string, unknown> = {};
    for (const service of ['backup', 'search', 'shop', 'ledger', 'gate', 'backup-too', 'cinema']) {
      const [it] = await take([about(service, { service: service.replace('-too', '') })]);
      numbers[service] = it?.incident;
    }
    // What nobody tied to anything makes no storm, and is swept along by one; what nobody knows is not.
    expect(numbers).toMatchObject({ backup: 1, search: 2, shop: 3, ledger: 4, gate: 3, cinema: 5 });
  });
});

describe('an incident that an alert opened', () => {
  test('says by a tag what technology it is about, unless a label does', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a', { service: 'till', title: 'PostgreSQL is down' })]);
    await take([about('b', { service: 'shop', title: 'PostgreSQL is down', labels: { area: 'west' } })]);
    expect((await findIncident(db, 1)).tags['area']).toBe('database');
    expect((await findIncident(db, 2)).tags['area']).toBe('west');
  });

  test('that was reopened once and is old gives way to a new one when its alert fires again', async ({
    db,
  }) => {
    const { take, clock, ctx } = setUp(db);
    const numbers: unknown[] = [];
    for (const minute of [0, 20, 50]) {
      clock.set(minutes(minute));
      const [it] = await take([about('a')]);
      numbers.push(it?.incident);
      clock.set(minutes(minute + 10));
      await take([ended('a')]);
      await resolveCleared(ctx, Number(it?.incident));
    }
    expect(numbers).toEqual([1, 1, 2]);
  });
});
