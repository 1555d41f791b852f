import { describe, expect } from 'vitest';

import { findRun } from '#src/db/escalations.ts';
import { findHeartbeat, listHeartbeats } from '#src/db/heartbeats.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { insertJobs } from '#src/db/jobs.ts';
import { savePolicy, saveTeamSetup } from '#src/db/on-call.ts';
import { saveTeam } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { nextDue } from '#src/db/timers.ts';
import { act } from '#src/engine/act.ts';
import { escalate } from '#src/engine/escalation.ts';
import {
  beat,
  defineHeartbeat,
  dropHeartbeat,
  lookAtHeartbeat,
  pauseHeartbeat,
  watchHeartbeats,
} from '#src/engine/heartbeat.ts';
import type { Heartbeat } from '#src/incident/heartbeat.ts';
import type { TeamId } from '#src/incident/person.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { openDoor } from '#test/support/http.ts';
import { policy } from '#test/support/paging.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every hour, and five minutes late at most. */
function hourly(id: string, changes: Partial<Heartbeat> = {}): Heartbeat {
  return {
    id,
    name: `The job ${id}`,
    everyMs: HOUR,
    graceMs: 5 * MINUTE,
    severity: 'P2',
    team: null,
    service: null,
    environment: 'production',
    paused: false,
    ...changes,
  };
}

const withDoor = test.extend('door', async ({ db }, { onCleanup }) => {
  const door = await openDoor(db);
  onCleanup(() => door.close());
  return door;
});

async function incidents(db: Db): Promise<string[]> {
  const viewer = { id: null, role: 'admin' } as const;
  const filter = { viewer, sort: 'created_at', order: 'asc', offset: 0, limit: 20 } as const;
  const { incidents: all } = await listIncidents(db, filter);
  return all.map(({ title, status, severity }) => `${severity} ${title}: ${status}`).toSorted();
}

/** Without anything that happens by itself: a look is made where the test makes it, by default at the right time. */
function alone(db: Db) {
  const clock = new SetClock();
  const ctx = engineContext(db, { clock });
  const look = async (id: string, dueAt = clock.now()) => await lookAtHeartbeat(ctx, id, dueAt);
  return { ctx, clock, look };
}

/** Lets time pass in steps short enough that nobody seems deaf, each after all of the last is done. */
async function listen({ clock, settled }: Reacting, db: Db, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 20_000) {
    clock.advance(20_000);
    await comesTrue(async () => {
      // Who looked at this very moment looks again a moment later.
      clock.advance(10);
      expect((await nextDue(db))?.getTime()).toBeGreaterThan(clock.now().getTime());
    });
    await settled();
  }
}

