import { sql } from 'kysely';
import { describe, expect, onTestFinished } from 'vitest';

import { claimThese, handOver, handOverOf, lockLanesOf, takeBack } from '#src/db/handed-jobs.ts';
import { insertJobs, settleJobs, type NewJob } from '#src/db/jobs.ts';
import type { Db } from '#src/db/schema.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import { drained } from '#test/contracts/queue-support.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { queuesOver, sharedRedis } from '#test/support/queue-over-redis.ts';
import { comesTrue } from '#test/support/reacting.ts';
import { hasRedis, startRedis } from '#test/support/redis.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const KEPT = { ms: 5000, urgent: 0, urgentMs: 2000 };

describe('jobs that are handed over', () => {
  test('are the first of each lane in which none runs, most urgent first, and each once', async ({ db }) => {
    await insertJobs(
      db,
      [job('a1', 'a'), job('a2', 'a', 0), job('b1', 'b'), job('c1', 'c@x', 20), job('d1', 'd@y')],
      NOW,
    );
    expect(await over(db, ['', 'x'])).toEqual(['a2', 'b1', 'c1']);
    expect(await over(db, null)).toEqual(['d1']);
    expect(await over(db, null)).toEqual([]);
    expect(await claim(db, ['a2', 'b1', 'nobody'])).toEqual(['a2', 'b1']);
    expect(await over(db, null)).toEqual([]);
    const [a2] = await db.selectFrom('jobs').selectAll().where('id', '=', 'a2').execute();
    const settled = { id: 'a2', attempt: 1, begun: a2?.interrupted ?? 0, end: 'done' } as const;
    await db.transaction().execute((tx) => settleJobs(tx, [settled], NOW));
    const how = { now: NOW, classes: [''], kept: KEPT };
    expect((await handOverOf(db, how, ['a', 'b'])).map(({ id }) => id)).toEqual(['a1']);
  });

  test('are handed over again when they are taken back, or were lost: what is urgent sooner', async ({
    db,
  }) => {
    await insertJobs(db, [job('page', 'a', 0), job('card', 'b'), job('topic', 'c')], NOW);
    expect(await over(db, null)).toEqual(['page', 'card', 'topic']);
    await takeBack(db, NOW, ['topic']);
    expect(await over(db, null)).toEqual(['topic']);
    expect(await over(db, null, 2000)).toEqual(['page']);
    expect(await over(db, null, 5000)).toEqual(['page', 'card', 'topic']);
    await takeBack(db, NOW, null);
    expect(await over(db, null, 5000)).toEqual(['page', 'card', 'topic']);
  });

  test('are claimed by their ids one of a lane at a time, in the order of their kind where they go outside', async ({
    db,
  }) => {
    await insertJobs(db, [job('a1', 'a@x'), job('a2', 'a@x'), job('b1', 'b'), job('b2', 'b')], NOW);
    expect(await claim(db, ['a2'])).toEqual([]);
    expect(await claim(db, ['b2', 'b1', 'a2', 'a1'])).toEqual(['a1', 'b1']);
    expect(await claim(db, ['b2', 'b1', 'a2', 'a1'])).toEqual([]);
  });

  test('run one of a lane also where twenty transactions claim at once', async ({ db }) => {
    const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    for (let round = 0; round < 5; round += 1) {
      await db.deleteFrom('jobs').execute();
      await insertJobs(
        db,
        ids.map((id, index) => job(id, `lane-${index % 2}`)),
        NOW,
      );
      const claimed = await Promise.all(ids.map((id) => claim(db, [id])));
      expect(claimed.flat()).toHaveLength(2);
    }
  });
});

describe('a rate', () => {
  test('is kept by the queue in the database too', async ({ db }) => {
    const clock = new ManualClock();
    const queue = new EmbeddedQueue({ db, clock, log: { warn: () => {}, error: () => {} }, alone: true });
    const ran: string[] = [];
    await queue.process(async ({ id }) => void ran.push(id), {
      concurrency: 1,
      classes: () => new Map([['x', 5]]),
      rates: () => new Map([['x', { most: 3, perMs: 10_000 }]]),
    });
    await queue.add(Array.from({ length: 7 }, (_, index) => job(`job-${index}`, `lane-${index}@x`)));
    await comesTrue(async () => expect(await queue.stats()).toMatchObject({ ready: 4, running: 0 }));
    clock.advance(9900);
    await new Promise<void>((resolve) => void setTimeout(resolve, 50));
    expect(ran).toHaveLength(3);
    await comesTrue(() => {
      clock.advance(100);
      expect(ran).toHaveLength(6);
    });
    await comesTrue(async () => expect(await queue.stats()).toMatchObject({ ready: 1, running: 0 }));
    await comesTrue(() => {
      clock.advance(500);
      expect(ran).toHaveLength(7);
    });
    await queue.stop();
  });
});

