import { describe, expect } from 'vitest';

import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';

const NASTY = [
  '<!channel> @everyone @here <@U123>',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  `'; drop table incidents; --`,
  '\u202Eevil\u202C \u0007\u0000 bell',
  'x'.repeat(10_000),
  '{{constructor.constructor("return process")()}} ${7*7}',
  '[click](javascript:alert(1)) *bold* _it_ `code`',
  '\uD800 lone surrogate',
];

function event(words: string) {
  return {
    source: words,
    timestamp: '2026-03-01T08:00:00Z',
    event_type: words,
    category: 'performance',
    title: words,
    description: words,
    severity: 'high',
    resource: { type: words, id: words, name: words, metadata: { [words.slice(0, 50)]: words } },
    tags: { note: words },
    payload: { words },
  };
}

describe('text from outside', () => {
  test('is kept as words, whatever it tries to be', async ({ place }) => {
    const bot = await Bot.on(place);
    for (const [index, words] of NASTY.entries()) {
      const { status } = await bot.posts('generic', event(words));
      expect([index, status]).toEqual([index, 202]);
    }
    const list = await bot.until(async () => {
      const { body } = await bot.call('GET', '/api/v1/incidents?page_size=100');
      const { incidents } = body as { incidents: { title: string; rooms: unknown[] }[] };
      return incidents.length > 5 && incidents.every((it) => it.rooms.length === 1) && incidents;
    });
    for (const { title } of list) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(title).not.toMatch(/\p{Cc}|[\u202A-\u202E]/u);
    }
    const rooms = await bot.rooms();
    // Nobody was called by an alert that says @everyone.
    expect(rooms.map((it) => it.mentions)).toEqual(rooms.map(() => 0));
  });

  test('that people type is theirs, and mentions only those it names', async ({ place }) => {
    const bot = await Bot.on(place);
    for (const words of NASTY) {
      if (words.length > 4000) {
        const path = '/web/rooms/incidents/messages';
        const body = { id: '5f0f7d3e-91e4-4c4e-9d57-6d6ff3a2b1aa', text: words };
        const refused = await bot.call('POST', path, body, 'responder');
        expect(refused.status).toBe(413);
        expect(refused.body).toMatchObject({ message: expect.stringMatching(/\d/) as string });
      } else {
        await bot.types('responder', words);
        await bot.types('responder', `/incident declare ${words}`);
      }
    }
    await bot.types('responder', '/incident note @admin have a look', 'incidents');
    expect((await bot.rooms('viewer')).every((it) => it.mentions === 0)).toBe(true);
  });
});

describe('bad input', () => {
  test('is refused with what to do about it, and nothing of it is kept', async ({ place }) => {
    const bot = await Bot.on(place);
    const post = (path: string, body: unknown) => bot.call('POST', path, body);
    const refusals = [
      await post('/api/v1/events', '{"source": '),
      await post('/api/v1/events', []),
      await post('/api/v1/events', { source: 'x' }),
      await post('/api/v1/events/nobody', {}),
      await post('/webhooks/alertmanager/wrong-key', {}),
      await post('/api/v1/events', JSON.stringify({ ...event('x'), description: 'x'.repeat(2_000_000) })),
      await post('/api/v1/events', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      await post('/api/v1/incidents', { title: '', severity: 'P9', category: 'x' }),
      await post('/api/v1/incidents/999/acknowledge', {}),
      await post('/api/v1/incidents/abc/acknowledge', {}),
      await post('/api/v1/commands', { text: 'assign INC-1 @nobody' }),
      await post('/api/v1/commands', { text: 'explode' }),
    ];
    for (const { status, body } of refusals) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body).toMatchObject({
        error: expect.any(String) as string,
        message: expect.any(String) as string,
      });
    }
    const { body } = await bot.call('GET', '/api/v1/incidents');
    expect((body as { incidents: unknown[] }).incidents).toEqual([]);
  });

  test('an action that the state does not allow says which are', async ({ place }) => {
    const bot = await Bot.on(place);
    await bot.call('POST', '/api/v1/incidents', {
      title: 'Search is slow',
      description: '',
      severity: 'P3',
      category: 'performance',
    });
    const { status, body } = await bot.call('POST', '/api/v1/incidents/INC-1/close', {});
    expect(status).toBe(409);
    expect(body).toMatchObject({ error: 'INVALID_STATE_TRANSITION' });
    expect(JSON.stringify(body)).toContain('acknowledge');
  });
});

test('a key that may only read cannot act by a command either, whatever role it was given', async ({
  place,
}) => {
  const bot = await Bot.on(place);
  const wish = { name: 'dashboard', scopes: ['incidents:read'], role: 'admin' };
  const { body: made } = await bot.call('POST', '/api/v1/api-keys', wish);
  const headers = { 'x-api-key': (made as { key: string }).key, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ text: 'declare P1 checkout is down' }) };
  const refused = await fetch(`${bot.url}/api/v1/commands`, init);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    expect.objectContaining({ error: 'AUTHORIZATION_ERROR' }),
  ]);
  const { body } = await bot.call('GET', '/api/v1/incidents');
  expect((body as { incidents: unknown[] }).incidents).toEqual([]);
});