describe('a heartbeat that is expected', () => {
  test('is an incident when its time and its grace are over, one and no more, which ends when it is heard', async ({
    db,
    reacting,
  }) => {
    const bot = await reacting([]);
    await defineHeartbeat(bot.ctx, hourly('mail', { everyMs: MINUTE, graceMs: MINUTE }));
    await listen(bot, db, 20_000);
    expect(await incidents(db)).toEqual([]);
    await beat(bot.ctx, 'mail');
    await listen(bot, db, 2 * MINUTE - 20_000);
    expect(await incidents(db)).toEqual([]);
    await listen(bot, db, 2 * 20_000);
    expect(await incidents(db)).toEqual(['P2 The job mail was not heard: NEW']);
    await beat(bot.ctx, 'mail');
    await comesTrue(async () => {
      bot.clock.advance(10);
      expect(await incidents(db)).toEqual(['P2 The job mail was not heard: RESOLVED']);
    });
  });

  test('is one incident however many look at once, and one more a day where that was resolved by hand', async ({
    db,
  }) => {
    const { ctx, clock, look } = alone(db);
    await defineHeartbeat(ctx, hourly('mail'));
    await beat(ctx, 'mail');
    clock.advance(HOUR + 5 * MINUTE);
    await Promise.all([look('mail'), look('mail'), look('mail')]);
    await look('mail');
    expect(await incidents(db)).toEqual(['P2 The job mail was not heard: NEW']);
    for (const action of ['acknowledge', 'start', 'resolve'] as const) await act(ctx, 1, action);
    clock.advance(23 * HOUR);
    await look('mail');
    expect(await incidents(db)).toHaveLength(1);
    clock.advance(HOUR);
    await look('mail');
    expect(await incidents(db)).toEqual([
      'P2 The job mail was not heard: NEW',
      'P2 The job mail was not heard: RESOLVED',
    ]);
  });

  test('has its grace again after a time in which we could not hear it, instead of a storm', async ({
    db,
  }) => {
    const { ctx, clock, look } = alone(db);
    for (const id of ['a', 'b', 'c']) await defineHeartbeat(ctx, hourly(id));
    for (const id of ['a', 'b']) await beat(ctx, id);
    const [before] = await listHeartbeats(db);
    const watchedAt = clock.now();
    clock.advance(50 * MINUTE);
    await beat(ctx, 'c');
    clock.advance(63 * MINUTE);
    // What a start finds: timers that were due long ago, and one that is due soon.
    await look('a', before?.missingAt ?? undefined);
    await look('b', before?.missingAt ?? undefined);
    await watchHeartbeats(ctx, watchedAt);
    const graced = new Date(clock.now().getTime() + 5 * MINUTE);
    expect((await listHeartbeats(db)).map((it) => it.missingAt)).toEqual([graced, graced, graced]);
    expect(await incidents(db)).toEqual([]);
    await beat(ctx, 'b');
    clock.advance(5 * MINUTE);
    for (const id of ['a', 'b', 'c']) await look(id);
    expect(await incidents(db)).toEqual([
      'P2 The job a was not heard: NEW',
      'P2 The job c was not heard: NEW',
    ]);
  });

  test('is an incident at the next housekeeping where the work that says so was given up', async ({
    db,
    reacting,
  }) => {
    const bot = await reacting([]);
    await defineHeartbeat(bot.ctx, hourly('mail', { everyMs: MINUTE, graceMs: MINUTE }));
    const { missingAt } = await beat(bot.ctx, 'mail');
    const id = `theartbeat-own-mail@${missingAt?.getTime()}.heartbeat`;
    const job = { id, kind: 'heartbeat', lane: 'heartbeat-mail', payload: {}, priority: 0 };
    await insertJobs(db, [job], bot.clock.now());
    await db.updateTable('jobs').set({ deadAt: bot.clock.now() }).where('id', '=', id).execute();
    await listen(bot, db, 3 * MINUTE);
    expect(await incidents(db)).toEqual([]);
    await keepHouse(db, bot.clock.now(), 90);
    await listen(bot, db, 20_000);
    expect(await incidents(db)).toEqual(['P2 The job mail was not heard: NEW']);
  });

  test('has its grace, and is no incident, where housekeeping comes after a time in which we could not hear it', async ({
    db,
  }) => {
    const { ctx, clock, look } = alone(db);
    await defineHeartbeat(ctx, hourly('mail'));
    await beat(ctx, 'mail');
    const watchedAt = clock.now();
    await db.deleteFrom('timers').where('kind', '=', 'heartbeat').execute();
    clock.advance(2 * HOUR);
    await keepHouse(db, clock.now(), 90);
    const due = await db.selectFrom('timers').select('dueAt').where('kind', '=', 'heartbeat').execute();
    for (const { dueAt } of due) await look('mail', dueAt);
    await watchHeartbeats(ctx, watchedAt);
    expect(await incidents(db)).toEqual([]);
    const graced = new Date(clock.now().getTime() + 5 * MINUTE);
    expect((await findHeartbeat(db, 'mail'))?.missingAt).toEqual(graced);
  });

  test('is not missing any more while it is paused or when it is taken away', async ({ db }) => {
    const { ctx, clock, look } = alone(db);
    for (const id of ['a', 'b']) await defineHeartbeat(ctx, hourly(id));
    for (const id of ['a', 'b']) await beat(ctx, id);
    clock.advance(2 * HOUR);
    for (const id of ['a', 'b']) await look(id);
    await pauseHeartbeat(ctx, 'a', true);
    await dropHeartbeat(ctx, 'b');
    for (const id of ['a', 'b']) await look(id);
    const states = await db.selectFrom('alerts').select('state').execute();
    expect(states).toEqual([{ state: 'resolved' }, { state: 'resolved' }]);
    expect((await listHeartbeats(db)).map(({ id }) => id)).toEqual(['a']);
    await expect(beat(ctx, 'b')).rejects.toMatchObject({ code: 'not_found' });
    expect(await beat(ctx, 'a')).toMatchObject({ heardAt: ctx.now(), missingAt: null });
    const { missingAt } = await pauseHeartbeat(ctx, 'a', false);
    expect(missingAt).toEqual(new Date(clock.now().getTime() + HOUR + 5 * MINUTE));
  });

  test('is of its team, whose policy says who is paged', async ({ db }) => {
    const { ctx, clock, look } = alone(db);
    const ops = { id: 'ops' as TeamId, name: 'Ops', members: [] };
    await saveTeam(db, ops, clock.now());
    await db.transaction().execute(async (tx) => {
      await savePolicy(tx, policy({ conditions: { severity: ['P0'] } }), clock.now());
      const rest = { description: '', lead: null, schedule: null };
      await saveTeamSetup(tx, { ...rest, id: ops.id, policy: 'payments' });
    });
    await expect(defineHeartbeat(ctx, hourly('a', { team: 'opps' as TeamId }))).rejects.toThrow(
      'no team `opps`',
    );
    await defineHeartbeat(ctx, hourly('a', { team: 'ops' as TeamId }));
    await beat(ctx, 'a');
    clock.advance(2 * HOUR);
    await look('a');
    const { incidents: all } = await listIncidents(db, { offset: 0, limit: 1 });
    expect(all[0]).toMatchObject({ source: 'heartbeat', tags: { heartbeat: 'a', team: 'ops' } });
    await escalate(ctx, 1);
    expect((await findRun(db, 1))?.run.plan[0].id).toBe('payments');
  });
});

