import { describe, expect } from 'vitest';

import { saveContact, verifyContact } from '#src/db/contacts.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { addOverride, saveRoutingRule } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { act } from '#src/engine/act.ts';
import { changeSeverity } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Channel, Order } from '#src/notify/channel.ts';
import { addPerson } from '#test/support/context.ts';
import { setUp, told } from '#test/support/escalating.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-03-01T08:00:00Z');
const [ana, bo, cy] = ['ana', 'bo', 'cy'] as PersonId[] as [PersonId, PersonId, PersonId];

/** A channel in memory that keeps what it was given, once for each key. */
class Wire {
  readonly orders: Order[] = [];
  onSend: (order: Order) => void = () => {};

  readonly channels = {
    names: ['sms'],
    get: async () => ({ name: 'sms', send: async (order: Order) => this.#send(order) }) as unknown as Channel,
  };

  #send(order: Order) {
    this.onSend(order);
    if (!this.orders.some(({ key }) => key === order.key)) this.orders.push(order);
    return { providerId: `SM${this.orders.length}` };
  }
}

async function telling({ ctx }: Reacting, type: string): Promise<string[]> {
  const events = await eventsOf(ctx.db, 1);
  return events.filter((it) => it.type === type).map((it) => JSON.stringify(it.data));
}

describe('an incident', () => {
  test('is told to whoever is on call, and then level by level, until somebody has it', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    expect(told(web)).toEqual(['ana']);
    expect(web.directs[0]?.text).toContain('Checkout is down');
    expect(web.directs[0]?.text).toContain('has the shift');

    await it.pass(4 * MINUTE);
    expect(told(web)).toEqual(['ana']);
    await it.pass(MINUTE + 1000);
    await it.settled();
    expect(told(web)).toEqual(['ana', 'bo']);
    expect((await findIncident(db, 1)).escalationLevel).toBe(2);

    await act({ ...it.ctx, actor: { type: 'user', id: 'bo', name: 'Bo' } }, 1, 'start');
    await it.pass(30 * MINUTE);
    await it.settled();
    expect(told(web)).toEqual(['ana', 'bo']);
  });

  test('is told to nobody where nobody has set up who is to be told', async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.pass(20 * MINUTE);
    expect(web.directs).toEqual([]);
    expect(await telling(it, 'incident.escalation_noted')).toEqual([]);
  });

  test('that nobody answers ends with a loud word in its room', async ({ db, reacting }) => {
    await setUp(db);
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P2' });
    await it.pass(16 * MINUTE);
    await it.settled();
    expect(told(web)).toEqual(['ana', 'bo', 'cy']);
    await comesTrue(() => expect(web.said(web.of(1)).join('\n')).toMatch(/nobody/i));
  });

  test('is told to who takes somebody’s shift, from then on', async ({ db, reacting }) => {
    await setUp(db);
    await db.transaction().execute(async (tx) => {
      const times = { start: new Date('2026-03-01T00:00:00Z'), end: new Date('2026-03-02T00:00:00Z') };
      const by = { reason: 'a train', createdBy: ana };
      await addOverride(
        tx,
        'payments',
        { id: 'o1', kind: 'replace', person: ana, by: cy, ...times, ...by },
        NOW,
      );
    });
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    expect(told(web)).toEqual(['cy']);
  });

  test('goes where the first rule that matches sends it, and one that a rule silences nowhere', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    await db.transaction().execute(async (tx) => {
      const common = { description: '', enabled: true, hours: null, strategy: 'direct', skills: [] } as const;
      const title = (value: string) => [{ field: 'title', operator: 'contains', value }] as const;
      await saveRoutingRule(
        tx,
        {
          ...common,
          id: 'r1',
          name: 'Noise',
          priority: 2,
          rows: title('noise'),
          actions: [{ do: 'suppress' }, { do: 'severity', severity: 'P3' }],
        },
        NOW,
      );
      await saveRoutingRule(
        tx,
        {
          ...common,
          id: 'r2',
          name: 'Refunds',
          priority: 1,
          rows: title('refund'),
          actions: [
            { do: 'notify', targets: [{ kind: 'person', id: 'cy' }] },
            { do: 'severity', severity: 'P0' },
          ],
        },
        NOW,
      );
    });
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Only noise', severity: 'P1' });
    await declare(it.ctx, { title: 'A refund fails', severity: 'P2' });
    await it.settled();
    expect(told(web)).toEqual(['cy']);
    expect((await findIncident(db, 2)).severity).toBe('P0');

    // What people say of it after that stands.
    expect((await findIncident(db, 1)).severity).toBe('P3');
    await changeSeverity({ ...it.ctx, actor: { type: 'user', id: bo, name: 'Bo' } }, 1, 'P1');
    await it.settled();
    expect((await findIncident(db, 1)).severity).toBe('P1');
    expect(await telling(it, 'incident.escalation_noted')).toHaveLength(1);
  });
});

