import * as fc from 'fast-check';
import { describe, expect, vi } from 'vitest';

import { readMarked } from '#src/alerts/said-before.ts';
import { generic } from '#src/alerts/sources/generic.ts';
import type { Statements } from '#src/db/one-connection.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { ingest, type Received } from '#src/engine/ingest.ts';
import { Intake } from '#src/engine/intake.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';

/** A database as the program opens it; where it has no pipeline, its statements go to it in any way. */
const test = base.extend('opened', async ({ place }, { onCleanup }) => {
  const opened = await openDatabase(place);
  onCleanup(opened.close);
  return { db: opened.db, pipeline: opened.pipeline ?? opened.db };
});

describe('batches beside each other', () => {
  test('are three of repeats, and one at a time of what is new', async ({ opened: { db, pipeline } }) => {
    const ctx = engineContext(db, { clock: new SetClock() });
    const repeats = watched(pipeline);
    const intake = new Intake(ctx, { batch: 10, waiting: 5000 }, { batch: () => {} }, repeats.statements);
    const long = watchTransactions(ctx);
    const all = () => Promise.all(Array.from({ length: 60 }, (_, of) => intake.submit([said(`a${of}`)])));
    await all();
    expect(long.most()).toBe(1);
    await all();
    await all();
    expect(repeats.most()).toBe(3);
    expect(long.most()).toBe(1);
    const times = await db.selectFrom('repeatsOfIncidents').select('times').execute();
    expect(times.reduce((sum, it) => sum + it.times, 0)).toBe(120);
  });

  test.for([
    { of: 10, waiting: 9, batches: 1 },
    { of: 10, waiting: 10, batches: 2 },
    { of: 200, waiting: 39, batches: 1 },
    { of: 200, waiting: 40, batches: 2 },
  ])('beside $of alerts are $batches where $waiting wait', async ({ of, waiting, batches }, { opened }) => {
    const gate = Promise.withResolvers<void>();
    const repeats = watched(opened.pipeline, gate.promise);
    const limits = { batch: 500, waiting: 5000 };
    const intake = new Intake(engineContext(opened.db), limits, { batch: () => {} }, repeats.statements);
    const many = Array.from({ length: of }, (_, at) => said(`a${at}`));
    const first = intake.submit(many);
    await vi.waitFor(() => expect(repeats.most()).toBe(1));
    const others = many.slice(0, waiting).map((it) => intake.submit([it]));
    // In the first of them it is looked for, in the second it goes to the database.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(repeats.most()).toBe(batches);
  });

  test('are not harmed by what the database refuses in the other', async ({ opened: { db, pipeline } }) => {
    const intake = new Intake(engineContext(db), { batch: 4, waiting: 5000 }, { batch: () => {} }, pipeline);
    const again = (count: number) => Array.from({ length: count }, (_, of) => said(`a${of}`));
    await intake.submit(again(8));
    const poison = { ...said('poison'), payload: { text: 'a\0b' } };
    const all = await Promise.allSettled([...again(3), poison, ...again(8)].map((it) => intake.submit([it])));
    expect(all.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([3]);
    const times = await db.selectFrom('repeatsOfIncidents').select('times').execute();
    expect(times.reduce((sum, it) => sum + it.times, 0)).toBe(11);
    await intake.close();
  });

  test('are answered where another hangs, but for what is new', async ({ opened: { db, pipeline } }) => {
    const limits = { batch: 1, waiting: 5000, hangMs: 300 };
    const ctx = engineContext(db);
    const intake = new Intake(ctx, limits, { batch: () => {} }, pipeline);
    await intake.submit([said('known')]);
    const gate = Promise.withResolvers<void>();
    const begin = db.transaction.bind(db);
    const stuck = vi.spyOn(db, 'transaction').mockImplementationOnce(() => {
      const builder = begin();
      const execute = async (run: never) => await gate.promise.then(async () => await builder.execute(run));
      return { execute } as unknown as typeof builder;
    });
    const hanging = intake.submit([said('first')]);
    await vi.waitFor(() => expect(stuck).toHaveBeenCalledOnce());
    const beside = [intake.submit([said('known')]), intake.submit([said('second')])];
    const [repeat, fresh] = await Promise.allSettled(beside);
    expect(repeat).toMatchObject({ value: [{ status: 'duplicate' }] });
    expect(fresh).toMatchObject({ reason: { code: 'busy' } });
    gate.resolve();
    expect(await hanging).toMatchObject([{ status: 'accepted' }]);
    expect(await intake.submit([said('second')])).toMatchObject([{ status: 'accepted' }]);
    expect(intake.depth()).toBe(0);
  });

  test('leave alerts and incidents as if all had been said one after the other', async ({
    opened: { db, pipeline },
  }) => {
    const message = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      severity: fc.constantFrom('P1', 'P3', 'P3', 'P3'),
      status: fc.constantFrom('firing', 'firing', 'firing', 'firing', 'resolved'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(message, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 25 }),
        fc.integer({ min: 1, max: 8 }),
        fc.uuid(),
        async (requests, batch, run) => {
          const ctx = engineContext(db, { clock: new SetClock() });
          const intake = new Intake(ctx, { batch, waiting: 5000 }, { batch: () => {} }, pipeline);
          const of = (where: string) => (it: { name: string }) => said(it.name, { ...it, run, where });
          // All fire, so that most of what follows are repeats.
          const first = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
          for (const where of ['beside', 'after']) await ingest(ctx, first.map(of(where)));
          await Promise.all(requests.map((it) => intake.submit(it.map(of('beside')))));
          for (const it of requests.flat()) await ingest(ctx, [of('after')(it)]);
          expect(await standing(db, `beside-${run}`)).toEqual(await standing(db, `after-${run}`));
        },
      ),
      { numRuns: 25 },
    );
  });
});

