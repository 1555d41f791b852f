import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import type { Db } from '#src/db/schema.ts';
import { behindOthers, isBehindOthers } from '#src/db/turns.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import { ProviderError } from '#src/errors.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { startJobs } from '#src/jobs/jobs.ts';
import { PRIORITY, type Calls, type Reaction, type Work } from '#src/reactions/reaction.ts';
import { test } from '#test/support/database.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { comesTrue } from '#test/support/reacting.ts';

interface Deps extends Calls {
  readonly greeting: string;
}

describe('what happens by itself', () => {
  test('a reaction gets the event as it was logged, and what it may use', async ({ db }) => {
    const works: Work[] = [];
    const greetings: string[] = [];
    const { ctx, observed, jobs } = await start(db, {
      name: 'greet',
      on: ['incident.declared'],
      async run(work, { greeting }) {
        works.push(work);
        greetings.push(greeting);
      },
    });
    const incident = await declare(ctx, { title: 'Checkout fails' });
    await comesTrue(() => expect(observed).toEqual(['greet done']));
    expect(works).toMatchObject([
      {
        id: 'e1.greet',
        attempt: 1,
        incident: incident.number,
        event: { seq: 1, type: 'incident.declared', data: { title: 'Checkout fails' } },
      },
    ]);
    expect(works[0]?.timer).toBeUndefined();
    expect(greetings).toEqual(['hello']);
    await jobs.stop();
  });

  test('a timer runs its reaction, and says how late it was', async ({ db }) => {
    const works: Work[] = [];
    const { ctx, clock, late, jobs } = await start(db, {
      name: 'breach',
      on: [],
      timers: ['sla-acknowledgment'],
      run: async (work) => void works.push(work),
    });
    const { number, sla } = await declare(ctx, { title: 'Checkout fails', severity: 'P0' });
    const deadline = sla.acknowledgmentDeadline ?? new Date(0);
    await new Promise<void>((resolve) => void setTimeout(resolve, 100));
    clock.advance(deadline.getTime() - clock.now().getTime());
    await comesTrue(() => expect(works).toHaveLength(1));
    expect(works[0]).toMatchObject({
      incident: number,
      timer: { kind: 'sla-acknowledgment', dueAt: deadline },
    });
    expect(late).toEqual([['sla-acknowledgment', 0]]);
    await jobs.stop();
  });

  test('a page is not behind others at the database, and all else is', async ({ db }) => {
    const behind = new Map<string, boolean>();
    const reaction = (name: string, priority?: number): Reaction<Deps> => ({
      name,
      on: ['incident.declared'],
      ...(priority === undefined ? {} : { priority }),
      run: async () => void behind.set(name, isBehindOthers()),
    });
    const all = [reaction('page', PRIORITY.paging), reaction('room'), reaction('tidy', PRIORITY.tidying)];
    const { ctx, jobs } = await start(db, all);
    await behindOthers(() => declare(ctx, { title: 'Checkout fails' }));
    await comesTrue(() =>
      expect(Object.fromEntries(behind)).toEqual({ page: false, room: true, tidy: true }),
    );
    await jobs.stop();
  });

  test('a reaction may be run twice to prove that it can', async ({ db }) => {
    let runs = 0;
    const count: Reaction<Deps> = {
      name: 'count',
      on: ['incident.declared'],
      run: async () => void (runs += 1),
    };
    const { ctx, observed, jobs } = await start(db, count, { times: 2 });
    await declare(ctx, { title: 'Checkout fails' });
    await comesTrue(() => expect(observed).toEqual(['count done']));
    expect(runs).toBe(2);
    await jobs.stop();
  });

  test('a destination that is down is left alone, and work for it waits until it is back', async ({ db }) => {
    let isDown = true;
    let calls = 0;
    const send = async () => {
      calls += 1;
      if (isDown) throw new ProviderError('slack', 'is down', { retry: true });
    };
    const { ctx, clock, observed, jobs } = await start(db, {
      name: 'send',
      on: ['incident.declared'],
      run: async (_, { calling }) => calling('slack', send),
    });
    for (let i = 0; i < 20; i += 1) await declare(ctx, { title: 'Checkout fails' });
    await comesTrue(() => expect(observed.length).toBeGreaterThanOrEqual(20));
    expect(jobs.breakers().get('slack')).toBe('open');
    const before = calls;
    expect(before).toBeLessThan(20);
    await pass(clock, 30_000);
    expect(calls).toBe(before);

    isDown = false;
    await comesTrue(async () => {
      await pass(clock, 10_000);
      expect(observed.filter((it) => it === 'send done')).toHaveLength(20);
    });
    expect(await jobs.dead(1)).toEqual([]);
    await jobs.stop();
  });

  test('a process without time calls a destination less often at once, and for what is urgent as ever', async ({
    db,
  }) => {
    const over = Promise.withResolvers<void>();
    const begun: string[] = [];
    const work = (name: string, urgent: boolean): Reaction<Deps> => ({
      name,
      urgent,
      on: ['incident.declared'],
      destination: 'slack',
      run: async () => {
        begun.push(name);
        await over.promise;
      },
    });
    const { ctx, jobs } = await start(db, [work('page', true), work('card', false)], { ease: () => 2 });
    jobs.serve({ name: 'slack', check: async () => {} });
    for (let i = 0; i < 5; i += 1) await declare(ctx, { title: 'Checkout fails' });
    await comesTrue(async () => expect(await jobs.stats()).toMatchObject({ running: 7, ready: 3 }));
    const most = [...Array<string>(2).fill('card'), ...Array<string>(5).fill('page')];
    await comesTrue(() => expect(begun.toSorted()).toEqual(most));
    over.resolve();
    await jobs.stop();
  });

  test('work for a reaction that no longer exists is given up, not forgotten', async ({ db }) => {
    const old = await start(db, { name: 'old', on: ['incident.declared'], run: never });
    await declare(old.ctx, { title: 'Checkout fails' });
    await comesTrue(async () => expect(await old.jobs.stats()).toMatchObject({ running: 1 }));
    const stopped = old.jobs.stop({ graceMs: 0 });
    const ticking = setInterval(() => old.clock.advance(1000), 5);
    await stopped;
    clearInterval(ticking);

    const current = await start(db, { name: 'current', on: [], run: never });
    await comesTrue(async () => {
      current.clock.advance(1000);
      expect(await current.jobs.dead(10)).toHaveLength(1);
    });
    expect(await current.jobs.dead(10)).toMatchObject([
      { id: 'e1.old', lastError: 'There is no reaction called old.' },
    ]);
    await current.jobs.stop();
  });
});

