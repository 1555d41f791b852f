import * as fc from 'fast-check';
import { describe, expect } from 'vitest';

import { claimJobs, classOf, insertJobs, settleJobs, type ClaimedJob, type NewJob } from '#src/db/jobs.ts';
import type { Db } from '#src/db/schema.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import type { Job, RunningJob } from '#src/jobs/queue.ts';
import { drained, Together } from '#test/contracts/queue-support.ts';
import { test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { comesTrue } from '#test/support/reacting.ts';

const START = new Date('2026-03-01T08:00:00Z');
const log = { warn: () => {}, error: () => {} };

function job(id: string, lane: string, more: Partial<Job> = {}): Job {
  return { id, kind: 'test', lane, priority: 10, payload: {}, ...more };
}

describe('the slots of a class', () => {
  test('are its own: a destination that never answers holds up nobody else', async ({ db }) => {
    const queue = new EmbeddedQueue({ db, clock: new ManualClock(), log, alone: true });
    const stuck = Array.from({ length: 2000 }, (_, index) =>
      job(`stuck-${index}`, `incident-${index}@alpha`),
    );
    await queue.add(stuck);
    await queue.add(Array.from({ length: 40 }, (_, index) => job(`own-${index}`, `incident-${index}`)));
    await queue.add(Array.from({ length: 40 }, (_, index) => job(`beta-${index}`, `incident-${index}@beta`)));
    const over = Promise.withResolvers<void>();
    const begun: string[] = [];
    const done: string[] = [];
    const run = async ({ id, lane }: RunningJob) => {
      begun.push(id);
      if (classOf(lane) === 'alpha') await over.promise;
      done.push(id);
    };
    const classes = () => new Map(['alpha', 'beta'].map((it) => [it, 16] as const));
    await queue.process(run, { concurrency: 3, classes });
    await comesTrue(() => expect(done).toHaveLength(80));
    expect(begun.filter((it) => it.startsWith('stuck'))).toHaveLength(16);
    const stopped = queue.stop();
    over.resolve();
    await stopped;
  });

  test('are as many as it is said at each look, and none for a class that nobody names', async ({ db }) => {
    const queue = new EmbeddedQueue({ db, clock: new ManualClock(), log, alone: true });
    await queue.add(
      Array.from({ length: 6 }, (_, index) => job(`alpha-${index}`, `incident-${index}@alpha`)),
    );
    await queue.add([job('gamma', 'incident-1@gamma')]);
    const together = new Together();
    let slots = 0;
    await queue.process((it) => together.run(it), {
      concurrency: 3,
      classes: () => new Map([['alpha', slots]]),
    });
    await new Promise<void>((resolve) => void setTimeout(resolve, 100));
    expect(together.now).toEqual([]);
    slots = 2;
    queue.wake();
    await comesTrue(() => expect(together.now).toHaveLength(2));
    slots = 4;
    queue.wake();
    await comesTrue(() => expect(together.now).toHaveLength(4));
    together.release();
    await comesTrue(async () => expect(await queue.stats()).toMatchObject({ ready: 1, running: 0 }));
    expect(together.ended).toHaveLength(6);
    await queue.stop();
  });

  test('are never exceeded, whatever waits: and no lane runs twice, and none that may run waits', async ({
    db,
  }) => {
    const names = ['', 'alpha', 'beta'];
    const plans = fc.array(
      fc.record({
        lane: fc.nat(5),
        name: fc.constantFrom(...names),
        kind: fc.constantFrom('card', 'tell'),
        priority: fc.constantFrom(0, 10, 20),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const limits = fc.record({ '': fc.nat(4), alpha: fc.nat(4), beta: fc.nat(4) });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(plans, limits, fc.nat(3), async (plan, slots, endings) => {
        round += 1;
        await db.deleteFrom('jobs').execute();
        const jobs = plan.map(({ lane, name, kind, priority }, index) =>
          job(`${round}-${index}`, name === '' ? `i-${lane}` : `i-${lane}@${name}`, { kind, priority }),
        );
        await insertJobs(db, jobs, START);
        const running: ClaimedJob[] = [];
        for (let turn = 0; turn <= endings; turn += 1) {
          const busy = (name: string) => running.filter((it) => classOf(it.lane) === name).length;
          const free = new Map(names.map((name) => [name, (slots[name as 'alpha'] ?? 0) - busy(name)]));
          running.push(...(await claim(db, free)));
          expect(new Set(running.map((it) => it.lane)).size).toBe(running.length);
          for (const name of names) {
            const lanes = new Set(jobs.filter((it) => classOf(it.lane) === name).map((it) => it.lane));
            expect(busy(name)).toBeLessThanOrEqual(slots[name as 'alpha']);
            if (turn === 0) expect(busy(name)).toBe(Math.min(lanes.size, slots[name as 'alpha']));
          }
          const ended = running.shift();
          if (!ended) continue;
          await db.transaction().execute((tx) => settleJobs(tx, [{ ...ended, end: 'done' }], START));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a claim', () => {
  test('says that there is more only where it did not look at all that waits', async ({ db }) => {
    const own = new Map([['', 5]]);
    const few = Array.from({ length: 3 }, (_, index) => job(`few-${index}`, `incident-${index}`));
    await insertJobs(db, few, START);
    expect(await look(db, own)).toMatchObject({ claimed: { length: 3 }, isMore: false });
    expect(await look(db, own)).toEqual({ claimed: [], isMore: false });

    const many = Array.from({ length: 600 }, (_, index) => job(`many-${index}`, 'incident-9'));
    await insertJobs(db, [...many, job('behind', 'incident-8')], START);
    expect(await look(db, own)).toMatchObject({ claimed: [{ id: 'many-0' }], isMore: true });
    expect(await look(db, own)).toMatchObject({ claimed: [{ id: 'behind' }], isMore: false });
  });
});

describe('jobs of one lane and kind', () => {
  test('keep their order where they go outside, though the first waits for its next try', async ({ db }) => {
    await insertJobs(db, [tell('a'), tell('b'), { ...tell('c'), kind: 'card' }], START);
    const [first] = await claim(db, ALPHA);
    expect(first?.id).toBe('a');
    await again(db, first, 5000);
    const [other] = await claim(db, ALPHA);
    expect(other?.id).toBe('c');
    await db
      .transaction()
      .execute((tx) => settleJobs(tx, [{ ...(other as ClaimedJob), end: 'done' }], START));
    expect(await claim(db, ALPHA)).toEqual([]);
    const [retried] = await claim(db, ALPHA, 5000);
    expect(retried?.id).toBe('a');
    await db
      .transaction()
      .execute((tx) =>
        settleJobs(tx, [{ ...(retried as ClaimedJob), end: 'dead', error: 'refused' }], START),
      );
    expect((await claim(db, ALPHA, 5000)).map(({ id }) => id)).toEqual(['b']);
  });

  test('pass each other in the program itself', async ({ db }) => {
    await insertJobs(db, [job('a', 'incident-1'), job('b', 'incident-1')], START);
    const [first] = await claim(db, new Map([['', 3]]));
    await again(db, first, 5000);
    expect((await claim(db, new Map([['', 3]]))).map(({ id }) => id)).toEqual(['b']);
  });
});

describe('a whole job', () => {
  test('is not added while one waits that does the same, and is when that runs or has failed', async ({
    db,
  }) => {
    await insertJobs(db, [whole('a'), whole('b'), whole('c', { lane: 'incident-2@alpha' })], START);
    await insertJobs(db, [whole('d'), whole('e', { kind: 'topic' })], START);
    expect(await ids(db)).toEqual(['a', 'c', 'e']);

    const [running] = (await claim(db, ALPHA)).filter(({ id }) => id === 'a');
    await insertJobs(db, [whole('f'), whole('g')], START);
    expect(await ids(db)).toEqual(['a', 'c', 'e', 'f']);
    await again(db, running, 5000);
    await db.deleteFrom('jobs').where('id', '=', 'f').execute();
    await insertJobs(db, [whole('h'), whole('i')], START);
    expect(await ids(db)).toEqual(['a', 'c', 'e', 'h']);
  });

  test('that is more urgent does not wait in place of one that is not', async ({ db }) => {
    await insertJobs(db, [whole('a', { priority: 20 })], START);
    await insertJobs(db, [whole('b', { priority: 10 })], START);
    await insertJobs(db, [whole('c', { priority: 20 })], START);
    expect(await ids(db)).toEqual(['a', 'b']);
  });

  test('begins after the last that was wanted, however adding and running mix', async ({ db }) => {
    const steps = fc.array(fc.constantFrom('add', 'run', 'end', 'fail'), { minLength: 1, maxLength: 40 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        round += 1;
        await db.deleteFrom('jobs').execute();
        let time = 0;
        let wanted = -1;
        let seen = -1;
        let running: { job: ClaimedJob; saw: number } | undefined;
        const end = async (how: 'done' | 'again') => {
          if (!running) return;
          if (how === 'done') seen = Math.max(seen, running.saw);
          const settled = {
            ...running.job,
            ...(how === 'done' ? DONE : { ...AGAIN, counts: round % 2 === 0 }),
          };
          await db.transaction().execute((tx) => settleJobs(tx, [settled], START));
          running = undefined;
        };
        const run = async () => {
          const [claimed] = running ? [] : await claim(db, ALPHA);
          if (claimed) running = { job: claimed, saw: time };
        };
        for (const [index, step] of plan.entries()) {
          time += 1;
          if (step === 'add') await insertJobs(db, [whole(`${round}-${(wanted = time)}-${index}`)], START);
          else if (step === 'run') await run();
          else await end(step === 'end' ? 'done' : 'again');
        }
        for (let rest = 0; rest < 50 && (await ids(db)).length > 0; rest += 1) {
          time += 1;
          await run();
          await end('done');
        }
        expect(await ids(db)).toEqual([]);
        expect(seen).toBeGreaterThanOrEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the embedded queue', () => {
  test('runs one job for a hundred that are wanted while it waits', async ({ db }) => {
    const queue = new EmbeddedQueue({ db, clock: new ManualClock(), log, alone: true });
    for (let index = 0; index < 100; index += 1) await queue.add([whole(`job-${index}`)]);
    const ran: string[] = [];
    const classes = () => new Map([['alpha', 4]]);
    await queue.process(async ({ id }) => void ran.push(id), { concurrency: 1, classes });
    await drained(queue);
    expect(ran).toEqual(['job-0']);
    await queue.stop();
  });
});

const ALPHA = new Map([['alpha', 5]]);
const DONE = { end: 'done' } as const;
const AGAIN = { end: 'again', at: START, error: 'failed' } as const;

function tell(id: string): NewJob {
  return job(id, 'incident-1@alpha', { kind: 'tell' });
}

function whole(id: string, more: Partial<Job> = {}): NewJob {
  return job(id, 'incident-1@alpha', { whole: true, ...more });
}

async function claim(db: Db, free: ReadonlyMap<string, number>, afterMs = 0): Promise<readonly ClaimedJob[]> {
  return (await look(db, free, afterMs)).claimed;
}

async function look(db: Db, free: ReadonlyMap<string, number>, afterMs = 0) {
  const now = new Date(START.getTime() + afterMs);
  const until = new Date(now.getTime() + 10_000);
  return await db.transaction().execute((tx) => claimJobs(tx, now, until, free));
}

async function again(db: Db, claimed: ClaimedJob | undefined, inMs: number): Promise<void> {
  if (!claimed) throw new Error('nothing was claimed');
  const at = new Date(START.getTime() + inMs);
  const settled = { ...claimed, ...AGAIN, at, counts: true };
  await db.transaction().execute((tx) => settleJobs(tx, [settled], START));
}

async function ids(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('jobs').select('id').where('deadAt', 'is', null).orderBy('id').execute();
  return rows.map(({ id }) => id);
}
