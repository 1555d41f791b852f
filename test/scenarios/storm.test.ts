import { describe, expect } from 'vitest';

import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';

/** As Alertmanager sends it: any number of alerts of one service at once. */
function webhook(status: 'firing' | 'resolved', hosts: number, service = 'api') {
  return {
    version: '4',
    groupKey: '{}:{}',
    status,
    receiver: 'incidents',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    truncatedAlerts: 0,
    alerts: Array.from({ length: hosts }, (_, host) => ({
      status,
      labels: { alertname: 'HighErrorRate', severity: 'warning', service, instance: `host-${host}:9100` },
      annotations: { summary: `host-${host} of ${service} answers with errors` },
      startsAt: '2026-03-01T08:00:00Z',
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-03-01T08:30:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: `${service}-${host}`,
    })),
  };
}

describe('a storm', () => {
  test('is one incident, one room, and a count on its card', async ({ place }) => {
    const bot = await Bot.on(place);
    await Promise.all([
      bot.posts('alertmanager', webhook('firing', 40)),
      bot.posts('alertmanager', webhook('firing', 90)),
    ]);
    const room = await bot.roomOf(1);
    await bot.until(async () => /\b90\b/.test((await bot.card(room)).text));
    const { body } = await bot.call('GET', '/api/v1/incidents');
    expect((body as { pagination: { total_count: number } }).pagination.total_count).toBe(1);
    expect(await bot.unasked(room)).toHaveLength(1);
  });

  test('that ends resolves its incident by itself', async ({ place }) => {
    const bot = await Bot.on(place);
    await bot.posts('alertmanager', webhook('firing', 5));
    const room = await bot.roomOf(1);
    await bot.posts('alertmanager', webhook('resolved', 3));
    await bot.until(async () => ((await bot.incident(1))['alerts'] as { firing: number }).firing === 2);
    expect((await bot.incident(1))['status']).toBe('NEW');

    await bot.posts('alertmanager', webhook('resolved', 5));
    await bot.until(async () => (await bot.incident(1))['status'] === 'RESOLVED');
    await bot.until(async () => (await bot.card(room)).buttons[0] === 'Close');
  });

  test('that ends is told to the room where the setting says so', async ({ place }) => {
    const bot = await Bot.on(place, { env: { WHEN_ALERTS_CLEAR: 'tell' } });
    await bot.posts('alertmanager', webhook('firing', 2));
    const room = await bot.roomOf(1);
    await bot.posts('alertmanager', webhook('resolved', 2));
    await bot.until(async () => (await bot.unasked(room)).length === 2);
    expect((await bot.incident(1))['status']).toBe('NEW');
    expect((await bot.unasked(room))[1]).toContain('All 2 alerts of INC-1 are resolved');
    expect(await bot.presses('responder', 'Resolve', room)).toContain('resolved');
  });

  test('of another service is another incident', async ({ place }) => {
    const bot = await Bot.on(place);
    await bot.posts('alertmanager', webhook('firing', 2, 'api'));
    await bot.posts('alertmanager', webhook('firing', 2, 'search'));
    await Promise.all([1, 2].map(async (number) => await bot.roomOf(number)));
    expect((await bot.rooms()).filter((it) => it.name.startsWith('inc-'))).toHaveLength(2);
  });

  test('that flaps reopens the incident that was resolved a moment ago', async ({ place }) => {
    const bot = await Bot.on(place);
    await bot.posts('alertmanager', webhook('firing', 1));
    const room = await bot.roomOf(1);
    await bot.posts('alertmanager', webhook('resolved', 1));
    await bot.until(async () => (await bot.incident(1))['status'] === 'RESOLVED');
    const again = webhook('firing', 1);
    await bot.posts('alertmanager', {
      ...again,
      alerts: again.alerts.map((it) => ({ ...it, startsAt: '2026-03-01T08:35:00Z' })),
    });
    await bot.until(async () => (await bot.incident(1))['status'] === 'IN_PROGRESS');
    await bot.until(async () => (await bot.unasked(room)).some((it) => it.includes('open again')));
  });
});
