import { describe, expect } from 'vitest';

import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { assign, changeSeverity, edit, note, postUpdate, setRole, tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { breachSla, missUpdate } from '#src/engine/promises.ts';
import { recordRoom } from '#src/engine/rooms.ts';
import { timersOf } from '#src/incident/decision.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { minutes, monitor, types } from '#test/support/incident.ts';

describe('two people press Acknowledge', () => {
  test('one gets it, the other is told who', async ({ db }) => {
    const { number, as, clock } = await open(db);
    clock.set(minutes(5));

    const both = await Promise.allSettled(
      ['ana', 'bo'].map(async (it) => act(await as(it), number, 'acknowledge')),
    );

    const won = both.find((it) => it.status === 'fulfilled')?.value.assignee;
    const name = won === 'ana' ? 'Ana' : 'Bo';
    expect(both.map((it) => it.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((it) => it.status === 'rejected')?.reason).toMatchObject({
      code: 'illegal_transition',
      message: `INC-1 is acknowledged already: ${name} has it since 08:05 UTC. What it can take now: start, escalate.`,
      details: { held_by: won, since: '2026-03-01T08:05:00.000Z', allowed_actions: ['start', 'escalate'] },
    });
    expect(types(await eventsOf(db, number))).toEqual(['declared', 'acknowledged']);
  });

  test('twenty: one gets it, and no one else', async ({ db }) => {
    const { number, as } = await open(db);
    const names = Array.from({ length: 20 }, (_, index) => `person${index}`);
    const contexts = await Promise.all(names.map(as));
    const all = await Promise.allSettled(contexts.map((it) => reach(it, number, 'acknowledge')));
    expect(all.filter((it) => it.status === 'fulfilled')).toHaveLength(1);
    expect(types(await eventsOf(db, number))).toEqual(['declared', 'acknowledged']);
  });

  test('the second is told who has it now, when it was handed on', async ({ db }) => {
    const { number, as } = await open(db);
    await act(await as('ana'), number, 'acknowledge');
    const bo = await as('bo');
    await assign(bo, number, { person: 'bo' as PersonId });
    await expect(reach(await as('cy'), number, 'acknowledge')).rejects.toThrow(
      'INC-1 is acknowledged already: Ana acknowledged it at 08:00 UTC and Bo has it.',
    );
    await act(bo, number, 'start');
    await expect(act(bo, number, 'start')).rejects.toThrow(
      'INC-1 is in progress already: Ana acknowledged it',
    );
  });

  test('what nobody has yet, or what is over, is refused in its own words', async ({ db }) => {
    const { number, ctx } = await open(db);
    await expect(act(ctx, number, 'start')).rejects.toThrow('INC-1 is new; it cannot be started.');
    await reach(ctx, number, 'resolve');
    await expect(reach(ctx, number, 'acknowledge')).rejects.toThrow(
      'INC-1 is resolved; it cannot be acknowledged.',
    );
  });
});

describe('an action', () => {
  test('that is refused leaves nothing behind', async ({ db }) => {
    const { number, ctx, committed } = await open(db);
    const before = await everything(db);
    await expect(act(ctx, number, 'close')).rejects.toThrow('INC-1 is new; it cannot be closed.');
    await expect(act(ctx, number, 'escalate', { level: 9 })).rejects.toThrow('a level from 2 to 5');
    await expect(assign(ctx, number, { person: 'nobody' as PersonId })).rejects.toThrow(
      'There is no person called nobody.',
    );
    await expect(assign(ctx, number, { team: 'nobody' as TeamId })).rejects.toThrow(
      'There is no team called nobody.',
    );
    await expect(setRole(ctx, number, 'scribe', 'nobody' as PersonId)).rejects.toThrow('There is no person');
    await expect(postUpdate(ctx, number, 'Soon', minutes(-1))).rejects.toThrow('a time to come');
    expect(await everything(db)).toEqual(before);
    expect(committed()).toBe(1);
  });

  test('on an incident that does not exist says so', async ({ db }) => {
    const { ctx } = await open(db);
    await expect(act(ctx, 99, 'acknowledge')).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no INC-99.',
    });
  });

  test('takes the shortest path to a goal, every step recorded, what was said with the last', async ({
    db,
  }) => {
    const { number, as, clock } = await open(db);
    clock.set(minutes(7));
    const incident = await reach(await as('ana'), number, 'resolve', { notes: 'Rolled back' });
    expect(incident).toMatchObject({ status: 'RESOLVED', assignee: 'ana', acknowledgedAt: minutes(7) });
    const events = await eventsOf(db, number);
    expect(types(events)).toEqual(['declared', 'acknowledged', 'started', 'resolved']);
    expect(events.map((it) => ('notes' in it.data ? it.data.notes : undefined))).toEqual([
      undefined,
      null,
      null,
      'Rolled back',
    ]);
    expect(await findIncident(db, number)).toEqual(incident);
  });

  test('leaves the timers the incident should have, and no others', async ({ db }) => {
    const { number, ctx } = await open(db);
    await postUpdate(ctx, number, 'We look at it', minutes(30));
    expect(await timers(db)).toEqual([
      ['sla-acknowledgment-1', minutes(60)],
      ['sla-resolution-1', minutes(240)],
      ['update-due-1', minutes(30)],
    ]);
    await act(ctx, number, 'acknowledge');
    expect((await timers(db)).map(([key]) => key)).toEqual(['sla-resolution-1', 'update-due-1']);
    const resolved = await reach(ctx, number, 'resolve');
    expect(await timers(db)).toEqual([]);
    expect(timersOf(resolved).every((it) => it.at === null)).toBe(true);
    await act(ctx, number, 'reopen');
    expect((await timers(db)).map(([key]) => key)).toEqual(['sla-resolution-1']);
  });
});

