import { describe, expect } from 'vitest';

import { saveContact, verifyContact } from '#src/db/contacts.ts';
import { findRun } from '#src/db/escalations.ts';
import { eventsOf } from '#src/db/events.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { act } from '#src/engine/act.ts';
import { hearOutcome } from '#src/engine/answers.ts';
import { note } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { escalate } from '#src/engine/escalation.ts';
import { snoozeEscalation } from '#src/engine/snooze.ts';
import { ProviderError } from '#src/errors.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';
import type { Channel, Order } from '#src/notify/channel.ts';
import { planNotifications } from '#src/paging/plan.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import { DEFAULT_BREAK_THROUGH, DEFAULT_RULES, type QuietHours } from '#src/paging/rules.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-03-01T08:00:00Z');
const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];
const byAna: Actor = { type: 'user', id: ana, name: 'Ana' };
const byBo: Actor = { type: 'user', id: bo, name: 'Bo' };

/** Five minutes each: Ana, then Bo, then Cy. */
const LEVELS = ['ana', 'bo', 'cy'].map((id) => level({ name: id, targets: [{ kind: 'person', id }] }));

/** Providers in memory that keep what they took, with its key, and may fail before. */
class Wire {
  readonly taken: { readonly by: string; readonly key: string }[] = [];
  onSend: (name: string, order: Order) => Promise<void> | void = () => {};
  readonly channels = {
    names: ['sms', 'email'],
    get: async (name: string) =>
      ({ name, send: async (order: Order) => await this.#send(name, order) }) as unknown as Channel,
  };

  ways(): string[] {
    return this.taken.map(({ by }) => by);
  }

  async #send(name: string, order: Order) {
    await this.onSend(name, order);
    this.taken.push({ by: name, key: order.key });
    return { providerId: null };
  }
}

/** Ana is told by text at once, and two minutes later by mail. */
async function setUp(db: Db, changes: Partial<EscalationPolicy> = {}): Promise<void> {
  for (const id of ['ana', 'bo', 'cy']) await addPerson(db, id);
  for (const [id, kind] of [
    ['c1', 'sms'],
    ['c2', 'email'],
  ] as const) {
    const contact = { id, kind, address: `${kind} of ana`, enabled: true };
    await saveContact(db, ana, contact, NOW);
    await verifyContact(db, ana, contact, NOW);
  }
  const steps = [
    { delayMs: 0, contact: 'c1' },
    { delayMs: 2 * MINUTE, contact: 'c2' },
  ];
  const rules = JSON.stringify({ ...DEFAULT_RULES, high: steps, low: steps });
  await db.insertInto('personalRules').values({ personId: ana, rules, quiet: null }).execute();
  await db.transaction().execute(async (tx) => {
    await savePolicy(tx, policy({ levels: LEVELS, ...changes }), NOW);
  });
}

async function opened({ ctx, settled }: Reacting): Promise<void> {
  await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
  await settled();
}

/** Time goes on while the clock is set back, as it does outside of tests. */
class SettableClock extends ManualClock {
  #by = 0;

  setBack(ms: number): void {
    this.#by += ms;
  }

