import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import type { Transaction } from 'kysely';

import { migrations as all, type Step } from '#migrations/index.ts';
import { UserError } from '#src/errors.ts';

import type { DbLog } from './log.ts';
import type { Db, Schema } from './schema.ts';

/** Any number, as long as nothing else in the database takes the same advisory lock. */
const LOCK = 4_811_002_391;

/**
 * While it waits for a table, everybody who wants that table waits behind it. So it gives up soon, lets
 * them through, and tries again.
 */
const LOCK_MS = 2000;
const PAUSE_MS = 1000;
const TRIES = 60;

/**
 * Brings the tables up to date: all that is missing in one transaction, or
 * nothing. Processes that start at once wait for each other. What a newer version added is no
 * obstacle where all of it says that this one can go on beside it.
 *
 * @returns the names of the migrations that were run now, in order
 * @throws UserError when the database was last used by a newer version of the program that this one cannot go on beside
 */
export async function migrate(
  db: Db,
  migrations: Readonly<Record<string, Step>> = all,
  { log, lockMs = LOCK_MS }: { readonly log?: DbLog; readonly lockMs?: number } = {},
): Promise<readonly string[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await migrateOnce(db, migrations, { log, lockMs });
    } catch (error) {
      if (!isInTheWay(error)) throw error;
      if (tries >= TRIES) throw tablesInUse();
      log?.warn({ tries }, 'The database cannot be brought up to date while others work in it; trying again');
      await sleep(PAUSE_MS);
    }
  }
}

async function migrateOnce(
  db: Db,
  migrations: Readonly<Record<string, Step>>,
  { log, lockMs }: { readonly log?: DbLog | undefined; readonly lockMs: number },
): Promise<readonly string[]> {
  return await db.transaction().execute(async (tx) => {
    const plain = tx.withoutPlugins();
    await sql`set local statement_timeout = 0`.execute(plain);
    await takeLock(plain, log);
    if (await isCurrent(plain, Object.keys(migrations))) return [];
    await sql.raw(`set local lock_timeout = ${lockMs}`).execute(plain);
    return await run(plain, migrations);
  });
}

/** One process at a time; the others say what they wait for. */
async function takeLock(tx: Transaction<Schema>, log: DbLog | undefined): Promise<void> {
  const { rows } = await sql<{
    got: boolean;
  }>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as got`.execute(tx);
  if (rows[0]?.got === true) return;
  log?.info({}, 'Another process is bringing the database up to date; waiting for it');
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx);
}

/**
 * Not kysely's Migrator: that one sets the lock timeout to an hour, and keeps a lock of the session when a
 * migration fails. The tables are its own, so that databases it has made go on.
 */
async function run(
  tx: Transaction<Schema>,
  migrations: Readonly<Record<string, Step>>,
): Promise<readonly string[]> {
  await sql`
    create table if not exists kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
    tx,
  );
  await sql`
    create table if not exists kysely_migration_mark (name text primary key, additive boolean not null)`.execute(
    tx,
  );
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(tx);
  const before = new Set(rows.map((it) => it.name));
  const missing = Object.keys(migrations)
    .filter((it) => !before.has(it))
    .toSorted();
  for (const name of missing) {
    await migrations[name]?.up(tx);
    // What older programs must know of it, who have never heard of it.
    await sql`
      with done as (insert into kysely_migration (name, timestamp) values (${name}, clock_timestamp()::text))
      insert into kysely_migration_mark (name, additive) values (${name}, ${migrations[name]?.additive === true})`.execute(
      tx,
    );
  }
  return missing;
}

/** Whether nothing is missing. Throws where what is there is more than this program can go on beside. */
async function isCurrent(tx: Transaction<Schema>, known: readonly string[]): Promise<boolean> {
  if (!(await hasTable(tx, 'kysely_migration'))) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx);
  const unknown = rows.map((it) => it.name).filter((it) => !known.includes(it));
  const isComplete = rows.length - unknown.length === known.length;
  if (unknown.length === 0) return isComplete;
  const additive = await additiveOnes(tx);
  const inTheWay = unknown.filter((it) => !additive.has(it));
  // What this one lacks cannot be run after what came later.
  if (inTheWay.length > 0 || !isComplete) throw newerDatabase(inTheWay.length > 0 ? inTheWay : unknown);
  return true;
}

async function additiveOnes(tx: Transaction<Schema>): Promise<Set<string>> {
  if (!(await hasTable(tx, 'kysely_migration_mark'))) return new Set();
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration_mark where additive`.execute(tx);
  return new Set(rows.map((it) => it.name));
}

async function hasTable(tx: Transaction<Schema>, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_tables where schemaname = current_schema() and tablename = ${name}`.execute(tx);
  return rows.length > 0;
}

/** Somebody works with a table that is to be changed: the lock did not come in time, or they met crosswise. */
function isInTheWay(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}

function tablesInUse(): UserError {
  return new UserError(
    'busy',
    'The database could not be brought up to date, because others work with its tables all the time. ' +
      'Stop the other processes of this program, or whatever else holds locks there, and start this one again.',
  );
}

function newerDatabase(unknown: readonly string[]): UserError {
  return new UserError(
    'conflict',
    `The database was last used by a newer version of this program, which added ${unknown.join(', ')}. ` +
      'Start that version or a later one, or restore a backup made before the upgrade.',
    { unknown },
  );
}
