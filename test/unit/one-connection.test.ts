import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { OneConnection } from '#src/db/one-connection.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('one connection', () => {
  test('is lent to all who ask while somebody has it, and given back by the last', async () => {
    const { pool, lent, given } = fakePool();
    const one = new OneConnection(pool);
    const [first, second] = await Promise.all([one.connect(), one.connect()]);
    first.release();
    const third = await one.connect();
    second.release();
    expect([lent(), given]).toEqual([1, []]);
    third.release();
    await settled();
    expect([lent(), given]).toEqual([1, ['1 kept']]);
    (await one.connect()).release();
    await settled();
    expect([lent(), given]).toEqual([2, ['1 kept', '2 kept']]);
  });

  test('has what they ask for at once, one behind the other', async () => {
    const { pool, asked, answer } = fakePool();
    const one = new OneConnection(pool);
    const clients = await Promise.all([one.connect(), one.connect(), one.connect()]);
    const answers = clients.map(async (client, index) => await client.query(`select ${index}`, []));
    expect(asked).toEqual(['1: select 0', '1: select 1', '1: select 2']);
    for (const row of ['a', 'b', 'c']) answer(row);
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
  });

  test('that was lost is lent to nobody else, and not used again', async () => {
    const { pool, asked, fail, given } = fakePool();
    const one = new OneConnection(pool);
    const lost = await one.connect();
    const query = lost.query('select 1', []);
    fail(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await expect(query).rejects.toThrow('ECONNRESET');
    const other = await one.connect();
    void other.query('select 2', []);
    expect(asked.at(-1)).toBe('2: select 2');
    lost.release();
    await settled();
    expect(given).toEqual(['1 thrown away']);
  });

  test('that refused a statement is as good as before', async () => {
    const { pool, fail, given, lent } = fakePool();
    const one = new OneConnection(pool);
    const client = await one.connect();
    const query = client.query('select 1', []);
    fail(Object.assign(new Error('no such table'), { code: '42P01' }));
    await expect(query).rejects.toThrow('no such table');
    (await one.connect()).release();
    client.release();
    await settled();
    expect([lent(), given]).toEqual([1, ['1 kept']]);
  });

  test('that somebody throws away is not used again', async () => {
    const { pool, given } = fakePool();
    const one = new OneConnection(pool);
    const [first, second] = await Promise.all([one.connect(), one.connect()]);
    first.release(true);
    second.release();
    await settled();
    expect(given).toEqual(['1 thrown away']);
  });

  test('makes place for another after a minute, also where it is never given back', async () => {
    const { pool, lent, given } = fakePool();
    const one = new OneConnection(pool);
    const first = await one.connect();
    vi.advanceTimersByTime(59_000);
    const second = await one.connect();
    expect(lent()).toBe(1);
    vi.advanceTimersByTime(2000);
    const third = await one.connect();
    expect(lent()).toBe(2);
    for (const it of [first, second, third]) it.release();
    await settled();
    expect(given).toEqual(['1 kept', '2 kept']);
  });

  test('where there is none to be had, all are told, and the next one tries again', async () => {
    const { pool, refuse } = fakePool();
    const one = new OneConnection(pool);
    refuse(new Error('away'));
    const all = await Promise.allSettled([one.connect(), one.connect()]);
    expect(all.map((it) => it.status)).toEqual(['rejected', 'rejected']);
    refuse(null);
    expect(await one.connect()).toBeDefined();
  });
});

const settled = async () => await new Promise((resolve) => setImmediate(resolve));

/** Answers what it is asked in order, when it is told to. */
function fakePool() {
  const asked: string[] = [];
  const given: string[] = [];
  const open: PromiseWithResolvers<unknown>[] = [];
  let lent = 0;
  let refusal: Error | null = null;
  const lend = (number: number) => ({
    query: async (text: string) => {
      asked.push(`${number}: ${text}`);
      const waiting = Promise.withResolvers<unknown>();
      open.push(waiting);
      return await waiting.promise;
    },
    release: (destroy?: boolean) => void given.push(`${number} ${destroy === true ? 'thrown away' : 'kept'}`),
  });
  const pool = {
    options: {},
    end: async () => {},
    connect: async () => {
      if (refusal) throw refusal;
      lent += 1;
      return lend(lent) as unknown as PostgresPoolClient;
    },
  } satisfies PostgresPool;
  return {
    pool,
    asked,
    given,
    lent: () => lent,
    refuse: (error: Error | null) => (refusal = error),
    answer: (row: unknown) => open.shift()?.resolve(row),
    fail: (error: Error) => open.shift()?.reject(error),
  };
}
