import { describe, expect } from 'vitest';

import type { Db, Tx } from '#src/db/schema.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import type { RunningJob } from '#src/jobs/queue.ts';
import { drained, job, type Queues } from '#test/contracts/queue-support.ts';
import { queueContract } from '#test/contracts/queue.ts';
import { test as base } from '#test/support/database.ts';
import { killable } from '#test/support/killable.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { comesTrue } from '#test/support/reacting.ts';

const log = { warn: () => {}, error: () => {} };

const test = base.extend('queues', ({ db }): Queues => {
  const clocks: ManualClock[] = [];
  return {
    recoveryMs: 10_000,
    process() {
      const { db: own, kill } = killable(db);
      const clock = new ManualClock(clocks[0]?.now());
      clocks.push(clock);
      const queue = new EmbeddedQueue({ db: own, clock, log, alone: false, random: () => 0.5 });
      return {
        queue,
        kill: () => {
          kill();
          clocks.splice(clocks.indexOf(clock), 1);
        },
      };
    },
    async pass(ms) {
      for (const it of clocks) it.advance(ms);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    },
  };
});

queueContract('the embedded queue', test as never);

describe('the embedded queue', () => {
  test('has a job if and only if the transaction that added it commits', async ({ db }) => {
    const { queue } = open(db);
    const ran: string[] = [];
    await queue.process(async ({ id }) => void ran.push(id), { concurrency: 1 });
    const undone = db.transaction().execute(async (tx) => {
      await queue.add([job('undone')], tx);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await db.transaction().execute((tx) => queue.add([job('done')], tx));
    queue.wake();

    await drained(queue);
    expect(ran).toEqual(['done']);
    await queue.stop();
  });

  test('takes up at once what a killed process was doing, where it is the only process', async ({ db }) => {
    const clock = new ManualClock();
    const started: string[] = [];
    const own = killable(db);
    const first = new EmbeddedQueue({ db: own.db, clock, log, alone: true });
    const hang = ({ id }: RunningJob) => {
      started.push(id);
      return new Promise<void>(() => {});
    };
    await first.process(hang, { concurrency: 1 });
    await first.add([job('a')]);
    await comesTrue(() => expect(started).toEqual(['a']));
    own.kill();

    const ran: number[] = [];
    const second = new EmbeddedQueue({ db, clock: new ManualClock(), log, alone: true });
    await second.process(async ({ attempt }) => void ran.push(attempt), { concurrency: 1 });
    await drained(second);
    expect(ran).toEqual([1]);
    await second.stop();
  });

  test('keeps a job for as long as it runs, and does not take it for an abandoned one', async ({ db }) => {
    const { queue, clock } = open(db);
    const other = open(db, clock);
    const ran: string[] = [];
    const over = Promise.withResolvers<void>();
    const run = async ({ id }: RunningJob) => {
      ran.push(id);
      await over.promise;
    };
    await queue.process(run, { concurrency: 2 });
    await queue.add([job('a')]);
    await comesTrue(() => expect(ran).toEqual(['a']));
    await other.queue.process(run, { concurrency: 2 });
    for (let passed = 0; passed < 24_000; passed += 500) {
      clock.advance(500);
      await new Promise<void>((resolve) => void setTimeout(resolve, 5));
    }
    over.resolve();

    await drained(queue);
    expect(ran).toEqual(['a']);
    await Promise.all([queue.stop(), other.queue.stop()]);
  });

  test('does not take its own jobs for abandoned ones when it was asleep for a while', async ({ db }) => {
    const { queue, clock } = open(db);
    const ran: string[] = [];
    const over = Promise.withResolvers<void>();
    const run = async ({ id }: RunningJob) => {
      ran.push(id);
      await over.promise;
    };
    await queue.process(run, { concurrency: 2 });
    await queue.add([job('a')]);
    await comesTrue(() => expect(ran).toEqual(['a']));
    clock.advance(20_000);
    queue.wake();
    await new Promise<void>((resolve) => void setTimeout(resolve, 100));
    over.resolve();

    await drained(queue);
    expect(ran).toEqual(['a']);
    await queue.stop();
  });

  test('does not take its own jobs for abandoned ones when the database was lost as it said that it still has them', async ({
    db,
  }) => {
    const failures: string[] = [];
    const { db: own, lost, back } = flaky(db);
    const clock = new ManualClock();
    const error = (_: object, text: string) => void failures.push(text);
    const queue = new EmbeddedQueue({ db: own, clock, log: { ...log, error }, alone: true });
    const ran: string[] = [];
    const over = Promise.withResolvers<void>();
    const run = async ({ id }: RunningJob) => {
      ran.push(id);
      await over.promise;
    };
    await queue.process(run, { concurrency: 3 });
    await queue.add([job('a')]);
    await comesTrue(() => expect(ran).toEqual(['a']));
    await comesTrue(async () => expect((await queue.stats()).running).toBe(1));
    lost();
    clock.advance(12_000);
    await comesTrue(() => {
      clock.advance(20);
      expect(failures.length).toBeGreaterThan(0);
    });

    back();
    await queue.add([job('b', { lane: 'incident-2' })]);
    await comesTrue(() => {
      clock.advance(200);
      expect(ran).toContain('b');
    });
    expect(ran).toEqual(['a', 'b']);
    over.resolve();
    await drained(queue);
    await queue.stop();
  });

  test('remembers what was done while the database was away', async ({ db }) => {
    const failures: string[] = [];
    const { db: own, away, back } = flaky(db);
    const clock = new ManualClock();
    const error = (_: object, text: string) => void failures.push(text);
    const queue = new EmbeddedQueue({ db: own, clock, log: { ...log, error }, alone: true });
    const ran: string[] = [];
    const run = async ({ id }: RunningJob) => {
      ran.push(id);
      if (ran.length === 1) away();
    };
    await queue.process(run, { concurrency: 1 });
    await queue.add([job('a'), job('b')]);
    await comesTrue(() => expect(failures).toEqual(['The queue could not be read or written']));
    expect(ran).toEqual(['a']);

    back();
    clock.advance(1000);
    await drained(queue);
    expect(ran).toEqual(['a', 'b']);
    await queue.stop();
  });

  test('finds a lane behind two thousand jobs of another', async ({ db }) => {
    const { queue } = open(db);
    await queue.add(Array.from({ length: 2000 }, (_, index) => job(`storm-${index}`)));
    await queue.add([job('other', { lane: 'incident-2' })]);
    const over = Promise.withResolvers<void>();
    const ran: string[] = [];
    const run = async ({ id }: RunningJob) => {
      ran.push(id);
      await over.promise;
    };
    await queue.process(run, { concurrency: 4 });
    await comesTrue(() => expect(ran).toEqual(['storm-0', 'other']));
    const stopped = queue.stop();
    over.resolve();
    await stopped;
  });
});

function open(db: Db, clock = new ManualClock()) {
  return { clock, queue: new EmbeddedQueue({ db, clock, log, alone: false }) };
}

/** A database that can be away for a while, or be lost at the end of each transaction. */
function flaky(db: Db) {
  let isAway = false;
  let isLost = false;
  const failing = () => ({
    execute: (work: (tx: Tx) => Promise<unknown>) =>
      db.transaction().execute(async (tx) => {
        await work(tx);
        throw new Error('no connection');
      }),
  });
  const own = new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (isAway && name === 'transaction') throw new Error('no connection');
      if (isLost && name === 'transaction') return failing;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return {
    db: own,
    away: () => void (isAway = true),
    lost: () => void (isLost = true),
    back: () => void (isAway = isLost = false),
  };
}
