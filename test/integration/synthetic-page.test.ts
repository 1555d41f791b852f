import { describe, expect } from 'vitest';

import { listIncidents } from '#src/db/incident-list.ts';
import { saveSchedule } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import {
  lastSyntheticPage,
  saveSyntheticPage,
  syntheticFigures,
  type SyntheticPage,
} from '#src/db/synthetic-pages.ts';
import { checkSyntheticPage, sendSyntheticPage } from '#src/engine/synthetic-page.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { Metrics } from '#src/metrics.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

const DAY = 86_400_000;
/** A Sunday, 10:00 in Berlin. */
const DUE = new Date('2026-03-01T09:00:00Z');
const TO_ANA: SyntheticPage = {
  to: { kind: 'person', id: 'ana' },
  day: 0,
  time: '10:00',
  zone: 'Europe/Berlin',
};

async function save(db: Db, setting: SyntheticPage | null, now: Date): Promise<void> {
  await db.transaction().execute((tx) => saveSyntheticPage(tx, setting, now));
}

async function incidents(db: Db): Promise<string[]> {
  const { incidents: all } = await listIncidents(db, { offset: 0, limit: 10 });
  return all.map(({ title, description, status }) => `${status}: ${title}. ${description}`);
}

async function nextOne(db: Db): Promise<Date | undefined> {
  const timer = db.selectFrom('timers').select('dueAt').where('kind', '=', 'synthetic-page');
  return (await timer.executeTakeFirst())?.dueAt;
}

/** While time goes on: whoever looked at this very moment looks again a moment later. */
async function soon({ clock }: Reacting, holds: () => unknown): Promise<void> {
  await comesTrue(async () => {
    clock.advance(10);
    await holds();
  });
}

describe('the weekly test page', () => {
  test('goes the whole way at its time, and it is known how long that took', async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const bot = await reacting([web], { clock: new ManualClock(new Date(DUE.getTime() - 10_000)) });
    await save(db, TO_ANA, bot.clock.now());
    expect(await nextOne(db)).toEqual(DUE);
    bot.ctx.committed();
    bot.clock.advance(10_000);
    await soon(bot, () => expect(web.directs.map(({ to }) => to)).toEqual(['ana']));
    expect(web.directs[0]?.text).toMatch(/^The weekly test page\nNothing is wrong/);
    await bot.settled();
    bot.clock.advance(60_000);
    await soon(bot, async () =>
      expect(await lastSyntheticPage(db)).toMatchObject({ dueAt: DUE, failed: null }),
    );
    const { latencyMs, failures } = await syntheticFigures(db);
    expect([latencyMs !== null && latencyMs < 60_000, failures]).toEqual([true, 0]);
    const [receipt] = await receiptsOf(db, { person: 'ana' as PersonId, limit: 1 });
    expect(receipt?.page).toMatchObject({ kind: 'test', incident: null });
    expect(await nextOne(db)).toEqual(new Date(DUE.getTime() + 7 * DAY));
    expect(web.directs).toHaveLength(1);
    expect(await incidents(db)).toEqual([]);
  });

  test('is an incident where it did not go in time, until the next one goes', async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const isAway = { is: true };
    web.onCall = (method) => {
      if (method === 'direct' && isAway.is) throw new ProviderError('web', 'is away', { retry: true });
    };
    const bot = await reacting([web], { clock: new ManualClock(DUE) });
    await save(db, TO_ANA, new Date(DUE.getTime() - 1));
    bot.ctx.committed();
    await soon(bot, async () => expect(await nextOne(db)).toEqual(new Date(DUE.getTime() + 7 * DAY)));
    await bot.settled();
    bot.clock.advance(60_000);
    await soon(bot, async () =>
      expect(await incidents(db)).toEqual([
        'NEW: The weekly test page did not go out in time. No provider took it for ana within 60 seconds.',
      ]),
    );
    await soon(bot, async () => expect(await syntheticFigures(db)).toEqual({ latencyMs: null, failures: 1 }));
    const metrics = new Metrics({ version: '0.0.0' });
    const none = { incidents: async () => [], queue: async () => [], intakeDepth: () => 0 };
    metrics.look({ ...none, syntheticPages: () => syntheticFigures(db) });
    await metrics.text();
    const { text } = await metrics.text();
    expect(text).toContain('\nsynthetic_page_failures_total 1\n');
    expect(text).toContain('\nsynthetic_page_latency_seconds 0\n');
    isAway.is = false;
    await bot.settled();
    bot.clock.advance(7 * DAY - 60_000);
    await soon(bot, () => expect(web.directs).toHaveLength(1));
    await bot.settled();
    bot.clock.advance(60_000);
    await soon(bot, async () => expect((await incidents(db))[0]).toMatch(/^RESOLVED: /));
  });

  test('is for whoever is on call; for nobody, and hours late, it says so instead', async ({ db }) => {
    await addPerson(db, 'ana');
    const clock = new SetClock(DUE);
    const ctx = engineContext(db, { clock });
    const run = async (dueAt: Date) => {
      await sendSyntheticPage(ctx, dueAt);
      await checkSyntheticPage(ctx, `synthetic-page-${dueAt.getTime()}`);
      return (await lastSyntheticPage(db))?.failed;
    };
    const payments = schedule({ layers: [layer({ shifts: [['ana' as PersonId]] })] });
    await db.transaction().execute((tx) => saveSchedule(tx, { ...payments, enabled: false }, clock.now()));
    await save(db, { ...TO_ANA, to: { kind: 'schedule', id: payments.id } }, clock.now());
    expect(await run(DUE)).toBe(
      'There was nobody to page: schedule payments names nobody who is on call now.',
    );
    await db.transaction().execute((tx) => saveSchedule(tx, payments, clock.now()));
    clock.advance(7 * DAY);
    await sendSyntheticPage(ctx, clock.now());
    expect(await receiptsOf(db, { person: 'ana' as PersonId, limit: 5 })).toHaveLength(1);
    clock.advance(7 * DAY);
    const longAgo = new Date(clock.now().getTime() - 2 * 3_600_000);
    expect(await run(longAgo)).toContain('did not look within an hour');
    expect(await receiptsOf(db, { person: 'ana' as PersonId, limit: 5 })).toHaveLength(1);
    await save(db, null, clock.now());
    expect(await nextOne(db)).toBeUndefined();
  });
});
