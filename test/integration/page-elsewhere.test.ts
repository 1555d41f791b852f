import { describe, expect, vi } from 'vitest';

import type { Message } from '#src/chat/message.ts';
import { eventsOf } from '#src/db/events.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import type { Channel, Order } from '#src/notify/channel.ts';
import { makeWebhook } from '#src/notify/channels/webhook.ts';
import type { Target } from '#src/paging/policy.ts';
import { NOW, opened, setUp, Wire } from '#test/support/faulty.ts';
import { level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

const WEBHOOK: Target = { kind: 'webhook', id: 'https://example.com/hook' };
const SYSTEM: Target = { kind: 'external', id: 'pagerduty/key' };

/** The first level names no person but these. */
async function levelOf(db: Db, targets: readonly Target[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await savePolicy(tx, policy({ levels: [level({ targets: [...targets] })] }), NOW);
  });
}

/** Channels in memory, and all that they were given. */
function taking(names: readonly string[]) {
  const orders: Order[] = [];
  const send = async (order: Order) => {
    orders.push(order);
    return { providerId: null };
  };
  return { orders, channels: { names, get: async (name: string) => ({ name, send }) as unknown as Channel } };
}

describe('what a level says to rooms, webhooks and other systems', () => {
  test.for([false, true])(
    'names a private incident and no more: private %s',
    async (isPrivate, { db, reacting }) => {
      const web = new PlainPlatform('web');
      const room = await web.openRoom({ name: 'all', title: 'All', topic: '', isPrivate: false, links: [] });
      await levelOf(db, [{ kind: 'room', id: `web/${room.id}` }, WEBHOOK, SYSTEM]);
      const { orders, channels } = taking(['pagerduty', 'webhook']);
      const posted = vi.spyOn(web, 'post');
      const it = await reacting([web], { channels });
      const resource = { type: 'service', id: 'payroll', name: 'payroll', metadata: {} } as const;
      await declare(it.ctx, { title: 'Payroll was read', severity: 'P1', isPrivate, resource });
      await it.settled();
      const inRoom = posted.mock.calls.filter(([to]) => to.id === room.id).map(([, message]) => message);
      expect(inRoom).toHaveLength(1);
      expect(orders).toHaveLength(2);
      expect(web.directs).toEqual([]);
      const said = [...inRoom, ...orders.map(({ notice }) => notice)].map((one) => JSON.stringify(one));
      for (const words of said) {
        expect(/payroll/i.test(words)).toBe(!isPrivate);
        expect(words).toContain('P1');
      }
      const [message] = inRoom as [Message];
      expect(message.summary).toBe(
        isPrivate ? 'INC-1 P1 (private)' : 'You are paged for INC-1 P1: Payroll was read',
      );
      expect(orders[0]?.notice.incident).toMatchObject({ number: 1, severity: 'P1' });
    },
  );
});

/** What became of everything that was sent for INC-1, and what its timeline says of ways that failed. */
async function outcome(db: Db) {
  const receipts = await receiptsOf(db, { incident: 1, limit: 10 });
  const events = await eventsOf(db, 1, { types: ['incident.page_failed'] });
  return {
    sent: receipts.flatMap(({ notifications }) =>
      notifications.map(({ channel, state, detail }) => `${channel} ${state}: ${detail}`),
    ),
    failed: events.flatMap((it) => (it.type === 'incident.page_failed' ? [it.data.why] : [])),
  };
}

describe('what a level says by a way that does not work', () => {
  test.for([
    ['external:opsgenie/k', 'opsgenie', 'opsgenie is not set up'],
    ['room:slack/C1', 'unknown', 'slack is not set up'],
    ['room:ops', 'unknown', 'nothing of this name is set up'],
    ['external:https://example.com', 'unknown', 'nothing of this name is set up'],
  ] as const)('is said to have failed: %s', async ([target, channel, why], { db, reacting }) => {
    const [kind, id] = target.split(/:(.*)/) as [Target['kind'], string];
    await levelOf(db, [{ kind, id }]);
    const web = new PlainPlatform('web');
    const it = await reacting([web], { channels: taking(['webhook']).channels });
    await opened(it);
    await comesTrue(async () =>
      expect(await outcome(db)).toEqual({ sent: [`${channel} failed: ${why}`], failed: [why] }),
    );
    await comesTrue(() => expect(web.said(web.of(1)).join('\n')).toContain('reached nobody'));
  });

  test('is said to have failed where its address is refused', async ({ db, reacting }) => {
    await levelOf(db, [{ kind: 'webhook', id: 'http://example.com/x' }]);
    const webhook = makeWebhook({ secret: 's', allowPrivate: false, now: () => NOW });
    const channels = { names: ['webhook'], get: async () => webhook };
    await opened(await reacting([new PlainPlatform('web')], { channels }));
    await comesTrue(async () => {
      const { sent, failed } = await outcome(db);
      expect(sent).toEqual([expect.stringMatching(/^webhook failed: .*has to begin with https/)]);
      expect(failed).toHaveLength(1);
    });
  });

  test('is said to have failed after four tries that met a mistake of ours', async ({ db, reacting }) => {
    await levelOf(db, [WEBHOOK]);
    let tries = 0;
    const send = async () => {
      tries += 1;
      throw new TypeError('x is undefined');
    };
    const get = async () => ({ name: 'webhook', send }) as unknown as Channel;
    const it = await reacting([new PlainPlatform('web')], { channels: { names: ['webhook'], get } });
    await opened(it);
    await it.passUntil(async () => {
      expect((await outcome(db)).failed).toHaveLength(1);
    });
    expect(tries).toBe(4);
    await comesTrue(async () => {
      const [dead] = await it.jobs.dead(1);
      expect(dead).toMatchObject({ kind: 'notify@webhook', lastError: expect.stringContaining('TypeError') });
    });
  });

  test('is said to have failed where it waited for one that was taken away at a restart', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const wire = new Wire();
    wire.onSend = () => {
      throw new ProviderError('sms', 'status 429', { retry: true, retryAfterMs: 60_000 });
    };
    const { get } = wire.channels;
    const first = await reacting([new PlainPlatform('web')], { channels: { names: ['sms'], get } });
    await opened(first);
    await first.stop();
    expect((await outcome(db)).sent).toContain('sms waiting: sms: status 429');
    await reacting([new PlainPlatform('web')], { clock: first.clock });
    await comesTrue(async () => {
      const { sent, failed } = await outcome(db);
      expect(sent).toContain('sms failed: sms is not set up');
      expect(failed).toEqual(['sms is not set up']);
    });
  });
});
