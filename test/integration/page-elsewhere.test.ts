import { describe, expect, vi } from 'vitest';

import type { Message } from '#src/chat/message.ts';
import { savePolicy } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import type { Channel, Order } from '#src/notify/channel.ts';
import type { Target } from '#src/paging/policy.ts';
import { NOW } from '#test/support/faulty.ts';
import { level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test } from '#test/support/reacting.ts';

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
