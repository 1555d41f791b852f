import { expect } from 'vitest';

import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';

const checkoutDown = {
  source: 'uptime',
  timestamp: '2026-03-01T08:00:00Z',
  event_type: 'alert',
  category: 'availability',
  title: 'Checkout answers with errors',
  description: '37 % of requests fail',
  severity: 'critical',
  resource: { type: 'service', id: 'checkout', name: 'checkout', metadata: {} },
};

test('an incident from its first alert to its end', async ({ newPlace }) => {
  const bot = await Bot.on(newPlace);
  const { status, body } = await bot.posts('generic', checkoutDown);
  expect([status, body['status']]).toEqual([202, 'accepted']);

  const room = await bot.roomOf(1);
  expect(room).toBe('inc-1-checkout-answers-with-errors');
  await bot.until(async () => (await bot.card(room)).buttons.length > 0);
  const opened = await bot.card(room);
  expect(opened.text).toContain('Checkout answers with errors');
  expect(opened.buttons.slice(0, 3)).toEqual(['Acknowledge', 'Resolve', 'Escalate']);

  expect(await bot.presses('responder', 'Acknowledge', room)).toContain('INC-1');
  await bot.until(async () => (await bot.card(room)).buttons[0] === 'Start');
  expect((await bot.card(room)).text).toContain('Demo Responder');

  await bot.types('second', '/incident note the payment provider has an outage', room);
  await bot.types('second', '/incident assign me', room);
  await bot.until(async () => (await bot.card(room)).text.includes('Second Responder'));
  expect(await bot.types('second', '/incident resolve switched to the other provider', room)).toContain(
    'resolved',
  );

  await bot.until(async () => (await bot.card(room)).buttons[0] === 'Close');
  expect(await bot.incident(1)).toMatchObject({
    status: 'RESOLVED',
    resolution: { resolution_notes: 'switched to the other provider' },
  });
  // The card, and one word at the end: a room belongs to the people in it.
  await bot.until(async () => (await bot.unasked(room)).length === 2);
  expect(await bot.unasked(room)).toHaveLength(2);

  await bot.types('second', '/incident close', room);
  await bot.until(async () => (await bot.rooms()).find((it) => it.id === room)?.archived);
  const timeline = (await bot.call('GET', '/api/v1/incidents/1/timeline')).body as { description: string }[];
  expect(timeline.length).toBeGreaterThan(6);
  expect((await bot.call('GET', '/api/v1/incidents/1/verify')).body).toMatchObject({ intact: true });
});

test('two people acknowledge: one gets it, the other is told who', async ({ place }) => {
  const bot = await Bot.on(place);
  await bot.posts('generic', checkoutDown);
  const room = await bot.roomOf(1);

  const answers = await Promise.all([
    bot.types('responder', '/incident ack', room),
    bot.types('second', '/incident ack', room),
  ]);
  const { assigned_to: holder } = await bot.incident(1);
  const loser = answers[holder === 'responder' ? 1 : 0];
  expect(loser).toContain(holder === 'responder' ? 'Demo Responder' : 'Second Responder');
  const events = (await bot.call('GET', '/api/v1/incidents/1/timeline')).body as { event_type: string }[];
  expect(events.filter((it) => JSON.stringify(it).includes('acknowledged')).length).toBe(1);
});

test('everything is there again after a restart', async ({ place }) => {
  const bot = await Bot.on(place);
  await bot.posts('generic', checkoutDown);
  const room = await bot.roomOf(1);
  await bot.types('responder', 'looking at it', room);
  await bot.types('responder', '/incident ack', room);
  await bot.until(async () => (await bot.card(room)).buttons[0] === 'Start');
  const before = [await bot.incident(1), await bot.card(room), (await bot.messages(room)).length];

  await bot.restart();
  const restarted = await bot.incident(1);
  expect([restarted['status'], await bot.card(room), (await bot.messages(room)).length]).toEqual([
    (before[0] as { status: string }).status,
    before[1],
    before[2],
  ]);
  const { body } = await bot.posts('generic', checkoutDown);
  expect(body).toMatchObject({ status: 'duplicate', incident_id: (before[0] as { id: string }).id });
  await bot.until(async () => JSON.stringify(await bot.card(room)).includes('seen 2 times'));
  expect((await bot.messages(room)).length).toBe(before[2]);
});
