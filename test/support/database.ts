import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { sql } from 'kysely';
import { Pool } from 'pg';
import { inject, test as base } from 'vitest';

import { startEmbedded } from '#src/db/embedded.ts';
import type { Embedded } from '#src/db/embedded.ts';
import { handleOver, openDatabase } from '#src/db/open.ts';
import type { OpenOptions } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';

import { TEMPLATE_DATABASE } from './database-setup.ts';
import { emptyDatabase } from './empty-database.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

/** Which database this run is on. The same tests run on both. */
export const databaseKind = inject('databaseKind');

/** Where a program under test may keep its data. */
export type Place = Pick<OpenOptions, 'dataDir' | 'databaseUrl'>;

/**
 * Gives a test a database of its own: migrated, empty, shared with nobody.
 *
 * - `db`: the handle, for tests that call functions.
 * - `place`: its settings, for tests that start the program or open it themselves.
 * - `newPlace`: settings of a database that was never migrated, as on the first start of all.
 */
export const test = base
  .extend('databaseKind', { scope: 'worker' }, () => databaseKind)
  .extend('databases', { scope: 'worker' }, async ({ databaseKind: kind }, { onCleanup }) => {
    const databases = await MAKE[kind]();
    onCleanup(() => databases.stop());
    return databases;
  })
  .extend('db', async ({ databases }, { onCleanup }) => {
    const { db, drop } = await databases.fresh();
    onCleanup(drop);
    return db;
  })
  .extend('place', async ({ databases, onTestFinished: atEnd }) => {
    const { place, drop } = await databases.place('migrated');
    // What a test does at its end comes after all clean-up, the last said first: a program is stopped before its database goes.
    atEnd(drop);
    return place;
  })
  .extend('newPlace', async ({ databases, onTestFinished: atEnd }) => {
    const { place, drop } = await databases.place('new');
    atEnd(drop);
    return place;
  });

/** Makes databases; one of these lives as long as the process that runs test files. */
interface Databases {
  readonly fresh: () => Promise<{ db: Db; drop: () => Promise<void> }>;
  readonly place: (state: 'migrated' | 'new') => Promise<{ place: Place; drop: () => Promise<void> }>;
  readonly stop: () => Promise<void>;
}

const MAKE: Record<'embedded' | 'postgres', () => Promise<Databases>> = {
  embedded: embeddedDatabases,
  postgres: postgresDatabases,
};

/**
 * One embedded database for all tests of this process, emptied before each:
 * starting one takes 0.3 s, emptying it takes milliseconds. A handle dies with
 * its test, so that what a test left running cannot reach into the next.
 */
async function embeddedDatabases(): Promise<Databases> {
  const folder = makeTemporaryFolder();
  let running: Embedded | undefined;
  let shape = '';

  const start = async () => {
    await running?.close();
    removeFolder(join(folder, 'database'));
    await copyTemplate(folder);
    running = await startEmbedded(join(folder, 'database'));
    shape = await readShape(handleOver(running.newPool()));
    return running;
  };
  const emptied = async () => {
    if (!running) return start();
    const db = handleOver(running.newPool());
    await emptyDatabase(db);
    return (await readShape(db)) === shape ? running : start();
  };

  return {
    fresh: async () => {
      const embedded = await emptied();
      const db = handleOver(embedded.newPool());
      return { db, drop: () => db.destroy() };
    },
    place: async (state) => {
      const dataDir = makeTemporaryFolder();
      if (state === 'migrated') await copyTemplate(dataDir);
      return { place: { dataDir }, drop: async () => removeFolder(dataDir) };
    },
    stop: async () => {
      await running?.close();
      removeFolder(folder);
    },
  };
}

async function copyTemplate(folder: string): Promise<void> {
  await cp(inject('databaseTemplate'), join(folder, 'database'), { recursive: true });
}

async function postgresDatabases(): Promise<Databases> {
  const url = new URL(inject('databaseTemplate'));
  // Without a limit of time: to make or to drop a database waits for a checkpoint.
  const server = new Pool({ connectionString: url.href, max: 2 });
  // One that breaks while nobody uses it is nobody's failure: the next query says it.
  server.on('error', () => {});
  const make = async (template: string) => {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await server.query(`create database ${name} template ${template}`);
    const databaseUrl = new URL(inject('databasePooler') ?? url.href);
    databaseUrl.pathname = name;
    const drop = async () => {
      await server.query(`drop database ${name} with (force)`);
    };
    return { databaseUrl: databaseUrl.href, drop };
  };

  return {
    fresh: async () => {
      const { databaseUrl, drop } = await make(TEMPLATE_DATABASE);
      const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
      const dropBoth = async () => {
        await close();
        await drop();
      };
      return { db, drop: dropBoth };
    },
    place: async (state) => {
      const dataDir = makeTemporaryFolder();
      const { databaseUrl, drop } = await make(state === 'new' ? 'template0' : TEMPLATE_DATABASE);
      const dropBoth = async () => {
        await drop();
        removeFolder(dataDir);
      };
      return { place: { dataDir, databaseUrl }, drop: dropBoth };
    },
    stop: () => server.end(),
  };
}

/** A test that changed tables instead of rows makes the next one start from the template again. */
async function readShape(db: Db): Promise<string> {
  const { rows } = await sql<{ shape: string }>`
    select count(*) || ' columns, last of ' || max(attrelid::bigint) as shape
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace`.execute(db);
  return rows[0]?.shape ?? '';
}