describe('everything that can be said of an incident', () => {
  test('is there when it is read again', async ({ db }) => {
    const { number, as, clock } = await open(db);
    const ctx = await as('ana');
    await db
      .insertInto('teams')
      .values({ id: 'payments' as TeamId, name: 'Payments', createdAt: minutes(0) })
      .execute();
    clock.set(minutes(1));
    await assign(ctx, number, { person: 'ana' as PersonId, team: 'payments' as TeamId });
    await changeSeverity(ctx, number, 'P0', 'all customers');
    await edit(ctx, number, {
      impact: 'No orders',
      labels: ['vip', 'eu'],
      category: 'cost',
      environment: 'qa',
    });
    const { comment } = await note(ctx, number, "'; drop table incidents; -- <!channel>");
    await postUpdate(ctx, number, 'We look at it', minutes(30));
    await setRole(ctx, number, 'commander', 'ana' as PersonId);
    await tag(ctx, number, { region: 'eu', constructor: 'x' });
    const last = await act(ctx, number, 'escalate', { reason: 'no answer', target: 'the database team' });

    expect(last).toMatchObject({
      severity: 'P0',
      impact: 'No orders',
      tags: { region: 'eu', constructor: 'x' },
    });
    expect(await findIncident(db, number)).toEqual(last);
    expect(await findIncident(db, last.id)).toEqual(last);
    const events = await eventsOf(db, number);
    expect(types(events)).toEqual([
      'declared',
      'assigned',
      'severity_changed',
      'edited',
      'noted',
      'update_posted',
      'role_set',
      'tagged',
      'escalated',
    ]);
    expect(events[4]?.data).toEqual({ comment, content: "'; drop table incidents; -- <!channel>" });
    expect(events.every((it, index) => it.position === index + 1)).toBe(true);
  });

  test('said twice is written once', async ({ db }) => {
    const { number, as, clock } = await open(db);
    const ctx = await as('ana');
    const all = async () => {
      await assign(ctx, number, { person: 'ana' as PersonId });
      await changeSeverity(ctx, number, 'P0');
      await edit(ctx, number, { title: 'Cart fails' });
      await setRole(ctx, number, 'scribe', 'ana' as PersonId);
      await tag(ctx, number, { region: 'eu' }, ['none']);
      return await recordRoom(ctx, number, {
        platform: 'web',
        room: 'r1',
        name: 'inc-1',
        url: 'http://x',
        card: 'm1',
      });
    };
    const once = await all();
    clock.advance(1000);
    expect(await all()).toEqual(once);
    expect(await eventsOf(db, number)).toHaveLength(7);
  });

  test('its room is remembered once for each platform', async ({ db }) => {
    const { number, ctx } = await open(db);
    const room = (id: string) => ({ platform: 'web', room: id, name: 'inc-1', url: 'http://x', card: 'm1' });
    const both = await Promise.all([
      recordRoom(ctx, number, room('r1')),
      recordRoom(ctx, number, room('r2')),
    ]);
    expect(both).toHaveLength(2);
    expect(types(await eventsOf(db, number))).toEqual(['declared', 'room_opened']);
  });
});

