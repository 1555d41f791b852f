import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, onTestFinished } from 'vitest';

import { SharedWindow, type SharedCount } from '#src/access/limits-shared.ts';
import { say } from '#src/chat/message.ts';
import { onceIn } from '#src/chat/once.ts';
import type { Outcome } from '#src/chat/platform.ts';
import { listenNotify } from '#src/db/bell.ts';
import { migrate } from '#src/db/migrate.ts';
import { modelLedger } from '#src/db/model-calls.ts';
import { openDatabase, type OpenDb } from '#src/db/open.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import { Bell } from '#src/jobs/bell.ts';
import { realClock } from '#src/jobs/clock.ts';
import { startJobs } from '#src/jobs/jobs.ts';
import { Lease } from '#src/jobs/lease.ts';
import { connectRedis } from '#src/jobs/redis.ts';
import type { Reaction } from '#src/reactions/reaction.ts';
import { engineContext } from '#test/support/context.ts';
import { databaseKind, test, type Place } from '#test/support/database.ts';
import { hasRedis, startRedis } from '#test/support/redis.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
/** So long that nothing is found by looking while a test runs. */
const NEVER_MS = 600_000;

describe.skipIf(databaseKind === 'embedded')('the work of several processes', () => {
  test('timers that are set where none are fired fire once, though two schedulers sleep for long', async ({
    place,
  }) => {
    const { processes, databaseUrl } = await several(place, 3);
    const fired: string[] = [];
    const fire: Reaction<object> = {
      name: 'fire',
      on: [],
      timers: ['update-due'],
      run: async ({ incident }) => void fired.push(String(incident)),
    };
    const bells = processes.map(({ db }, index) => {
      const bell = new Bell(`p${index}`, (ear) => listenNotify({ db, databaseUrl, log, ...ear }), log);
      onTestFinished(() => bell.stop());
      return bell;
    });
    const all = await Promise.all(
      processes.map(async ({ db }, index) => {
        const jobs = await startJobs({
          db,
          alone: false,
          reactions: [fire],
          deps: {},
          log,
          works: index === 0,
          schedules: index > 0,
          lookMs: NEVER_MS,
          bell: bells[index] as Bell,
        });
        onTestFinished(() => jobs.stop());
        return jobs;
      }),
    );
    await expect.poll(() => bells.every(({ isUp }) => isUp)).toBe(true);
    const { db } = processes[0] as OpenDb;
    const numbers: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      numbers.push((await declare(engineContext(db), { title: 'Fails' })).number);
    }
    const soon = realClock.now().getTime() + 300;
    const timers = numbers.map((incident, index) => ({
      key: `own-${incident}`,
      kind: 'update-due',
      incident,
      dueAt: new Date(soon + index * 10),
      subject: null,
    }));
    await db.insertInto('timers').values(timers).execute();
    all[0]?.committed();
    await expect.poll(() => fired.length).toBe(20);
    expect(fired.toSorted()).toEqual(numbers.map(String).toSorted());
    expect(await timersOf(db, numbers)).toBe(0);
  });

  test('what only one may do is done by one at a time, and by the next as soon as that stops', async ({
    place,
  }) => {
    const { processes } = await several(place, 3);
    const doing = new Set<number>();
    const counts: number[] = [];
    const leases = processes.map(
      ({ db }, index) =>
        new Lease({
          db,
          name: 'one',
          holder: `p${index}`,
          alone: false,
          log,
          run: async (signal) => {
            doing.add(index);
            counts.push(doing.size);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            doing.delete(index);
          },
        }),
    );
    for (const it of leases) it.start();
    for (const left of [3, 2, 1]) {
      await expect.poll(() => doing.size).toBe(1);
      const holder = leases.find(({ isHeld }) => isHeld);
      expect(leases.filter(({ isHeld }) => isHeld)).toHaveLength(1);
      await holder?.stop();
      leases.splice(leases.indexOf(holder as Lease), 1);
      expect(leases).toHaveLength(left - 1);
    }
    expect(counts).toEqual([1, 1, 1]);
  });

  test('what somebody asks for twice, because an answer was late, is done once, also by two of them', async ({
    place,
  }) => {
    const { processes } = await several(place, 2);
    const now = () => realClock.now();
    const onces = processes.map(({ db }, index) => onceIn(db, now, `p${index}`));
    let count = 0;
    const run = async (): Promise<Outcome> => {
      count += 1;
      await sleep(300);
      return { type: 'reply', message: say(`done ${count}`), visible: 'private' };
    };
    const outcomes = await Promise.all(onces.map((once) => once('web:1', run)));
    expect(count).toBe(1);
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test('what an adapter does once, or one at a time, is so over all of them', async ({ place }) => {
    const { processes } = await several(place, 2);
    const stores = processes.map(({ db }, index) =>
      platformStore(db, 'alpha', () => realClock.now(), `p${index}`),
    );
    let made = 0;
    const send = async () => {
      made += 1;
      await sleep(200);
      return { id: String(made) };
    };
    const rooms = await Promise.all(stores.map((it) => it.once('open:incidents', send)));
    expect([made, rooms]).toEqual([1, [{ id: '1' }, { id: '1' }]]);
    let busy = 0;
    const most: number[] = [];
    const work = async () => {
      busy += 1;
      most.push(busy);
      await sleep(20);
      busy -= 1;
    };
    await Promise.all([...stores, ...stores].map((it) => it.inTurn('category', work)));
    expect(most).toEqual([1, 1, 1, 1]);
  });

  test('a budget for models holds over all of them', async ({ place }) => {
    const { processes } = await several(place, 2);
    const ledgers = processes.map(({ db }) => modelLedger(db));
    const calls = Array.from({ length: 40 }, async (_, index) => {
      const call = {
        id: randomUUID(),
        at: new Date('2026-11-21T12:00:00Z'),
        task: 'classify',
        version: 1,
        provider: 'anthropic',
        model: 'm',
        incident: null,
        priority: 'soon' as const,
        inputHash: 'x',
        reservedUsd: 0.03,
      };
      return await ledgers[index % 2]?.reserve(call, { dayUsd: 1, incidentUsd: 1 });
    });
    const stopped = await Promise.all(calls);
    expect(stopped.filter((it) => it === null)).toHaveLength(33);
  });
});

describe.skipIf(databaseKind === 'embedded' || !hasRedis())('a limit of requests', () => {
  test('holds over two processes, and each counts alone while Redis is away', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const windows = [0, 1].map(() => {
      const link = connectRedis(redis.url, { name: 'test' });
      onTestFinished(() => link.close());
      const count: SharedCount = {
        isUp: () => link.isUp(),
        run: async (script, key, argument) => await link.redis.eval(script, 1, key, argument),
      };
      return { link, window: new SharedWindow('requests', 10, () => realClock.now(), count) };
    });
    for (const { link } of windows) expect(await link.reached(10_000)).toBe(true);
    const ask = async (owner: string) => {
      const asked = Array.from(
        { length: 30 },
        async (_, index) => await windows[index % 2]?.window.take(owner),
      );
      return await Promise.all(asked);
    };
    const first = await ask('ana');
    expect(first.filter((it) => it?.allowed)).toHaveLength(10);
    const refused = first.find((it) => it?.allowed === false);
    expect(refused).toMatchObject({ limit: 10, remaining: 0 });
    expect(refused?.retryAfterS).toBeGreaterThan(50);
    expect((await ask('bo')).filter((it) => it?.allowed)).toHaveLength(10);
    await redis.kill();
    await expect.poll(() => windows.some(({ link }) => link.isUp())).toBe(false);
    expect((await ask('cy')).filter((it) => it?.allowed)).toHaveLength(20);
  });
});

/** Several handles on one database, as several processes have them. */
async function several(place: Place, count: number) {
  const processes: OpenDb[] = [];
  for (let index = 0; index < count; index += 1) {
    const opened = await openDatabase(place);
    onTestFinished(() => opened.close());
    processes.push(opened);
  }
  await migrate((processes[0] as OpenDb).db);
  return { processes, databaseUrl: place.databaseUrl ?? '' };
}

async function timersOf(db: Db, numbers: readonly number[]): Promise<number> {
  const rows = await db
    .selectFrom('timers')
    .select('key')
    .where(
      'key',
      'in',
      numbers.map((it) => `own-${it}`),
    )
    .execute();
  return rows.length;
}
