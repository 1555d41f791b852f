import { describe, expect } from 'vitest';

import { addOverride, savePolicy, saveSchedule } from '#src/db/on-call.ts';
import { declare } from '#src/engine/declare.ts';
import { escalate } from '#src/engine/escalation.ts';
import type { PersonId } from '#src/incident/person.ts';
import { engineContext } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, openDoor } from '#test/support/http.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { level, payments, policy } from '#test/support/paging.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];

/** Ana and Bo take turns by the day, at nine. */
const test = base.extend('door', async ({ db }, { onCleanup }) => {
  for (const id of [ana, bo]) await addPerson(db, id);
  await db.transaction().execute(async (tx) => {
    await saveSchedule(tx, schedule({ layers: [layer({ shifts: [[ana], [bo]] })] }), NOW);
    await savePolicy(tx, policy({ levels: [level({ targets: [payments] })] }), NOW);
  });
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

describe('who is on call', () => {
  test('is answered for now, and for any time', async ({ door }) => {
    const { body: now } = await door.call('GET', '/api/v1/on-call');
    expect(now).toMatchObject([{ schedule: 'payments', next_handoff: { at: '2026-03-01T09:00:00.000Z' } }]);
    const [today] = now[0].on_call;
    const { body: later } = await door.call('GET', '/api/v1/on-call?at=2026-03-01T09:00:00Z');
    expect(later[0].on_call[0].person).not.toBe(today.person);
    expect(later[0].next_handoff.coming).toEqual([today.person]);
    expect((await door.call('GET', '/api/v1/on-call?at=tomorrow')).status).toBe(400);
  });

  test('is answered for 90 days, with the one who stands in and why', async ({ db, door }) => {
    const times = { start: new Date('2026-03-02T12:00:00Z'), end: new Date('2026-03-02T18:00:00Z') };
    const by = { reason: 'a train', createdBy: ana };
    await db.transaction().execute(async (tx) => {
      await addOverride(tx, 'payments', { id: 'o1', kind: 'cover', people: [bo], ...times, ...by }, NOW);
      await addOverride(tx, 'payments', { id: 'o2', kind: 'add', person: ana, ...times, ...by }, NOW);
    });
    const { body } = await door.call('GET', '/api/v1/schedules/payments/shifts');
    expect(body.at(-1).until).toBe('2026-05-30T08:00:00.000Z');
    const override = body.find((it: { from: string }) => it.from === '2026-03-02T12:00:00.000Z');
    expect(override.on_call).toMatchObject([
      { person: 'bo', why: 'override', reason: 'a train' },
      { person: 'ana', why: 'override' },
    ]);
    for (const [index, span] of body.entries()) expect(span.from).toBe(body[index - 1]?.until ?? span.from);
  });

  test('of a schedule that is not there says which there are', async ({ door }) => {
    const answer = await door.call('GET', '/api/v1/schedules/billing/shifts');
    expect([answer.status, answer.body.message]).toEqual([404, expect.stringContaining('payments')]);
  });

  test('can be subscribed to at a secret address, which cannot be guessed', async ({ door }) => {
    const { body } = await door.call('GET', '/api/v1/schedules/payments/feed?person=ana');
    const feed = await fetch(body.url);
    const text = await feed.text();
    expect(feed.headers.get('content-type')).toContain('text/calendar');
    expect(text).toContain('BEGIN:VEVENT');
    expect(text).not.toContain('Bo');
    const other = await fetch(
      body.url.replace(/.\.ics$/, (it: string) => (it.startsWith('A') ? 'B.ics' : 'A.ics')),
    );
    expect(other.status).toBe(404);
  });
});

test('the pages of an incident are told with why, how and what came of it', async ({ db, door }) => {
  const ctx = engineContext(db, { clock: { now: () => NOW } });
  await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
  await escalate(ctx, 1);
  const { status, body } = await door.call('GET', '/api/v1/incidents/1/pages');
  expect(status).toBe(200);
  expect(body).toMatchObject([
    {
      recipient: { kind: 'person' },
      level: 1,
      urgency: 'high',
      reason: expect.stringContaining('has the shift'),
      messages: [{ channel: 'web', state: 'waiting' }],
    },
  ]);
});
