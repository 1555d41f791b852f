import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { migrations } from '#migrations/index.ts';
import { findAlertEvent } from '#src/db/alert-events.ts';
import { forgetMonths, makeMonths } from '#src/db/event-months.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import { eventIdsAt } from '#src/engine/event-id.ts';
import { Bot } from '#test/support/bot.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { about, setUp } from '#test/support/ingesting.ts';

const DAY = 24 * 3_600_000;
const MARCH = new Date('2026-03-01T08:00:00Z');

/** In how many rows each table of months has. */
async function months(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select tableoid::regclass::text as name, count(*)::int as count from alert_events group by 1 order by 1`.execute(
    db,
  );
  return Object.fromEntries(rows.map((it) => [it.name.replace('alert_events_', ''), it.count]));
}

async function tables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'alert_events'::regclass order by 1`.execute(db);
  return rows.map((it) => it.name.replace('alert_events_', ''));
}

async function names(db: Db): Promise<number> {
  return (await db.selectFrom('alertEventNames').selectAll().execute()).length;
}

describe('messages of monitoring systems, by month', () => {
  test('lie in the month in which they came in, which is made ahead; there is a place for all others', async ({
    db,
  }) => {
    const { take, clock } = setUp(db);
    expect(clock.now()).toEqual(MARCH);
    await take([about('before')]);
    expect(await months(db)).toEqual({ rest: 1 });
    await makeMonths(db, clock.now());
    await makeMonths(db, clock.now());
    expect(await tables(db)).toEqual(['2026_03', '2026_04', '2026_05', 'rest']);
    await take([about('after')]);
    clock.advance(31 * DAY);
    await take([about('april')]);
    clock.advance(365 * DAY);
    const [late] = await take([about('unforeseen')]);
    expect(await months(db)).toEqual({ '2026_03': 2, '2026_04': 1, rest: 1 });
    expect(await findAlertEvent(db, late?.eventId ?? '')).toMatchObject({ payload: { key: 'unforeseen' } });
    await makeMonths(db, clock.now());
    expect(await months(db)).toEqual({ '2026_03': 2, '2026_04': 1, '2027_04': 1 });
  });

  test('are there before the first of them can come, whichever role a process has', async ({ place }) => {
    const env = databaseKind === 'postgres' ? { ROLES: 'http' } : {};
    const bot = await Bot.on(place, { env, atEnd: () => {} });
    await bot.stop();
    const { db, close } = await openDatabase(place);
    expect(await tables(db)).toHaveLength(4);
    await close();
  });

  test('are found by their id in whatever month they are, also by one that says another time', async ({
    db,
  }) => {
    const { take, ctx, clock } = setUp(db);
    await makeMonths(db, clock.now());
    const [first] = await take([about('first')]);
    expect(first?.eventId).toMatch(/^019ca869-5000-7/);
    clock.advance(40 * DAY);
    const [second] = await take([about('second')]);
    for (const it of [first, second]) {
      expect(await findAlertEvent(db, it?.eventId ?? '')).toMatchObject({ id: it?.eventId });
    }
    const elsewhere = eventIdsAt(new Date(0))(ctx.newId());
    const random = ctx.newId();
    for (const id of [elsewhere, random]) {
      await sql`update alert_events set id = ${id} where received_at = ${clock.now()}`.execute(db);
      expect(await findAlertEvent(db, id)).toMatchObject({ payload: { key: 'second' } });
    }
  });

  test("of one sender's id are one, also over the end of a month, until they are no longer kept", async ({
    db,
  }) => {
    const { take, clock } = setUp(db);
    await makeMonths(db, clock.now());
    const sent = () => about('disk', { eventId: 'e-1' });
    const [first] = await take([sent()]);
    const keep = async (days: number) => {
      clock.advance(days * DAY);
      await makeMonths(db, clock.now());
      await forgetMonths(db, new Date(clock.now().getTime() - 60 * DAY));
    };
    await keep(59);
    expect(await take([sent()])).toMatchObject([{ status: 'duplicate', duplicateOf: first?.eventId }]);
    // Who wrote it is away already, what it was called is not.
    await sql`delete from alert_events`.execute(db);
    expect(await take([sent()])).toMatchObject([
      { status: 'duplicate', duplicateOf: first?.eventId, incident: null },
    ]);
    await keep(2);
    expect(await names(db)).toBe(0);
    await take([sent()]);
    expect(await months(db)).toEqual({ '2026_05': 1 });
  });

  test('go with their month, but for what an alert that is silent still needs', async ({ db }) => {
    const { take, clock } = setUp(db);
    await makeMonths(db, clock.now());
    const [gone, kept] = await take([about('gone'), about('kept')]);
    await sql`insert into mutes (id, kind, name, starts_at, ends_at, even_critical, created_by)
      values ('m', 'rule', 'r', ${clock.now()}, ${clock.now()}, false, 'ana')`.execute(db);
    await sql`update alerts set muted_by = 'm' where fired_by = ${kept?.eventId}`.execute(db);
    const keep = async (days: number) => {
      clock.advance(days * DAY);
      await makeMonths(db, clock.now());
      await forgetMonths(db, new Date(clock.now().getTime() - 30 * DAY));
    };
    // Its last day is not yet old enough.
    await keep(60);
    expect(await months(db)).toEqual({ '2026_03': 2 });
    await keep(1);
    expect(await tables(db)).toEqual(['2026_04', '2026_05', '2026_06', '2026_07', 'rest']);
    expect(await months(db)).toEqual({ rest: 1 });
    expect(await findAlertEvent(db, gone?.eventId ?? '')).toBeNull();
    expect(await findAlertEvent(db, kept?.eventId ?? '')).toMatchObject({ id: kept?.eventId });
    await sql`update alerts set muted_by = null`.execute(db);
    await keep(1);
    expect(await months(db)).toEqual({});
  });
});

describe('the months of a database that is older than they are', () => {
  test('get the messages that are there, with the ids of their senders', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    const before = Object.entries(migrations).filter(([name]) => name < '0024');
    await migrate(db, Object.fromEntries(before));
    const at = ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z'];
    for (const [index, receivedAt] of at.entries()) {
      await sql`
        insert into alert_events (id, external_id, source, fingerprint, duplicate, state, severity, alert, payload, at, received_at)
        values (gen_random_uuid(), ${index === 1 ? null : `ü-${index}`}, 'prometheus', 'f', false, 'firing', 'P3', '{}', ${{ index }}, ${receivedAt}, ${receivedAt})`.execute(
        db,
      );
    }
    await migrate(db);
    expect(await months(db)).toEqual({ '2025_12': 1, '2026_01': 1, '2026_03': 1 });
    expect(await names(db)).toBe(2);
    const { take } = setUp(db);
    const again = about('x', { source: 'prometheus', eventId: 'ü-2' });
    expect(await take([again])).toMatchObject([{ status: 'duplicate' }]);
    await makeMonths(db, MARCH);
    expect(await tables(db)).toEqual(['2025_12', '2026_01', '2026_03', '2026_04', '2026_05', 'rest']);
    await close();
  });
});
