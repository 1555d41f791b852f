import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { describe, expect } from 'vitest';

import { migrations } from '#migrations/index.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { databaseKind, test } from '#test/support/database.ts';

const one = step('create table first_table (some_name text)');
const two = step('create table second_table (some_name text)');
const broken = step('create table third_table (x int)', 'select 1 / 0');

/** A program is replaced beside another one only there: the built-in database belongs to one. */
const onPostgres = test.runIf(databaseKind === 'postgres');

describe('migrations', () => {
  test('the tables of this program are made in an empty database, once', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    expect(await migrate(db)).toEqual(Object.keys(migrations));
    expect(await migrate(db)).toEqual([]);
    expect(await db.selectFrom('incidents').selectAll().execute()).toEqual([]);
    await close();
  });

  test('only what is missing is run, in order', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    expect(await migrate(db, { '0001-one': one })).toEqual(['0001-one']);
    expect(await migrate(db, { '0001-one': one, '0002-two': two })).toEqual(['0002-two']);
    expect((await sql`select * from first_table, second_table`.execute(db)).rows).toEqual([]);
    await close();
  });

  test('one that fails leaves nothing of itself or of those before it', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    await expect(migrate(db, { '0001-one': one, '0002-broken': broken })).rejects.toThrow('division by zero');
    expect(await tables(db)).toEqual([]);
    expect(await migrate(db, { '0001-one': one, '0002-two': two })).toEqual(['0001-one', '0002-two']);
    await close();
  });

  test('two that start at once run everything once', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    const both = await Promise.all([migrate(db, { '0001-one': one }), migrate(db, { '0001-one': one })]);
    expect(both.flat()).toEqual(['0001-one']);
    await close();
  });

  test('a database of a newer version of the program is left alone, and says so', async ({ newPlace }) => {
    const { db, close } = await openDatabase(newPlace);
    await migrate(db, { '0001-one': one, '0002-two': two });
    await expect(migrate(db, { '0001-one': one })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('newer version of this program, which added 0002-two') as string,
    });
    await close();
  });

  onPostgres(
    'what a newer version only added lets the program before start again, once and for all of it',
    async ({ newPlace }) => {
      const { db, close } = await openDatabase(newPlace);
      const added = { ...two, additive: true };
      await migrate(db, { '0001-one': one });
      expect(await migrate(db, { '0001-one': one, '0002-two': added })).toEqual(['0002-two']);
      expect(await migrate(db, { '0001-one': one })).toEqual([]);
      await migrate(db, {
        '0001-one': one,
        '0002-two': added,
        '0003-three': step('drop table second_table'),
      });
      await expect(migrate(db, { '0001-one': one })).rejects.toThrow('which added 0003-three');
      expect(await migrate(db, { '0001-one': one, '0002-two': added, '0003-three': one })).toEqual([]);
      await close();
    },
  );

  onPostgres(
    'a program that lacks what the newer version had before it is refused all the same',
    async ({ newPlace }) => {
      const { db, close } = await openDatabase(newPlace);
      await migrate(db, { '0001-one': one, '0003-two': { ...two, additive: true } });
      await expect(migrate(db, { '0001-one': one, '0002-other': step('select 1') })).rejects.toThrow(
        '0003-two',
      );
      await close();
    },
  );

  onPostgres(
    'a table that somebody works with is waited for in short turns, and they are let through',
    async ({ newPlace }) => {
      const { db, close } = await openDatabase(newPlace);
      await migrate(db, { '0001-one': one });
      const said: string[] = [];
      const log = { info: () => {}, warn: (_: object, text: string) => void said.push(text) };
      const held = Promise.withResolvers<void>();
      const working = db.transaction().execute(async (tx) => {
        await sql`insert into first_table values ('busy')`.execute(tx);
        await held.promise;
      });
      const change = { '0001-one': one, '0002-two': step('alter table first_table add column more text') };
      const migrating = migrate(db, change, { log, lockMs: 50 });
      await expect.poll(() => said.length).toBeGreaterThan(0);
      // Nobody stands in line behind it while it rests.
      await sql`insert into first_table values ('through')`.execute(db);
      held.resolve();
      await working;
      expect(await migrating).toEqual(['0002-two']);
      await close();
    },
  );

  test('each says whether the program before can go on beside it', () => {
    const silent = Object.entries(migrations).filter(
      ([name, it]) => name >= '0032' && it.additive === undefined,
    );
    expect(silent).toEqual([]);
  });
});

function step(...statements: string[]): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const it of statements) await sql.raw(it).execute(db);
    },
  };
}

async function tables(db: Kysely<never> | Parameters<typeof migrate>[0]): Promise<unknown[]> {
  const { rows } = await sql`select tablename from pg_tables where schemaname = 'public'`.execute(db);
  return rows;
}