  override now(): Date {
    return new Date(super.now().getTime() - this.#by);
  }

  override at(due: Date, call: () => void): () => void {
    return super.at(new Date(due.getTime() + this.#by), call);
  }
}

function told(web: PlainPlatform): string[] {
  return web.directs.map(({ to }) => to);
}

async function notesOf(db: Db): Promise<string[]> {
  const events = await eventsOf(db, 1, { types: ['incident.escalation_noted'] });
  return events.flatMap((it) => (it.type === 'incident.escalation_noted' ? [it.data.text] : []));
}

describe('a provider', () => {
  test('that asks for patience is asked again no sooner, and the next way is taken at once', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const limits = [new ProviderError('sms', 'status 429', { retry: true, retryAfterMs: 30_000 })];
    wire.onSend = (name) => {
      const limit = name === 'sms' ? limits.pop() : undefined;
      if (limit) throw limit;
    };
    const it = await reacting([web], { channels: wire.channels });
    await opened(it);
    expect(wire.ways()).toEqual(['email']);
    it.clock.advance(29_000);
    await it.settled();
    expect(wire.ways()).toEqual(['email']);
    await comesTrue(() => {
      it.clock.advance(1000);
      expect(wire.ways()).toEqual(['email', 'sms']);
    });
  });

  test('that does not answer is cut off, and the next way is taken then', async ({ db, reacting }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    wire.onSend = async (name, { signal }) => {
      if (name === 'email') return;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      throw signal.reason;
    };
    const it = await reacting([web], { channels: wire.channels });
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await comesTrue(() => {
      it.clock.advance(1000);
      expect(wire.ways()).toEqual(['email']);
    });
    expect(it.clock.now().getTime() - NOW.getTime()).toBeLessThan(2 * MINUTE);
  });

  test('that is left alone keeps nobody waiting who has another way', async ({ db, reacting }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    wire.onSend = (name) => {
      if (name === 'sms') throw new ProviderError('sms', 'status 503', { retry: true });
    };
    const it = await reacting([web], { channels: wire.channels });
    await opened(it);
    await declare(it.ctx, { title: 'Search is down', severity: 'P1' });
    await it.pass(10_000);
    await comesTrue(() => expect(it.jobs.breakers().get('sms')).toBe('open'));
    const before = wire.taken.length;
    await declare(it.ctx, { title: 'Refunds are down', severity: 'P1' });
    await comesTrue(() => expect(wire.ways().slice(before)).toEqual(['email']));
  });

  test('that says later that nothing arrived makes room for the next way, and none left is said', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    await opened(it);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
    const [text, mail] = receipt?.notifications ?? [];
    await hearOutcome(it.ctx, text?.id ?? '', { outcome: 'failed', detail: 'the number is not in use' });
    await it.settled();
    expect(wire.ways()).toEqual(['sms', 'email']);
    await hearOutcome(it.ctx, mail?.id ?? '', { outcome: 'failed', detail: 'the mail came back' });
    await it.settled();
    expect(web.said(web.of(1)).join('\n')).toContain('it did not arrive: the mail came back');
  });
});

describe('a page', () => {
  test('to somebody whom no way reaches is said in the room, and the next level keeps its time', async ({
    db,
    reacting,
  }) => {
    await setUp(db, { levels: LEVELS.slice(1) });
    const web = new PlainPlatform('web');
    web.onCall = (method) => {
      if (method === 'direct' && web.directs.length === 0) {
        throw new ProviderError('web', 'does not know them', { retry: false });
      }
    };
    const it = await reacting([web]);
    await opened(it);
    await comesTrue(() => expect(web.said(web.of(1)).join('\n')).toContain('reached nobody'));
    web.onCall = () => {};
    await it.pass(5 * MINUTE + 1000);
    await it.settled();
    expect(told(web)).toEqual(['cy']);
  });

  test('that nobody answered goes its last ways although its policy is at its end', async ({
    db,
    reacting,
  }) => {
    await setUp(db, { levels: [level({ ackWindowMs: MINUTE })] });
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    await opened(it);
    await it.pass(MINUTE + 1000);
    await it.settled();
    expect((await findRun(db, 1))?.run.status).toBe('completed');
    await note({ ...it.ctx, actor: byBo }, 1, 'Who is on this?');
    await it.settled();
    await it.pass(MINUTE);
    await it.settled();
    expect(wire.ways()).toEqual(['sms', 'email']);
  });
});

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
    await it.settled();
    expect([wire.ways(), told(web)]).toEqual([['sms', 'email'], ['bo']]);
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
    await it.pass(MINUTE + 5000);
    await it.settled();
    expect(wire.ways()).toEqual(['sms', 'email']);
    expect((await notesOf(db)).join('\n')).toContain('The clock was set back');
    expect(told(web)).toEqual([]);
    await it.pass(4 * MINUTE);
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
    await it.settled();
    expect(told(web)).toEqual(['bo', 'cy']);
    expect((await notesOf(db)).at(-1)).toContain('policy Other is at its end');
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