function said(name: string, { severity = 'P3', status = 'firing', run = '', where = '' } = {}): Received {
  const [marked] = readMarked(generic, {
    event_id: crypto.randomUUID(),
    source: 'bench',
    timestamp: '2026-03-01T08:00:00Z',
    event_type: 'alert',
    category: 'performance',
    title: `Latency of ${name}`,
    description: '',
    severity,
    status,
    resource: { type: 'service', id: `${where}-${run}`, name: `${where}-${run}` },
    tags: { endpoint: name },
  });
  if (!marked) throw new Error('an event is one alert');
  return marked;
}

/** What is known of the alerts of a service, and of its incidents. */
async function standing(db: Db, service: string) {
  const alerts = await db
    .selectFrom('alerts')
    .select(['fingerprint', 'title', 'state', 'severity', 'times'])
    .where('service', '=', service)
    .orderBy('title')
    .execute();
  const fingerprints = ['', ...alerts.map((it) => it.fingerprint)];
  const events = db.selectFrom('alertEvents').where('fingerprint', 'in', fingerprints);
  const named = await events.select('incident').distinct().execute();
  const numbers = named.flatMap((it) => it.incident ?? []);
  const incidents = await db
    .selectFrom('incidents')
    .select(['status', 'severity'])
    .where('number', 'in', [0, ...numbers])
    .execute();
  const repeats = await db
    .selectFrom('repeatsOfIncidents')
    .select('times')
    .where('incident', 'in', [0, ...numbers])
    .execute();
  return {
    alerts: alerts.map(({ title, state, severity }) => ({ title, state, severity })),
    times: [...alerts, ...repeats].reduce((sum, it) => sum + it.times, 0),
    incidents,
  };
}

/** The same, and how many statements it had to answer at the same time at most; it answers none before `until`. */
function watched(
  statements: Statements,
  until?: Promise<void>,
): { readonly statements: Statements; readonly most: () => number } {
  const { counted, most } = counting(until);
  const executor = counted(statements.getExecutor(), 'executeQuery');
  return { statements: { getExecutor: () => executor }, most };
}

function watchTransactions({ db }: Context): { readonly most: () => number } {
  const { counted, most } = counting();
  const begin = db.transaction.bind(db);
  vi.spyOn(db, 'transaction').mockImplementation(() => counted(begin(), 'execute'));
  return { most };
}

/** How many calls of one function of objects run at the same time. */
function counting(until?: Promise<void>) {
  let running = 0;
  let most = 0;
  const counted = <T extends object>(it: T, counts: keyof T): T =>
    new Proxy(it, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (name !== counts) return call;
        return async (...args: unknown[]) => {
          running += 1;
          most = Math.max(most, running);
          try {
            return await call(...args);
          } finally {
            await until;
            running -= 1;
          }
        };
      },
    });
  return { counted, most: () => most };
}
