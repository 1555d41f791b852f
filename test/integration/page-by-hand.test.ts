import { describe, expect } from 'vitest';

import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { act } from '#src/engine/act.ts';
import { note } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { escalate } from '#src/engine/escalation.ts';
import { pagePeople } from '#src/engine/page-people.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

const NOW = new Date('2026-03-01T08:00:00Z');

describe('a page that somebody asks for', () => {
  test('is sent at once, and mentions those who are asked in the room', async ({ db, reacting }) => {
    const ana = await addPerson(db, 'ana');
    await addPerson(db, 'bo');
    const web = new PlainPlatform('web');
    const it = await reacting([web]);
    await declare(it.ctx, { title: 'Checkout is down', severity: 'P1' });
    await it.settled();
    const whom = { kind: 'person', id: 'bo' } as const;
    const [called] = await pagePeople({ ...it.ctx, actor: ana }, 1, { whom, reason: 'refunds fail' });
    expect(called).toMatchObject({
      person: 'bo',
      unreachable: null,
      ways: [{ channel: 'web', state: 'waiting' }],
    });
    await it.settled();
    expect(web.directs.map(({ to }) => to)).toEqual(['bo']);
    expect(web.directs[0]?.text).toContain('Ana asks you to come to INC-1: refunds fail.');
    await comesTrue(() =>
      expect(web.said(web.of(1)).join('\n')).toContain('@Bo: Ana asks you to come to INC-1: refunds fail.'),
    );
  });

  test('comes to who asks for themselves, although an escalation takes what people do as an answer', async ({
    db,
  }) => {
    const ana = await addPerson(db, 'ana');
    await addPerson(db, 'bo');
    await db.transaction().execute(async (tx) => {
      await savePolicy(tx, policy({ levels: [level({ targets: [{ kind: 'person', id: 'bo' }] })] }), NOW);
    });
    const ctx = engineContext(db, { actor: ana, clock: new SetClock(NOW) });
    await declare({ ...ctx, actor: SYSTEM }, { title: 'Checkout is down', severity: 'P1' });
    await escalate(ctx, 1);
    await pagePeople(ctx, 1, { whom: { kind: 'person', id: 'ana' }, reason: null });
    await escalate(ctx, 1);
    const receipts = await receiptsOf(db, { incident: 1, limit: 5 });
    const states = receipts.map(({ page, notifications }) => [page.recipient, notifications[0]?.state]);
    expect(Object.fromEntries(states)).toEqual({ ana: 'waiting', bo: 'waiting' });
  });

  test('is answered by whoever takes the incident, also where nobody set up an escalation', async ({
    db,
  }) => {
    const ana = await addPerson(db, 'ana');
    const clock = new SetClock(NOW);
    const ctx = engineContext(db, { actor: ana, clock });
    await declare({ ...ctx, actor: SYSTEM }, { title: 'Checkout is down', severity: 'P1' });
    await pagePeople({ ...ctx, actor: SYSTEM }, 1, { whom: { kind: 'person', id: 'ana' }, reason: null });
    clock.advance(60_000);
    await act(ctx, 1, 'acknowledge');
    await escalate(ctx, 1);
    const answered = async () =>
      (await receiptsOf(db, { incident: 1, limit: 5 })).map(({ page }) => page.answeredBy);
    expect(await answered()).toEqual(['ana']);
    // Who is asked once more has not answered that yet, whatever happens beside it.
    clock.advance(60_000);
    await pagePeople({ ...ctx, actor: SYSTEM }, 1, { whom: { kind: 'person', id: 'ana' }, reason: null });
    await note({ ...ctx, actor: SYSTEM }, 1, 'Still down.');
    await escalate(ctx, 1);
    expect(await answered()).toEqual([null, 'ana']);
  });

  test('is not answered by what they did before it, though an escalation hears of that only after it', async ({
    db,
  }) => {
    const ana = await addPerson(db, 'ana');
    await addPerson(db, 'bo');
    await db.transaction().execute(async (tx) => {
      await savePolicy(tx, policy({ levels: [level({ targets: [{ kind: 'person', id: 'bo' }] })] }), NOW);
    });
    const clock = new SetClock(NOW);
    const ctx = engineContext(db, { actor: ana, clock });
    await declare({ ...ctx, actor: SYSTEM }, { title: 'Checkout is down', severity: 'P1' });
    await escalate(ctx, 1);
    await note(ctx, 1, 'Looks like the disk. I have to go now.');
    clock.advance(1000);
    await pagePeople({ ...ctx, actor: SYSTEM }, 1, { whom: { kind: 'person', id: 'ana' }, reason: null });
    await escalate(ctx, 1);
    const receipts = await receiptsOf(db, { incident: 1, limit: 5 });
    const states = receipts.map(({ page, notifications }) => [page.recipient, notifications[0]?.state]);
    expect(Object.fromEntries(states)).toEqual({ ana: 'waiting', bo: 'waiting' });
  });
});
