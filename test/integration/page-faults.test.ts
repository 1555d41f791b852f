import { describe, expect } from 'vitest';

import { findRun } from '#src/db/escalations.ts';
import { eventsOf } from '#src/db/events.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { act } from '#src/engine/act.ts';
import { hearOutcome } from '#src/engine/answers.ts';
import { note } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import { ana, byBo, LEVELS, MINUTE, NOW, opened, setUp, told, Wire } from '#test/support/faulty.ts';
import { level } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

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
    await comesTrue(() => expect(wire.ways()).toEqual(['email']));
    it.clock.advance(29_000);
    await it.settled();
    expect(wire.ways()).toEqual(['email']);
    await it.passUntil(() => {
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
    await comesTrue(() => expect(wire.ways()).toEqual(['sms', 'email']));
    await it.settled();
    await hearOutcome(it.ctx, mail?.id ?? '', { outcome: 'failed', detail: 'the mail came back' });
    await comesTrue(() =>
      expect(web.said(web.of(1)).join('\n')).toContain('it did not arrive: the mail came back'),
    );
  });
});

describe('a page', () => {
  test('that the provider says did not arrive before it said that it took it goes the next way', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const wire = new Wire();
    const it = await reacting([new PlainPlatform('web')], { channels: wire.channels });
    wire.onSend = async (name, { key }) => {
      if (name === 'sms') await hearOutcome(it.ctx, key, { outcome: 'failed', detail: 'no such number' });
    };
    await opened(it);
    await comesTrue(() => expect(wire.ways()).toEqual(['sms', 'email']));
    const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
    expect(receipt?.notifications).toMatchObject([
      { state: 'failed', detail: 'it did not arrive: no such number' },
      { state: 'sent' },
    ]);
  });

  test('that is answered while it goes out was sent where the provider took it', async ({ db, reacting }) => {
    await setUp(db);
    const wire = new Wire();
    const it = await reacting([new PlainPlatform('web')], { channels: wire.channels });
    wire.onSend = async () => await answered(it);
    await opened(it);
    expect(wire.ways()).toEqual(['sms']);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
    expect(receipt?.notifications).toMatchObject([
      { state: 'sent', sentAt: it.clock.now() },
      { state: 'cancelled', sentAt: null },
    ]);
  });

  test('that is answered while it goes out is missed by nobody where the provider refused it', async ({
    db,
    reacting,
  }) => {
    await setUp(db);
    const [web, wire] = [new PlainPlatform('web'), new Wire()];
    const it = await reacting([web], { channels: wire.channels });
    wire.onSend = async () => {
      await answered(it);
      throw new ProviderError('sms', 'status 400', { retry: false });
    };
    await opened(it);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
    expect(receipt?.notifications.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(web.said(web.of(1)).join('\n')).not.toContain('reached nobody');
    const happened = (await eventsOf(db, 1)).map(({ type }) => type);
    expect(happened).not.toContain('incident.page_failed');
  });

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
    await comesTrue(() => expect(told(web)).toEqual(['cy']));
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
    await comesTrue(async () => expect((await findRun(db, 1))?.run.status).toBe('completed'));
    await note({ ...it.ctx, actor: byBo }, 1, 'Who is on this?');
    await it.settled();
    await it.pass(MINUTE);
    await comesTrue(() => expect(wire.ways()).toEqual(['sms', 'email']));
  });
});

/** Bo takes INC-1, and what would still have been sent to Ana is not wanted any more. */
async function answered({ ctx }: Reacting): Promise<void> {
  await act({ ...ctx, actor: byBo }, 1, 'acknowledge');
  await comesTrue(async () => {
    const [receipt] = await receiptsOf(ctx.db, { person: ana, limit: 1 });
    expect(receipt?.notifications.map(({ state }) => state)).not.toContain('waiting');
  });
}