describe('whoever sends a heartbeat', () => {
  withDoor('calls its address in any way and reads when the next is expected', async ({ db, door }) => {
    const ctx = engineContext(db, { clock: { now: door.deps.now } });
    const { key } = await defineHeartbeat(ctx, hourly('backup'));
    const address = `/api/v1/heartbeats/backup/${key}`;
    const posted = await door.call('POST', address, 'not: {json', {});
    expect([posted.status, posted.body]).toEqual([
      200,
      {
        id: 'backup',
        name: 'The job backup',
        state: 'well',
        every_seconds: 3600,
        grace_seconds: 300,
        heard_at: '2026-03-01T08:00:00.000Z',
        expected_at: '2026-03-01T09:00:00.000Z',
        missing_at: '2026-03-01T09:05:00.000Z',
      },
    ]);
    for (const method of ['GET', 'HEAD']) {
      door.wait(MINUTE);
      expect((await door.call(method, address, undefined, {})).status).toBe(200);
      expect(await findHeartbeat(db, 'backup')).toMatchObject({ heardAt: door.deps.now() });
    }
    const sameKey = { 'idempotency-key': 'from-cron' };
    for (const path of [`${address}x`, address, address]) {
      door.wait(MINUTE);
      await door.call('POST', path, undefined, sameKey);
    }
    // Each counts, and nothing is kept for whoever has no key.
    expect(await findHeartbeat(db, 'backup')).toMatchObject({ heardAt: door.deps.now() });
    expect(await db.selectFrom('idempotencyKeys').selectAll().execute()).toEqual([]);
    const others = await Promise.all([
      door.call('POST', `${address}x`, undefined, {}),
      door.call('GET', '/api/v1/heartbeats/other/key', undefined, {}),
      door.call('POST', '/api/v1/heartbeats/backup', undefined, {}),
      door.call('POST', '/api/v1/heartbeats/backup'),
    ]);
    expect(others.map(({ status }) => status)).toEqual([404, 404, 401, 200]);
    const listed = await door.call('GET', '/api/v1/heartbeats');
    expect(listed.body.heartbeats).toMatchObject([{ id: 'backup', state: 'well' }]);
    expect(listed.text).not.toContain(key);
  });
});

describe('/incident heartbeat', () => {
  test('adds, shows with its address, pauses and removes', async ({ db }) => {
    const talk = new Talk(db);
    await talk.addPerson('ana');
    await talk.addPerson('vi', { role: 'viewer' });
    expect((await talk.types('ana', 'heartbeat')).text).toContain('No heartbeat is expected.');
    expect((await talk.types('ana', 'heartbeat add backup')).text).toContain('Say how often');
    const added = await talk.types('ana', 'heartbeat add backup --every 1d --grace 1h --severity P3');
    const key = (await findHeartbeat(db, 'backup'))?.key ?? '';
    expect(added.text).toContain('backup, every 1 day: waits for its first');
    expect(added.text).toContain('P3 when it is missing; may be late by 1 hour.');
    expect(added.text).toContain(`http://incidents.example/api/v1/heartbeats/backup/${key}`);
    await beat(engineContext(db, { clock: talk.clock }), 'backup');
    const list = await talk.types('ana', 'heartbeats');
    expect(list.text).toContain(
      '- backup, every 1 day: heard 2026-03-01 08:00 UTC, next by 2026-03-02 09:00 UTC',
    );
    expect(list.text).toContain('No weekly test page is sent; synthetic_page in the setup file does it.');
    expect(list.text).not.toContain(key);
    expect((await talk.types('ana', 'heartbeat pause backup')).text).toContain('paused, heard 2026-03-01');
    expect((await talk.types('ana', 'heartbeat show mail')).text).toContain('There is no heartbeat mail.');
    expect((await talk.types('vi', 'heartbeat remove backup')).text).not.toContain('not expected');
    expect((await talk.types('ana', 'heartbeat remove backup')).text).toContain('is not expected any more');
    expect(await listHeartbeats(db)).toEqual([]);
    expect(talk.logged).toEqual([]);
  });
});