describe.runIf(databaseKind === 'postgres' && hasRedis())('what Redis was handed', () => {
  test('is handed over again at once when it was emptied, and not only when it must have been lost', async ({
    db,
  }) => {
    const redis = await startRedis();
    const queues = queuesOver(redis);
    onTestFinished(async () => {
      await queues.stop();
      await redis.stop();
    });
    const clock = new ManualClock();
    const adding = queues.open({ db, clock }).queue;
    await adding.add([job('a', 'a'), job('b', 'b')]);
    await comesTrue(async () => expect(Number((await redis.say('DBSIZE')).slice(1))).toBeGreaterThan(2));
    await comesTrue(async () => expect(await handed(db)).toBe(2));
    await redis.flush();
    const ran: string[] = [];
    const { queue } = queues.open({ db, clock });
    await queue.process(async ({ id }) => void ran.push(id), { concurrency: 1 });
    await drained(queue);
    expect(ran.toSorted()).toEqual(['a', 'b']);
  });

  test('is claimed in its lane alone, also where it comes while another lane is waited for', async ({
    db,
  }) => {
    const queues = queuesOver(await sharedRedis());
    const adding = queues.open({ db }).queue;
    const ran: string[] = [];
    const { queue } = queues.open({ db });
    await queue.process(async ({ id }) => void ran.push(id), { concurrency: 2 });
    onTestFinished(() => queues.stop());
    const first = await lockedLane(db, job('first', 'a'));
    const second = await lockedLane(db, job('second', 'b'));
    try {
      await adding.add([job('given', 'a')]);
      await comesTrue(async () => expect(await waiting(db)).toBe(1));
      await adding.add([job('late', 'b')]);
      const active = async () => (await adding.carried()).get('')?.active;
      await comesTrue(async () => expect(await active()).toBe(2));
      const until = new Date(new Date().getTime() + 60_000);
      const [claimed] = await claimThese(second, new Date(), until, ['second']);
      await first.commit().execute();
      await comesTrue(async () => expect(ran).toContain('given'));
      await comesTrue(async () => expect(await waiting(db)).toBe(1));
      await second.commit().execute();
      await comesTrue(async () => expect(await waiting(db)).toBe(0));
      expect(ran).not.toContain('late');
      const done = { id: 'second', attempt: 1, begun: claimed?.begun ?? 0, end: 'done' } as const;
      await db.transaction().execute((tx) => settleJobs(tx, [done], new Date()));
    } finally {
      for (const it of [first, second]) if (!it.isCommitted) await it.rollback().execute();
    }
    queue.wake();
    await drained(queue);
    expect(ran.toSorted()).toEqual(['first', 'given', 'late']);
  });
});

/** A transaction that has added this job, and holds its lane. */
async function lockedLane(db: Db, wanted: NewJob) {
  const tx = await db.startTransaction().execute();
  await insertJobs(tx, [wanted], new Date());
  await lockLanesOf(tx, [wanted.id]);
  return tx;
}

/** How many transactions wait for a lane. */
async function waiting(db: Db): Promise<number> {
  const { rows } = await sql`
    select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length;
}

function job(id: string, lane: string, priority = 10): NewJob {
  return { id, kind: 'test', lane, priority, payload: {} };
}

async function over(db: Db, classes: readonly string[] | null, afterMs = 0): Promise<string[]> {
  const now = new Date(NOW.getTime() + afterMs);
  return (await handOver(db, { now, classes, kept: KEPT })).map(({ id }) => id);
}

async function claim(db: Db, ids: readonly string[]): Promise<string[]> {
  const until = new Date(NOW.getTime() + 10_000);
  return await db.transaction().execute(async (tx) => {
    await lockLanesOf(tx, ids);
    return (await claimThese(tx, NOW, until, ids)).map(({ id }) => id);
  });
}

async function handed(db: Db): Promise<number> {
  return (await db.selectFrom('jobs').select('id').where('handedUntil', 'is not', null).execute()).length;
}
