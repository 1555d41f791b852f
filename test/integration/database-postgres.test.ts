import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { pipeline } from 'node:stream';

import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { openDatabase } from '#src/db/open.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { freePort } from '#test/support/free-port.ts';

describe.runIf(databaseKind === 'postgres')('a PostgreSQL server', () => {
  test('that does not answer is waited for, then named, with what to do and without the password', async () => {
    const waits: object[] = [];
    const failing = openDatabase({
      dataDir: '',
      databaseUrl: `postgres://bot:hunter2@127.0.0.1:${await freePort()}/incidents`,
      waitMs: 600,
      log: { info: () => undefined, warn: (details) => waits.push(details) },
    });
    const error = await failing.catch((it: unknown) => it);
    expect(error).toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /PostgreSQL at 127\.0\.0\.1:\d+\/incidents cannot be used: .*DATABASE_URL/,
      ) as string,
    });
    expect(waits.length).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify([waits, String(error)])).not.toContain('hunter2');
  });

  test('that starts late is used once it answers', async ({ place }) => {
    const port = await freePort();
    const opening = openDatabase({
      ...place,
      databaseUrl: throughPort(place.databaseUrl, port),
      waitMs: 10_000,
    });
    const server = await forwardLater(port, place.databaseUrl, 400);
    const { db, close, place: where } = await opening;
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    expect(where).toMatch(/^127\.0\.0\.1:\d+\/test_/);
    await close();
    server.close();
  });

  test('without the database fails at once: waiting does not make one', async ({ place }) => {
    const url = new URL(place.databaseUrl ?? '');
    url.pathname = 'nowhere';
    const start = performance.now();
    await expect(openDatabase({ ...place, databaseUrl: url.href })).rejects.toThrow(
      'database "nowhere" does not exist',
    );
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('has the next statement of a pipeline before we have its answer to the one before', async ({
    place,
  }) => {
    const { pipeline: statements, close } = await openDatabase(place);
    if (statements === null) throw new Error('a PostgreSQL has a pipeline');
    const now = async () => {
      const { rows } = await sql<{ at: number }>`
        select extract(epoch from clock_timestamp())::float8 * 1000 as at, pg_sleep(0.05)`.execute(
        statements,
      );
      return rows[0]?.at ?? Number.NaN;
    };
    await now();
    const both = Promise.all([now(), now()]);
    await new Promise((resolve) => setImmediate(resolve));
    // We hear of no answer meanwhile, and can send nothing.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    const [first, second] = await both;
    expect(second - first).toBeLessThan(900);
    await close();
  });

  test('that does not store text as UTF-8 is refused', async ({ db, place }) => {
    const url = new URL(place.databaseUrl ?? '');
    await sql`create database latin encoding 'LATIN1' template template0 locale 'C'`.execute(db);
    url.pathname = 'latin';
    await expect(openDatabase({ ...place, databaseUrl: url.href })).rejects.toThrow('stores text as LATIN1');
    await sql`drop database latin`.execute(db);
  });

  test.for([
    'mysql://root@localhost/incidents',
    'localhost:5432',
    '/var/run/postgresql',
    'postgres://[',
    ' ',
  ])('is not looked for at an address that is none: %s', async (databaseUrl) => {
    await expect(openDatabase({ dataDir: '', databaseUrl })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('postgres://user:password@host:5432/database') as string,
    });
  });

  test('that drops a connection is connected to again', async ({ db }) => {
    const kill = sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    await Promise.all([sql`select pg_sleep(0.05)`.execute(db), sql`select pg_sleep(0.05)`.execute(db)]);
    await kill.execute(db);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  test('gives up on a statement that never ends', async ({ db }) => {
    const { rows } = await sql`show statement_timeout`.execute(db);
    expect(rows).toEqual([{ statementTimeout: '30s' }]);
  });
});

function throughPort(databaseUrl: string | undefined, port: number): string {
  const url = new URL(databaseUrl ?? '');
  url.search = '';
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

/** Lets the server be reached through a port, but only after a while. */
async function forwardLater(port: number, databaseUrl: string | undefined, ms: number): Promise<Server> {
  const folder = new URL(databaseUrl ?? '').searchParams.get('host') ?? '';
  const server = createServer((socket) => {
    const inner = connect(`${folder}/.s.PGSQL.5432`);
    pipeline(socket, inner, socket, () => socket.destroy());
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  server.listen(port, '127.0.0.1');
  return server;
}
