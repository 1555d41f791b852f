import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { Queue as BullQueue } from 'bullmq';
import { describe, expect, onTestFinished } from 'vitest';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Queue, RunningJob } from '#src/jobs/queue.ts';
import { connectRedis } from '#src/jobs/redis.ts';
import { drained, job } from '#test/contracts/queue-support.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { Dice } from '#test/support/dice.ts';
import { queuesOver, sharedRedis, type QueuesOverRedis } from '#test/support/queue-over-redis.ts';
import { comesTrue } from '#test/support/reacting.ts';
import { hasRedis, startRedis } from '#test/support/redis.ts';

describe.runIf(databaseKind === 'postgres' && hasRedis())('a queue over Redis', () => {
  test('runs every job once, though Redis is emptied ten times meanwhile', async ({ db }) => {
    const over = await harmed();
    const ran = new Ledger();
    const two = [over.open({ db }).queue, over.open({ db }).queue];
    for (const queue of two) await queue.process((it) => ran.run(it, 4), { concurrency: 4 });
    for (let round = 0; round < 10; round += 1) {
      await two[round % 2]?.add(some(30, `r${round}`));
      await sleep(30);
      await over.redis.flush();
    }
    await drained(two[0] as Queue);
    ran.expectOnce(300);
  });

  test('goes on without Redis when that dies, and over it again when it is back', async ({ db }) => {
    const over = await harmed();
    const ran = new Ledger();
    const { queue } = over.open({ db });
    await queue.process((it) => ran.run(it), { concurrency: 4 });
    await queue.add(some(20, 'before'));
    await comesTrue(() => expect(ran.begun).toHaveLength(20));
    await over.redis.kill();
    await queue.add(some(20, 'away'));
    await comesTrue(() => expect(ran.begun).toHaveLength(40));
    expect(queue.tells()).toBe(false);

    await over.redis.restart();
    await comesTrue(() => expect(queue.tells()).toBe(true));
    await queue.add(some(20, 'after'));
    await drained(queue);
    ran.expectOnce(60);
    await comesTrue(async () => expect(await over.redis.say('DBSIZE')).not.toBe(':0'));
    // That a question to it was in vain may be said too, and is not what this is about.
    const said = over.said.filter(
      (it) => it.startsWith('Redis') && !it.startsWith('Redis could not be asked'),
    );
    expect(said).toEqual(['Redis does not answer; work goes on without it', 'Redis answers again']);
  });

  test.for([
    [
      'has no room, or too few copies',
      'CONFIG SET min-replicas-to-write 1',
      'CONFIG SET min-replicas-to-write 0',
    ],
    ['is not the first any more', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
  ] as const)(
    'goes on without a Redis that answers and takes nothing: it %s',
    async ([, refuse, take], { db }) => {
      const over = await harmed();
      const ran = new Ledger();
      const { queue } = over.open({ db });
      await queue.process((it) => ran.run(it), { concurrency: 4 });
      await queue.add(some(5, 'before'));
      await comesTrue(() => expect(ran.begun).toHaveLength(5));
      await over.redis.say(refuse);
      await queue.add(some(20, 'refused'));
      await comesTrue(() => expect(ran.begun).toHaveLength(25));
      // They may all have been run before Redis is heard to refuse them.
      await comesTrue(() => expect(queue.tells()).toBe(false));
      // Nobody turns meanwhile, over and over.
      const before = over.said.length;
      await sleep(2000);
      expect(over.said.slice(before)).toEqual([]);
      await over.redis.say(take);
      await comesTrue(() => expect(queue.tells()).toBe(true));
      await queue.add(some(20, 'after'));
      await drained(queue);
      ran.expectOnce(45);
    },
  );

  test('waits for no Redis that hangs: what is added is there, and is run', async ({ db }) => {
    const over = await harmed();
    const ran = new Ledger();
    const { queue } = over.open({ db });
    await queue.process((it) => ran.run(it), { concurrency: 2 });
    await queue.add(some(5, 'before'));
    await comesTrue(() => expect(ran.begun).toHaveLength(5));
    over.redis.freeze();
    await db.transaction().execute((tx) => queue.add(some(20, 'frozen'), tx));
    queue.wake();
    await comesTrue(() => expect(ran.begun).toHaveLength(25));
    over.redis.thaw();
    await comesTrue(() => expect(queue.tells()).toBe(true));
    await queue.add(some(20, 'after'));
    await drained(queue);
    ran.expectOnce(45);
  });

  test('starts where there is no Redis, and uses it when it comes', async ({ db }) => {
    const over = await harmed();
    await over.redis.kill();
    const ran = new Ledger();
    const { queue } = over.open({ db });
    await queue.add(some(5, 'early'));
    await queue.process((it) => ran.run(it), { concurrency: 2 });
    await comesTrue(() => expect(ran.begun).toHaveLength(5));
    await over.redis.restart();
    await comesTrue(() => expect(queue.tells()).toBe(true));
    await queue.add(some(5, 'late'));
    await drained(queue);
    ran.expectOnce(10);
  });

  test('does nothing about ids that are unknown, out of date or there twice', async ({ db }) => {
    const over = queuesOver(await sharedRedis());
    onTestFinished(() => over.stop());
    const ran = new Ledger();
    const { queue } = over.open({ db });
    await queue.process((it) => ran.run(it), { concurrency: 2 });
    await queue.add(some(3, 'done'));
    await comesTrue(() => expect(ran.begun).toHaveLength(3));
    const link = connectRedis(over.redis.url, { name: 'test', waits: true });
    const raw = new BullQueue('jobs', { connection: link.redis, prefix: over.prefix });
    onTestFinished(() => link.close());
    await raw.addBulk(['done-0', 'nobody', 'done-1', 'done-1'].map((id) => ({ name: 'test', data: { id } })));
    await raw.add('test', 'rubbish');
    await raw.add('test', { id: { not: 'a text' } });
    await queue.add(some(3, 'more'));
    await drained(queue);
    const left = async () => await raw.getJobCountByTypes('wait', 'active', 'prioritized');
    await comesTrue(async () => expect(await left()).toBe(0));
    ran.expectOnce(6);
  });

  test('never has two jobs of one lane run at once in three processes, whoever loses Redis', async ({
    db,
  }) => {
    const over = await harmed();
    const ran = new Ledger();
    const dice = new Dice(20);
    const three = Array.from({ length: 3 }, () => over.open({ db }));
    const classes = () => new Map([['alpha', 3]]);
    for (const { queue } of three) await queue.process((it) => ran.run(it, 6), { concurrency: 3, classes });
    for (let round = 0; round < 6; round += 1) {
      const jobs = Array.from({ length: 30 }, (_, index) =>
        job(`r${round}-${index}`, {
          lane: `i${dice.number(0, 6)}${index % 2 ? '@alpha' : ''}`,
          priority: dice.number(0, 2) * 10,
        }),
      );
      await three[dice.number(0, 2)]?.queue.add(jobs);
      await sleep(dice.number(0, 60));
      if (round === 2) three[0]?.cut();
      if (round === 4) await over.redis.flush();
    }
    await drained(three[1]?.queue as Queue);
    ran.expectOnce(180);
    await three[0]?.queue.stop();
  });

  test('has the jobs of a process that was killed run by another, once the leases are over', async ({
    place,
  }) => {
    const { db, close } = await openDatabase(place);
    await migrate(db);
    const over = queuesOver(await sharedRedis());
    onTestFinished(async () => {
      await over.stop();
      await close();
    });
    const { queue } = over.open({ db, leaseMs: 1500, lookMs: 250 });
    await queue.add(some(8, 'job'));
    const started = await killedAtWork(place.databaseUrl ?? '', over, 4);
    const ran = new Ledger();
    await queue.process((it) => ran.run(it), { concurrency: 4 });
    await drained(queue);
    ran.expectOnce(8);
    expect(started).toHaveLength(4);
  });

  test('runs as many of a class as it is said at each look', async ({ db }) => {
    const over = queuesOver(await sharedRedis());
    onTestFinished(() => over.stop());
    const { queue } = over.open({ db });
    const ran = new Ledger();
    let slots = 0;
    const over1 = Promise.withResolvers<void>();
    const run = async (it: RunningJob) => {
      ran.begun.push(it.id);
      await over1.promise;
    };
    await queue.add(
      Array.from({ length: 6 }, (_, index) => job(`alpha-${index}`, { lane: `i${index}@alpha` })),
    );
    await queue.process(run, { concurrency: 2, classes: () => new Map([['alpha', slots]]) });
    for (const more of [0, 2, 4]) {
      slots = more;
      queue.wake();
      await comesTrue(() => expect(ran.begun).toHaveLength(more));
      await sleep(50);
      expect(ran.begun).toHaveLength(more);
    }
    slots = 0;
    queue.wake();
    over1.resolve();
    await comesTrue(async () => expect(await queue.stats()).toMatchObject({ ready: 2, running: 0 }));
    slots = 1;
    queue.wake();
    await drained(queue);
    expect(new Set(ran.begun).size).toBe(6);
  });

  test('begins as many of a class within a time as it may, of all processes together', async ({ db }) => {
    const over = queuesOver(await sharedRedis());
    onTestFinished(() => over.stop());
    const began: number[] = [];
    const run = async () => void began.push(performance.now());
    const rates = () => new Map([['alpha', { most: 4, perMs: 600 }]]);
    const classes = () => new Map([['alpha', 10]]);
    const two = [over.open({ db }).queue, over.open({ db }).queue];
    for (const queue of two) await queue.process(run, { concurrency: 1, classes, rates });
    await two[0]?.add(
      Array.from({ length: 12 }, (_, index) => job(`a${index}`, { lane: `i${index}@alpha` })),
    );
    await drained(two[0] as Queue);
    expect(began).toHaveLength(12);
    const [first = 0] = began;
    const within = (ms: number) => began.filter((at) => at - first < ms).length;
    // A window begins when Redis gives out its first; it was run a little later.
    expect(within(500)).toBeLessThanOrEqual(4);
    expect(within(1100)).toBeLessThanOrEqual(8);
  });

  test('leaves nothing behind when it stops: another process goes on at once', async ({ db }) => {
    const over = queuesOver(await sharedRedis());
    onTestFinished(() => over.stop());
    const first = over.open({ db }).queue;
    const ran = new Ledger();
    await first.add(some(40, 'job'));
    await first.process((it) => ran.run(it, 20), { concurrency: 3 });
    await comesTrue(() => expect(ran.begun.length).toBeGreaterThan(3));
    await first.stop();
    expect(await first.stats()).toMatchObject({ running: 0 });
    const second = over.open({ db }).queue;
    await second.process((it) => ran.run(it), { concurrency: 3 });
    await drained(second);
    ran.expectOnce(40);
  });
});

/** What ran, and whether two of one lane did at once. */
class Ledger {
  readonly begun: string[] = [];
  readonly clashes: string[] = [];
  readonly #lanes = new Set<string>();
  readonly #dice = new Dice(7);

  async run({ id, lane }: RunningJob, ms = 1): Promise<void> {
    this.begun.push(id);
    if (this.#lanes.has(lane)) this.clashes.push(`${id} and another in ${lane}`);
    this.#lanes.add(lane);
    await sleep(this.#dice.number(0, ms));
    this.#lanes.delete(lane);
  }

  expectOnce(count: number): void {
    expect(this.clashes).toEqual([]);
    expect(this.begun.filter((it, index) => this.begun.indexOf(it) !== index)).toEqual([]);
    expect(this.begun).toHaveLength(count);
  }
}

/** Over a Redis of its own, to which harm is done. */
async function harmed(): Promise<QueuesOverRedis> {
  const redis = await startRedis();
  const over = queuesOver(redis);
  onTestFinished(async () => {
    await over.stop();
    await redis.stop();
  });
  return over;
}

function some(count: number, prefix: string) {
  return Array.from({ length: count }, (_, index) =>
    job(`${prefix}-${index}`, { lane: `${prefix}-${index % 9}` }),
  );
}

/** Has a process of its own begin so many jobs, and kills it at that. Answers their ids. */
async function killedAtWork(databaseUrl: string, over: QueuesOverRedis, count: number): Promise<string[]> {
  const program = path.join(import.meta.dirname, '../support/queue-worker.ts');
  const child = spawn(process.execPath, [program, databaseUrl, over.redis.url, over.prefix, '1500'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const began: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    began.push(line);
    if (began.length === count) break;
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  return began;
}
