import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';

import { isDatabaseAway } from '#src/db/lost.ts';
import { openDatabase, type OpenOptions } from '#src/db/open.ts';
import { PATIENCE } from '#src/db/patient-pool.ts';
import type { Db } from '#src/db/schema.ts';
import { startWire } from '#test/support/cluster-wire.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { findPostgres, startPostgres, type PostgresServer } from '#test/support/postgres.ts';
import { soon } from '#test/support/soon.ts';

const AWAY_AND_BACK = ['The database is away; requests are held for a moment', 'The database is there again'];

// A server of its own, since it is stopped and started.
describe.runIf(databaseKind === 'postgres')('while PostgreSQL is away', () => {
  let server: PostgresServer;
  beforeAll(() => {
    server = startPostgres(findPostgres() ?? '');
  });
  afterAll(() => server.stop());

  test.for(['fast', 'immediate'] as const)(
    'a restart (%s) under load is noticed by nobody who tries a second time, and loses nothing',
    async (how) => {
      const { db, said } = await opened(server);
      await sql.raw(`create table counted_${how} (n int primary key)`).execute(db);
      const load = startLoad(db, `counted_${how}`);
      await soon('it runs', () => load.written.size > 100);
      await server.down(how);
      await server.up();
      const before = load.written.size;
      await soon('it goes on by itself', () => load.written.size > before + 100);
      await load.stop();
      expect(load.failedTwice).toEqual([]);
      const { rows } = await sql.raw<{ n: number }>(`select n from counted_${how}`).execute(db);
      const there = new Set(rows.map((it) => it.n));
      expect([...load.written].filter((it) => !there.has(it))).toEqual([]);
      // A second is enough for it to be back before anybody asks again.
      expect([[], AWAY_AND_BACK]).toContainEqual(said);
    },
  );

  test('requests are held no longer than said, and no more of them than said', async () => {
    const { db } = await opened(server, { patience: { ...PATIENCE, holdMs: 300, held: 2 } });
    await ask(db);
    await server.down('immediate');
    expect(await ask(db).catch(isDatabaseAway)).toBe(true);
    const began = performance.now();
    const waiting = Array.from({ length: 5 }, async () => {
      const error = await ask(db).catch((it: unknown) => it);
      return { isAway: isDatabaseAway(error), wasHeld: performance.now() - began > 250 };
    });
    const answers = await Promise.all(waiting);
    expect(answers.filter((it) => it.isAway)).toHaveLength(5);
    expect(answers.filter((it) => it.wasHeld)).toHaveLength(2);
    await server.up();
    await soon('it works again', () => ask(db).catch(() => false));
  });

  test('a network that swallows everything is noticed, though nobody says a word', async () => {
    const wire = await startWire({ path: pathOf(server) });
    onTestFinished(async () => await wire.stop());
    const patience = { ...PATIENCE, holdMs: 200, suspectMs: 300 };
    const databaseUrl = `postgres://postgres@127.0.0.1:${wire.port}/postgres`;
    const { db, said } = await opened(server, { patience, databaseUrl, answerMs: 300 });
    await Promise.all([ask(db), ask(db), ask(db)]);
    wire.hang();
    const stuck = await Promise.all(
      [1, 2, 3].map(async () => isDatabaseAway(await ask(db).catch((it: unknown) => it))),
    );
    expect(stuck).toEqual([true, true, true]);
    wire.mend();
    await soon('it works again', () => ask(db).catch(() => false));
    expect(said).toContain('The database did not answer; connections are given up');
  });

  test('a statement that takes its time is left alone where the server answers others', async () => {
    const { db, said } = await opened(server, { patience: { ...PATIENCE, suspectMs: 100 } });
    await sql`select pg_sleep(2.5)`.execute(db);
    expect(said).toEqual([]);
  });

  test('a statement is given up at its limit, unless it lifted that itself', async () => {
    const { db } = await opened(server, { patience: { ...PATIENCE, limitMs: 500 } });
    const long = db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`select pg_sleep(2.5)`.execute(tx);
      return 'done';
    });
    await expect(sql`select pg_sleep(20)`.execute(db)).rejects.toThrow('Connection terminated');
    expect(await long).toBe('done');
  });

  test('of several on one connection the one that has no answer is given up, though others had theirs', async () => {
    const { pipeline } = await opened(server, { patience: { ...PATIENCE, limitMs: 1500 } });
    if (pipeline === null) throw new Error('a PostgreSQL has a pipeline');
    const first = sql`select pg_sleep(0.5)`.execute(pipeline);
    const second = sql`select pg_sleep(20)`.execute(pipeline);
    const [answered, givenUp] = await Promise.allSettled([first, second]);
    expect(answered.status).toBe('fulfilled');
    expect(givenUp).toMatchObject({ reason: { message: expect.stringContaining('Connection terminated') } });
    expect((await sql`select 1 as one`.execute(pipeline)).rows).toEqual([{ one: 1 }]);
  });

  test('a server that has become one that is only read from is as good as none, until it is the first again', async () => {
    const { db, said } = await opened(server);
    await sql`create table written (n int)`.execute(db);
    await ask(db);
    await sql`alter system set default_transaction_read_only = on`.execute(db);
    await sql`select pg_reload_conf()`.execute(db);
    const write = async () => await sql`insert into written values (1)`.execute(db);
    await soon('it refuses', async () => {
      const error: unknown = await write().catch((it: unknown) => it);
      return isDatabaseAway(error);
    });
    // The connection it came over is thrown away, and new ones find out at once: whoever asks is held.
    const held = write();
    await soon('it is said', () => said.length > 0);
    const { db: other } = await opened(server, { replica: true });
    await sql`alter system reset default_transaction_read_only`.execute(other);
    await sql`select pg_reload_conf()`.execute(other);
    await held;
    expect(said).toContain('The database is there again');
  });
});

async function opened(server: PostgresServer, options: Partial<OpenOptions> = {}) {
  const said: string[] = [];
  const hear = (_: object, text: string) => {
    if (!text.startsWith('A database connection was lost')) said.push(text);
  };
  const { db, pipeline, close } = await openDatabase({
    dataDir: '',
    databaseUrl: server.urlOf('postgres'),
    log: { info: hear, warn: hear },
    ...options,
  });
  onTestFinished(async () => await close());
  return { db, pipeline, said };
}

async function ask(db: Db): Promise<boolean> {
  return (await sql`select 1`.execute(db)).rows.length === 1;
}

function pathOf(server: PostgresServer): string {
  return `${new URL(server.urlOf('postgres')).searchParams.get('host') ?? ''}/.s.PGSQL.5432`;
}

/** Ten that write numbers, each with a second try after a second, as a client does that is told to come back. */
function startLoad(db: Db, table: string) {
  const written = new Set<number>();
  const failedTwice: string[] = [];
  let next = 0;
  const state = { isOver: false };
  const write = async (n: number) =>
    await sql.raw(`insert into ${table} values (${n}) on conflict do nothing`).execute(db);
  const one = async () => {
    while (!state.isOver) {
      const n = (next += 1);
      try {
        await write(n).catch(async (error: unknown) => {
          if (!isDatabaseAway(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, 1000));
          await write(n);
        });
        written.add(n);
      } catch (error) {
        failedTwice.push(String(error));
      }
    }
  };
  const all = Promise.all(Array.from({ length: 10 }, one));
  return {
    written,
    failedTwice,
    stop: async () => {
      state.isOver = true;
      await all;
    },
  };
}