describe('a page', () => {
  async function withPhone(db: Db): Promise<void> {
    await setUp(db);
    const phone = { id: 'c1', kind: 'sms', address: '+14155550100', enabled: true } as const;
    await saveContact(db, ana, phone, NOW);
    await verifyContact(db, ana, phone, NOW);
  }

  test('is sent by each way in its time, and leaves a receipt that says why', async ({ db, reacting }) => {
    await withPhone(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    expect([told(web), wire.orders.length]).toEqual([['ana'], 0]);
    await it.pass(2 * MINUTE + 1000);
    await it.settled();
    expect(wire.orders.map(({ to }) => to)).toEqual(['+14155550100']);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 5 });
    expect(receipt?.page).toMatchObject({ recipient: 'ana', level: 1, urgency: 'high' });
    expect(receipt?.notifications).toMatchObject([
      { channel: 'web', state: 'sent', attempts: 1 },
      { channel: 'sms', state: 'sent', providerId: 'SM1' },
    ]);
    expect(receipt?.notifications[1]?.why).toMatch(/rule/);
  });

  test('that was answered is not sent by the ways that were still to come', async ({ db, reacting }) => {
    await withPhone(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    await act({ ...it.ctx, actor: { type: 'user', id: 'ana', name: 'Ana' } }, 1, 'acknowledge');
    await it.pass(10 * MINUTE);
    await it.settled();
    expect(wire.orders).toEqual([]);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 5 });
    expect(receipt?.page.answeredBy).toBe('ana');
    expect(receipt?.notifications[1]?.state).toBe('cancelled');
  });

  test('that one way refuses takes the next at once', async ({ db, reacting }) => {
    await withPhone(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    web.onCall = (method) => {
      if (method === 'direct') throw new ProviderError('web', 'does not take it', { retry: false });
    };
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    expect(wire.orders.map(({ to }) => to)).toEqual(['+14155550100']);
    expect(await telling(it, 'incident.page_failed')).toEqual([]);
  });

  test('that reached only the built-in chat, which wakes nobody, is said in the room, once', async ({
    db,
    reacting,
  }) => {
    await withPhone(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    wire.onSend = () => {
      throw new ProviderError('sms', 'the number is not in use', { retry: false });
    };
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    await it.pass(2 * MINUTE + 1000);
    await it.settled();
    expect(told(web)).toEqual(['ana']);
    expect(await telling(it, 'incident.page_failed')).toHaveLength(1);
    expect(web.said(web.of(1)).join('\n')).toContain('reached nobody');
  });

  test('that no way takes is said in the room', async ({ db, reacting }) => {
    await withPhone(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    web.onCall = (method) => {
      if (method === 'direct') throw new ProviderError('web', 'does not take it', { retry: false });
    };
    wire.onSend = () => {
      throw new ProviderError('sms', 'the number is not in use', { retry: false });
    };
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    expect(await telling(it, 'incident.page_failed')).toHaveLength(1);
    expect(web.said(web.of(1)).join('\n')).toContain('reached nobody');
  });

  test('of low urgency that becomes high is sent again, as high', async ({ db, reacting }) => {
    await setUp(db);
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is slow', severity: 'P3' });
    await it.settled();
    await changeSeverity({ ...it.ctx, actor: { type: 'user', id: bo, name: 'Bo' } }, 1, 'P0');
    await it.settled();
    expect(told(web)).toEqual(['ana', 'ana']);
  });
});
