import { setTimeout as sleep } from 'node:timers/promises';

import * as fc from 'fast-check';
import { describe, expect, type TestAPI } from 'vitest';

import { ProviderError, UserError } from '#src/errors.ts';
import type { Job, Queue, RunningJob } from '#src/jobs/queue.ts';
import { LeftAlone } from '#src/jobs/verdict.ts';
import { comesTrue } from '#test/support/reacting.ts';

import { drained, eventually, job, tick, Together, type Queues } from './queue-support.ts';

/** What every queue must do. Each driver's test calls this. */
export function queueContract(name: string, test: TestAPI<{ queues: Queues }>): void {
  describe(`${name} keeps the queue contract`, () => {
    test('a job runs once, and is gone', async ({ queues }) => {
      const { queue } = queues.process();
      const ran: RunningJob[] = [];
      await queue.process(async (it) => void ran.push(it), { concurrency: 4 });
      await queue.add([job('a')]);

      await drained(queue);
      expect(ran).toMatchObject([{ ...job('a'), attempt: 1 }]);
      expect(await queue.stats()).toEqual({ ready: 0, delayed: 0, running: 0, dead: 0, oldestAgeMs: 0 });
      await queue.stop();
    });

    test('a job that is there already is not added again', async ({ queues }) => {
      const { queue } = queues.process();
      await queue.add([job('a'), job('b')]);
      await queue.add([job('a', { lane: 'elsewhere' }), job('c')]);
      const ran: string[] = [];
      await queue.process(async ({ id }) => void ran.push(id), { concurrency: 4 });

      await drained(queue);
      expect(ran.toSorted()).toEqual(['a', 'b', 'c']);
      await queue.stop();
    });

    test('exactly one of two processes runs a job', async ({ queues }) => {
      const two = [queues.process().queue, queues.process().queue] as const;
      const ran: string[] = [];
      const isBusy = new Set<Queue>();
      for (const queue of two) {
        const run = async ({ id }: RunningJob) => {
          ran.push(id);
          isBusy.add(queue);
          await tick();
        };
        await queue.process(run, { concurrency: 2 });
      }
      const ids = Array.from({ length: 120 }, (_, index) => `job-${index}`);
      await two[0].add(ids.map((id) => job(id, { lane: id })));
      two[1].wake();

      await drained(two[0]);
      expect(ran.toSorted()).toEqual(ids.toSorted());
      expect(isBusy.size).toBe(2);
      await Promise.all(two.map((it) => it.stop()));
    });

    test('what a killed process was doing is done by another', async ({ queues }) => {
      const first = queues.process();
      const started: string[] = [];
      const hang = ({ id }: RunningJob) => {
        started.push(id);
        return new Promise<void>(() => {});
      };
      await first.queue.process(hang, { concurrency: 2 });
      await first.queue.add(['a', 'b', 'c'].map((id) => job(id, { lane: id })));
      await comesTrue(() => expect(started).toHaveLength(2));
      first.kill();

      const ran: string[] = [];
      const second = queues.process().queue;
      await second.process(async ({ id, attempt }) => void ran.push(`${id} ${attempt}`), { concurrency: 2 });
      await eventually(queues, () => expect(ran).toHaveLength(3), queues.recoveryMs);
      expect(ran.toSorted()).toEqual(['a 1', 'b 1', 'c 1']);
      await drained(second);
      await second.stop();
    });

    test('jobs of different lanes run side by side, as many as may', async ({ queues }) => {
      const { queue } = queues.process();
      const together = new Together();
      await queue.add(Array.from({ length: 12 }, (_, index) => job(`job-${index}`, { lane: `${index}` })));
      await queue.process((it) => together.run(it), { concurrency: 3 });
      await comesTrue(() => expect(together.now).toHaveLength(3));
      together.release();
      await drained(queue);
      expect(together.most).toBe(3);
      await queue.stop();
    });

    test('jobs of one lane never run at the same time, whatever fails and whoever runs them', async ({
      queues,
    }) => {
      const jobs = fc.array(
        fc.record({
          lane: fc.constantFrom('a', 'b', 'c'),
          priority: fc.constantFrom(0, 10, 20),
          ms: fc.nat(8),
          failures: fc.nat(1),
        }),
        { minLength: 5, maxLength: 20 },
      );
      let round = 0;
      const property = fc.asyncProperty(jobs, async (plan) => {
        round += 1;
        const prefix = `round-${round}`;
        const running = new Map<string, number>();
        const left = new Map(plan.map((it, index) => [`${prefix}-${index}`, it.failures]));
        const done = new Set<string>();
        const clashes: string[] = [];
        const run = async ({ id, lane }: RunningJob) => {
          const inLane = (running.get(lane) ?? 0) + 1;
          running.set(lane, inLane);
          if (inLane > 1) clashes.push(`${id} and another in ${lane}`);
          await sleep(plan[Number(id.split('-')[2])]?.ms ?? 0);
          running.set(lane, (running.get(lane) ?? 1) - 1);
          const failures = left.get(id) ?? 0;
          left.set(id, failures - 1);
          if (failures > 0) throw new ProviderError('test', 'fails', { retry: true });
          done.add(id);
        };
        const two = [queues.process().queue, queues.process().queue];
        for (const queue of two) await queue.process(run, { concurrency: 3 });
        await two[0]?.add(plan.map((it, index) => job(`${prefix}-${index}`, it)));
        await eventually(queues, () => expect(done.size).toBe(plan.length), 20_000);
        await Promise.all(two.map((it) => it.stop()));
        expect(clashes).toEqual([]);
        expect(await two[0]?.stats()).toMatchObject({ ready: 0, delayed: 0, dead: 0 });
      });
      await fc.assert(property, { numRuns: 12 });
    });

    test('the most urgent go first, then the oldest', async ({ queues }) => {
      const { queue } = queues.process();
      await queue.add([
        job('summary', { priority: 20, lane: 'a' }),
        job('card', { priority: 10, lane: 'b' }),
      ]);
      await queue.add([job('topic', { priority: 10, lane: 'c' }), job('page', { priority: 0, lane: 'd' })]);
      const ran: string[] = [];
      await queue.process(async ({ id }) => void ran.push(id), { concurrency: 1 });

      await drained(queue);
      expect(ran).toEqual(['page', 'card', 'topic', 'summary']);
      await queue.stop();
    });

    test('jobs of one lane that are as urgent run in the order they were added', async ({ queues }) => {
      const { queue } = queues.process();
      const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`);
      await queue.add(ids.slice(0, 15).map((id) => job(id)));
      await queue.add(ids.slice(15).map((id) => job(id)));
      const ran: string[] = [];
      await queue.process(async ({ id }) => void ran.push(id), { concurrency: 4 });

      await drained(queue);
      expect(ran).toEqual(ids);
      await queue.stop();
    });

    failing(test);
    stopping(test);
  });
}

function failing(test: TestAPI<{ queues: Queues }>): void {
  test('what failed outside runs again a second later, and others pass it meanwhile', async ({ queues }) => {
    const { queue } = queues.process();
    const ran: string[] = [];
    const seen: string[] = [];
    const run = async ({ id, attempt }: RunningJob) => {
      ran.push(`${id} ${attempt}`);
      if (id === 'a' && attempt === 1) throw new ProviderError('slack', 'is down', { retry: true });
    };
    const observe = (it: Job, outcome: string) => void seen.push(`${it.kind} ${outcome}`);
    await queue.process(run, { concurrency: 1, observe });
    await queue.add([job('a'), job('b')]);
    await comesTrue(() => expect(ran).toEqual(['a 1', 'b 1']));
    await comesTrue(async () => expect(await queue.stats()).toMatchObject({ delayed: 1, ready: 0 }));

    await queues.pass(900);
    expect(ran).toHaveLength(2);
    await eventually(queues, () => expect(ran).toEqual(['a 1', 'b 1', 'a 2']), 400);
    await drained(queue);
    expect(seen).toEqual(['test retry', 'test done', 'test done']);
    await queue.stop();
  });

  test('what is refused is given up at once, can be looked at, and runs again when it is told to', async ({
    queues,
  }) => {
    const { queue } = queues.process();
    let isMended = false;
    const done: string[] = [];
    const run = async ({ id, attempt }: RunningJob) => {
      if (!isMended) throw new ProviderError('slack', `no room\0 \uD800`, { retry: false });
      done.push(`${id} ${attempt}`);
    };
    await queue.process(run, { concurrency: 1 });
    await queue.add([job('a', { payload: { incident: 42 } })]);
    await comesTrue(async () => expect(await queue.dead(10)).toHaveLength(1));

    const [dead] = await queue.dead(10);
    expect(dead).toMatchObject({ ...job('a', { payload: { incident: 42 } }), attempts: 1 });
    expect(dead?.lastError).toContain('slack: no room');
    expect(await queue.stats()).toMatchObject({ dead: 1, ready: 0, delayed: 0 });
    await queue.add([job('a')]);
    await queues.pass(3000);
    expect(await queue.dead(10)).toHaveLength(1);

    isMended = true;
    expect(await queue.retry('b')).toBe(false);
    expect(await queue.retry('a')).toBe(true);
    await drained(queue);
    expect(done).toEqual(['a 1']);
    expect(await queue.retry('a')).toBe(false);
    await queue.stop();
  });

  test.for([
    ['a failure outside', new ProviderError('slack', 'is down', { retry: true }), 8],
    ['a bug', new TypeError('x is undefined'), 4],
    ['what a person has to fix', new UserError('not_found', 'There is no INC-7.'), 1],
  ] as const)('%s is given up after its attempts', async ([, error, attempts], { queues }) => {
    const { queue } = queues.process();
    let ran = 0;
    const run = async () => {
      ran += 1;
      throw error;
    };
    await queue.process(run, { concurrency: 1 });
    await queue.add([job('a')]);
    await eventually(queues, async () => expect(await queue.dead(10)).toHaveLength(1), 40_000 * attempts);
    expect(ran).toBe(attempts);
    expect(await queue.dead(10)).toMatchObject([{ attempts }]);
    await queue.stop();
  });

  test('what its destination is not ready for waits, and is not given up', async ({ queues }) => {
    const { queue } = queues.process();
    const ran: number[] = [];
    const run = async ({ attempt }: RunningJob) => {
      ran.push(attempt);
      if (ran.length <= 20) throw new LeftAlone('slack', 500);
    };
    await queue.process(run, { concurrency: 1 });
    await queue.add([job('a')]);
    await eventually(queues, () => expect(ran).toHaveLength(21), 60_000);
    await drained(queue);
    expect(new Set(ran)).toEqual(new Set([1]));
    await queue.stop();
  });
}

function stopping(test: TestAPI<{ queues: Queues }>): void {
  test('who stops finishes what runs, and begins nothing', async ({ queues }) => {
    const { queue } = queues.process();
    const together = new Together();
    await queue.process((it) => together.run(it), { concurrency: 1 });
    await queue.add([job('a', { lane: 'a' }), job('b', { lane: 'b' })]);
    await comesTrue(() => expect(together.now).toEqual(['a']));
    const stopped = queue.stop();
    together.release();
    await stopped;
    expect(together.ended).toEqual(['a']);
    expect(await queue.stats()).toMatchObject({ ready: 1, running: 0 });
  });

  test('what does not finish in time is given back at once, and costs no attempt', async ({ queues }) => {
    const first = queues.process().queue;
    const reasons: unknown[] = [];
    const wait = ({ signal }: RunningJob) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(new Error('aborted'));
        });
      });
    await first.process(wait, { concurrency: 1 });
    await first.add([job('a')]);
    await comesTrue(async () => expect(await first.stats()).toMatchObject({ running: 1 }));
    const stopped = first.stop({ graceMs: 100 });
    await eventually(queues, () => expect(reasons).toHaveLength(1), 200);
    await stopped;

    const second = queues.process().queue;
    const ran: number[] = [];
    await second.process(async ({ attempt }) => void ran.push(attempt), { concurrency: 1 });
    await drained(second);
    expect(ran).toEqual([1]);
    await second.stop();
  });

  test('what is added while nobody works waits', async ({ queues }) => {
    const { queue } = queues.process();
    await queue.add([job('a')]);
    await queues.pass(250);
    expect(await queue.stats()).toMatchObject({ ready: 1 });
    expect((await queue.stats()).oldestAgeMs).toBeGreaterThanOrEqual(250);
  });
}