describe('promises that are not kept', () => {
  test('an acknowledgment that is late goes to level 2, a resolution that is late to level 3', async ({
    db,
  }) => {
    const { number, ctx, clock } = await open(db);
    clock.set(minutes(60));
    const late = await breachSla(ctx, number, 'acknowledgment');
    expect(late).toMatchObject({
      status: 'ESCALATED',
      escalationLevel: 2,
      sla: { acknowledgmentBreached: true },
    });
    await breachSla(ctx, number, 'acknowledgment');
    clock.set(minutes(240));
    const later = await breachSla(ctx, number, 'resolution');
    expect(later).toMatchObject({
      status: 'ESCALATED',
      escalationLevel: 3,
      sla: { resolutionBreached: true },
    });
    const events = await eventsOf(db, number);
    expect(types(events)).toEqual(['declared', 'sla_breached', 'escalated', 'sla_breached', 'level_raised']);
    expect(events[1]?.by).toMatchObject({ type: 'system' });
    expect(await timers(db)).toEqual([]);
  });

  test('one that is being worked on goes to level 3 when it is not resolved in time', async ({ db }) => {
    const { number, as, clock } = await open(db);
    await reach(await as('ana'), number, 'start');
    clock.set(minutes(240));
    const late = await breachSla(await as('ana'), number, 'resolution');
    expect(late).toMatchObject({ status: 'ESCALATED', escalationLevel: 3, assignee: 'ana' });
  });

  test('one that is worked on at a higher level is escalated there', async ({ db }) => {
    const { number, as, clock } = await open(db);
    const ctx = await as('ana');
    await act(ctx, number, 'escalate', { level: 4 });
    await act(ctx, number, 'start');
    clock.set(minutes(240));
    expect(await breachSla(ctx, number, 'resolution')).toMatchObject({
      status: 'ESCALATED',
      escalationLevel: 4,
    });
  });

  test('one that is at a higher level stays there', async ({ db }) => {
    const { number, ctx, clock } = await open(db);
    await act(ctx, number, 'escalate', { level: 4 });
    clock.set(minutes(240));
    expect(await breachSla(ctx, number, 'acknowledgment')).toMatchObject({ escalationLevel: 4 });
    expect(await breachSla(ctx, number, 'resolution')).toMatchObject({ escalationLevel: 4 });
    expect(types(await eventsOf(db, number))).toEqual([
      'declared',
      'escalated',
      'sla_breached',
      'sla_breached',
    ]);
  });

  test('a timer that comes for a promise that was kept or moved changes nothing', async ({ db }) => {
    const { number, ctx, clock } = await open(db);
    await act(ctx, number, 'acknowledge');
    await postUpdate(ctx, number, 'We look at it', minutes(90));
    clock.set(minutes(60));
    await breachSla(ctx, number, 'acknowledgment');
    await breachSla(ctx, number, 'resolution');
    await missUpdate(ctx, number);
    expect(types(await eventsOf(db, number))).toEqual(['declared', 'acknowledged', 'update_posted']);
    clock.set(minutes(90));
    await missUpdate(ctx, number);
    await missUpdate(ctx, number);
    expect(types(await eventsOf(db, number)).at(-1)).toBe('update_overdue');
    expect(await eventsOf(db, number)).toHaveLength(4);
  });
});

/** INC-1, P2, opened at eight; a clock; and contexts of people who are added as they are named. */
async function open(db: Db) {
  const clock = new SetClock();
  let commits = 0;
  const committed = () => void (commits += 1);
  const ctx = engineContext(db, { actor: monitor, clock, committed });
  const { number } = await declare(ctx, { title: 'Checkout fails' });
  const as = async (person: string) =>
    engineContext(db, { actor: await addPerson(db, person), clock, committed });
  return { number, ctx, as, clock, committed: () => commits };
}

async function timers(db: Db): Promise<[string, Date][]> {
  const rows = await db.selectFrom('timers').select(['key', 'dueAt']).orderBy('key').execute();
  return rows.map((it) => [it.key, it.dueAt]);
}

async function everything(db: Db) {
  return [
    await db.selectFrom('incidents').selectAll().execute(),
    await db.selectFrom('incidentEvents').selectAll().execute(),
    await timers(db),
  ];
}
