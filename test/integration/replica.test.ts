import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { openDatabase } from '#src/db/open.ts';
import { followReplica } from '#src/db/replica.ts';
import { databaseKind, test as base } from '#test/support/database.ts';
import { findPostgres, startPostgres } from '#test/support/postgres.ts';
import { startReplica } from '#test/support/replica.ts';
import { soon } from '#test/support/soon.ts';

const programs = findPostgres();
const STALE_MS = 1000;

/** A primary with a table, a replica of it, and a reader that follows. */
const test = base.extend('pair', async ({ databaseKind: kind }, { onCleanup }) => {
  if (kind !== 'postgres' || programs === undefined) throw new Error('PostgreSQL alone has replicas');
  const server = startPostgres(programs);
  const replica = startReplica(programs, server);
  const primary = await openDatabase({ dataDir: '', databaseUrl: server.urlOf('postgres') });
  await sql`create table words (word text)`.execute(primary.db);
  const told: string[] = [];
  const log = {
    info: (_: object, text: string) => told.push(text),
    warn: (_: object, text: string) => told.push(text),
  };
  const databaseUrl = replica.urlOf('postgres');
  const reads = followReplica({ primary: primary.db, databaseUrl, log, staleMs: STALE_MS, everyMs: 20 });
  onCleanup(async () => {
    await reads.stop();
    await primary.close();
    replica.stop();
    server.stop();
  });
  /** Where it was read, and what stands there. */
  const look = async (who = 'ana') =>
    await reads.read(who, async (db) => {
      const { rows } = await sql<{ where: string; words: number }>`
        select case when pg_is_in_recovery() then 'replica' else 'primary' end as where,
          (select count(*)::int from words) as words`.execute(db);
      return rows[0];
    });
  const until = async (wanted: object, who = 'ana') =>
    await soon(JSON.stringify(wanted), async () => {
      const found = { ...(await look(who)) };
      return Object.entries(wanted).every(([name, value]) => found[name as keyof typeof found] === value);
    });
  const write = async () => await sql`insert into words values ('x')`.execute(primary.db);
  const onReplica = async (run: (db: typeof primary.db) => Promise<unknown>) => {
    const { db, close } = await openDatabase({ dataDir: '', databaseUrl, replica: true });
    await run(db);
    await close();
  };
  return { reads, replica, told, look, until, write, onReplica };
});

describe.skipIf(databaseKind !== 'postgres' || programs === undefined)('reading from a replica', () => {
  test('goes on from the primary while it is behind or away, and whoever wrote sees it at once', async ({
    pair,
  }) => {
    const { reads, replica, told, look, until, write, onReplica } = pair;
    await until({ where: 'replica', words: 0 }, 'ana');
    for (let words = 1; words <= 20; words += 1) {
      await write();
      reads.wrote('ana');
      expect(await look('ana')).toMatchObject({ words });
    }
    await until({ where: 'replica', words: 20 }, 'ana');

    // It stands still: who wrote reads elsewhere at once, the others when it is too old.
    await onReplica(async (db) => await sql`select pg_wal_replay_pause()`.execute(db));
    await write();
    reads.wrote('ana');
    expect(await look('ana')).toEqual({ where: 'primary', words: 21 });
    await until({ where: 'primary', words: 21 }, 'bo');
    await onReplica(async (db) => await sql`select pg_wal_replay_resume()`.execute(db));
    await until({ where: 'replica', words: 21 }, 'ana');

    replica.down();
    expect(await look('bo')).toEqual({ where: 'primary', words: 21 });
    await soon('word of it', () => told.at(-1)?.includes('all is read from the primary'));
    expect(await look('bo')).toEqual({ where: 'primary', words: 21 });
  });

  test('ends when it is a database of its own, which what is written does not reach', async ({ pair }) => {
    const { replica, until, write } = pair;
    await until({ where: 'replica' }, 'ana');
    replica.promote();
    await write();
    await until({ where: 'primary', words: 1 }, 'ana');
  });
});