const never = () => new Promise<void>(() => {});

async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise<void>((resolve) => void setTimeout(resolve, 100));
}

async function start(
  db: Db,
  reactions: Reaction<Deps> | readonly Reaction<Deps>[],
  { times = 1, ease = (atOnce: number) => atOnce } = {},
) {
  const clock = new ManualClock();
  const observed: string[] = [];
  const late: [string, number][] = [];
  const jobs = await startJobs<Omit<Deps, keyof Calls>>({
    db,
    clock,
    alone: false,
    reactions: [reactions].flat(),
    deps: { greeting: 'hello' },
    log: { warn: () => {}, error: () => {} },
    observer: {
      reaction: (name, outcome) => void observed.push(`${name} ${outcome}`),
      timerLate: (ms, kind) => void late.push([kind, ms]),
    },
    times,
    ease,
  });
  const ctx: Context = {
    db,
    actor: SYSTEM,
    role: 'admin',
    now: () => clock.now(),
    newId: randomUUID,
    committed: () => jobs.committed(),
    settings: {
      reopenWindowMs: 0,
      groupWindowMs: 0,
      stormWindowMs: 0,
      stormSize: 0,
      groupBy: ['service'],
      whenAlertsClear: 'resolve',
      publicUrl: 'http://localhost',
      platforms: ['web'],
      channels: [],
    },
  };
  return { ctx, clock, observed, late, jobs };
}
