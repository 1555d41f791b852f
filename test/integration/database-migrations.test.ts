import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { describe, expect } from 'vitest';

import { migrations } from '#migrations/index.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { test } from '#test/support/database.ts';

const one = step('create table first_table (some_name text)');
const two = step('create table second_table (some_name text)');
const broken = step('create table third_table (x int)', 'select 1 / 0');

describe('migrations', () => {
  test('the tables of this program are made in an empty database, once', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    expect(await migrate(db)).toEqual(Object.keys(migrations));
    expect(await migrate(db)).toEqual([]);
    expect(await db.selectFrom('incidents').selectAll().execute()).toEqual([]);
    await close();
  });

  test('only what is missing is run, in order', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    expect(await migrate(db, { '0001-one': one })).toEqual(['0001-one']);
    expect(await migrate(db, { '0001-one': one, '0002-two': two })).toEqual(['0002-two']);
    expect((await sql`select * from first_table, second_table`.execute(db)).rows).toEqual([]);
    await close();
  });

  test('one that fails leaves nothing of itself or of those before it', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    await expect(migrate(db, { '0001-one': one, '0002-broken': broken })).rejects.toThrow('division by zero');
    expect(await tables(db)).toEqual([]);
    expect(await migrate(db, { '0001-one': one, '0002-two': two })).toEqual(['0001-one', '0002-two']);
    await close();
  });

  test('two that start at once run everything once', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    const both = await Promise.all([migrate(db, { '0001-one': one }), migrate(db, { '0001-one': one })]);
    expect(both.flat()).toEqual(['0001-one']);
    await close();
  });

  test('a database of a newer version of the program is left alone, and says so', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    await migrate(db, { '0001-one': one, '0002-two': two });
    await expect(migrate(db, { '0001-one': one })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('newer version of this program, which added 0002-two') as string,
    });
    await close();
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
