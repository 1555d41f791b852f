import { describe, expect } from 'vitest';

import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';

const MINUTE = 60_000;

describe('a promise', () => {
  test('to acknowledge that is broken goes to level 2, and the room hears it once', async ({ place }) => {
    const clock = new ManualClock();
    const bot = await Bot.on(place, { clock });
    await bot.types('admin', '/incident declare P0 the shop is down');
    const room = await bot.roomOf(1);

    await bot.rests();
    clock.advance(5 * MINUTE + 1000);
    await bot.until(async () => (await bot.incident(1))['status'] === 'ESCALATED');
    expect(await bot.incident(1)).toMatchObject({
      escalation_level: 2,
      sla: { acknowledgment_breached: true },
    });
    await bot.until(async () =>
      (await bot.unasked(room)).some((it) => it.includes('Nobody has acknowledged')),
    );

    await bot.types('responder', '/incident ack', room);
    expect(await bot.incident(1)).toMatchObject({ status: 'IN_PROGRESS', assigned_to: 'responder' });

    await bot.rests();
    clock.advance(11 * MINUTE);
    await bot.until(async () => (await bot.incident(1))['escalation_level'] === 3);
  });

  test('that is kept in time wakes nobody', async ({ place }) => {
    const clock = new ManualClock();
    const bot = await Bot.on(place, { clock });
    await bot.types('admin', '/incident declare P0 the shop is down');
    const room = await bot.roomOf(1);
    await bot.types('responder', '/incident ack', room);
    await bot.rests();
    clock.advance(6 * MINUTE);
    await bot.types('responder', '/incident resolve it was a false alarm', room);
    await bot.rests();
    clock.advance(60 * MINUTE);
    await bot.until(async () => (await bot.card(room)).buttons[0] === 'Close');
    expect(await bot.incident(1)).toMatchObject({
      escalation_level: 1,
      sla: { acknowledgment_breached: false, resolution_breached: false },
    });
  });

  test('of an update is on the card, and the room is reminded when it is due', async ({ place }) => {
    const clock = new ManualClock();
    const bot = await Bot.on(place, { clock });
    await bot.types('admin', '/incident declare P1 search is slow');
    const room = await bot.roomOf(1);
    await bot.types('responder', '/incident update we are rolling back next 30m', room);
    expect((await bot.incident(1))['next_update_at']).toBe('2026-03-01T08:30:00.000Z');
    await bot.until(async () => (await bot.card(room)).text.includes('rolling back'));

    await bot.rests();
    clock.advance(31 * MINUTE);
    await bot.until(async () => (await bot.unasked(room)).some((it) => it.includes('update promised for')));
  });
});
