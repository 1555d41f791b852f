import { describe, expect } from 'vitest';

import { findRun } from '#src/db/escalations.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { act, reach } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import { escalate } from '#src/engine/escalation.ts';
import { mute } from '#src/engine/mute.ts';
import { snoozeEscalation } from '#src/engine/snooze.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import { planNotifications } from '#src/paging/plan.ts';
import { DEFAULT_BREAK_THROUGH, DEFAULT_RULES, type QuietHours } from '#src/paging/rules.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import {
  ana,
  byAna,
  byBo,
  LEVELS,
  MINUTE,
  notesOf,
  NOW,
  opened,
  SettableClock,
  setUp,
  told,
  Wire,
} from '#test/support/faulty.ts';
import { policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

describe('a level', () => {
  test('comes at its time, once, although the program was started anew in the middle of it', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const first = await reacting([web], { channels: wire.channels });
    await opened(first);
    await first.pass(3 * MINUTE);
    await first.stop();
    const { clock } = first;
    const it = await reacting([web], { channels: wire.channels, clock });
    await it.pass(NOW.getTime() + 5 * MINUTE - 1000 - clock.now().getTime());
    expect(told(web)).toEqual([]);
    await it.pass(1000);
    await comesTrue(() => expect([wire.ways(), told(web)]).toEqual([['sms', 'email'], ['bo']]));
  });

  test('over which the clock jumps is passed over, and the room is told which', async ({ db, reacting }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    await opened(it);
    it.clock.advance(12 * MINUTE);
    await comesTrue(() => expect(told(web)).toEqual(['cy']));
    expect((await notesOf(db)).join('\n')).toContain('level 2 was due meanwhile and is passed over');
  });

  test('waits its time once more when the clock is set back, and pages go their ways as if it were not', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const clock = new SettableClock();
    const it = await reacting([web], { channels: wire.channels, clock });
    await opened(it);
    await it.pass(MINUTE);
    clock.setBack(60 * MINUTE);
    // It is noticed within a minute or so, and the five minutes of the level begin then.
    const isNoticed = async () => (await notesOf(db)).join('\n').includes('The clock was set back');
    for (let passed = 0; passed < 75_000 && !(await isNoticed()); passed += 5000) await it.pass(5000);
    await comesTrue(async () => expect(await isNoticed()).toBe(true));
    const { levelReachedAt = 0, nextAt } = (await findRun(db, 1))?.run ?? {};
    expect(nextAt).toBe(levelReachedAt + 5 * MINUTE);
    const left = Number(nextAt) - clock.now().getTime();
    expect(left).toBeLessThanOrEqual(5 * MINUTE);
    await it.pass(left - 5000);
    await comesTrue(() => expect(wire.ways()).toEqual(['sms', 'email']));
    expect(told(web)).toEqual([]);
    await it.pass(10_000);
    await comesTrue(() => expect(told(web)).toEqual(['bo']));
  });

  test('of policies that hand on in a circle comes once, and the end of it is said', async ({
    db,
    reacting,
  }) => {
    await setUp(db, { levels: LEVELS.slice(1, 2), handTo: 'other' });
    await db.transaction().execute(async (tx) => {
      await savePolicy(
        tx,
        policy({ id: 'other', name: 'Other', levels: LEVELS.slice(2), handTo: 'payments', priority: -1 }),
        NOW,
      );
    });
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await opened(it);
    await it.pass(20 * MINUTE);
    await comesTrue(async () => expect((await notesOf(db)).at(-1)).toContain('policy Other is at its end'));
    await comesTrue(() => expect(told(web)).toEqual(['bo', 'cy']));
  });

  test('of an incident that was over before the program looked at it comes when that is reopened', async ({
    db,
  }) => {
    await setUp(db);
    const ctx = { ...engineContext(db), actor: byBo };
    await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
    await reach(ctx, 1, 'resolve');
    await escalate(ctx, 1);
    expect(await receiptsOf(db, { incident: 1, limit: 9 })).toEqual([]);
    await act(ctx, 1, 'reopen', { reason: 'it is back' });
    await escalate(ctx, 1);
    const receipts = await receiptsOf(db, { incident: 1, limit: 9 });
    const waiting = receipts.filter((it) => it.notifications.some(({ state }) => state === 'waiting'));
    expect(waiting.map(({ page }) => page.recipient)).toEqual([ana]);
  });
});

describe('a snooze', () => {
  test('does not overtake an answer that came just before it', async ({ db }) => {
    await setUp(db);
    const clock = new SetClock(NOW);
    const ctx = engineContext(db, { clock });
    await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
    await escalate(ctx, 1);
    await act({ ...ctx, actor: byBo }, 1, 'acknowledge');
    await snoozeEscalation({ ...ctx, actor: byAna }, 1, new Date(NOW.getTime() + 10 * MINUTE));
    await escalate(ctx, 1);
    expect((await findRun(db, 1))?.run.status).toBe('snoozed');
    clock.advance(10 * MINUTE);
    await escalate(ctx, 1);
    expect((await findRun(db, 1))?.run).toMatchObject({ status: 'active', level: 1, cycle: 2 });
  });

  test('that a mute brings holds for an incident that nobody has looked at yet, and overtakes no answer', async ({
    db,
  }) => {
    await setUp(db);
    const ctx = engineContext(db, { clock: new SetClock(NOW) });
    const muted = async (incident: IncidentNumber) => {
      const what = { kind: 'incident', name: `INC-${incident}`, value: null, incident } as const;
      const until = new Date(NOW.getTime() + 10 * MINUTE);
      await mute({ ...ctx, actor: byAna }, { what, until, reason: null, evenCritical: true });
      await escalate(ctx, incident);
      return (await findRun(db, incident))?.run.status;
    };
    const checkout = await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
    expect(await muted(checkout.number)).toBe('snoozed');
    const [receipt] = await receiptsOf(db, { incident: 1, limit: 9 });
    expect(receipt?.notifications.map(({ state }) => state)).not.toContain('waiting');
    const search = await declare(ctx, { title: 'Search is down', severity: 'P1' });
    await escalate(ctx, 2);
    await act({ ...ctx, actor: byBo }, 2, 'acknowledge');
    expect(await muted(search.number)).toBe('acknowledged');
    expect((await notesOf(db, 2)).join('\n')).not.toContain('snoozed');
  });
});

describe('quiet hours around midnight', () => {
  const quiet: QuietHours = {
    from: '22:00',
    to: '07:00',
    zone: 'Europe/Berlin',
    breakThrough: DEFAULT_BREAK_THROUGH,
  };
  const chat = { id: 'chat', kind: 'chat', address: '', verifiedAt: null, enabled: true } as const;
  const sentAt = (at: string, hours: QuietHours): string | undefined =>
    planNotifications({
      person: ana,
      urgency: 'low',
      severity: 'P3',
      at: new Date(at),
      contacts: [chat],
      rules: DEFAULT_RULES,
      quiet: hours,
      recent: [],
    }).steps[0]?.at?.toISOString();

  test('end when the clock on the wall says so in the nights in which it is changed', () => {
    expect(sentAt('2026-03-28T22:30:00Z', quiet)).toBe('2026-03-29T05:00:00.000Z');
    expect(sentAt('2026-10-24T22:30:00Z', quiet)).toBe('2026-10-25T06:00:00.000Z');
    // There is no half past two in the one night: they end with the change.
    expect(sentAt('2026-03-28T22:30:00Z', { ...quiet, to: '02:30' })).toBe('2026-03-29T01:00:00.000Z');
  });
});
