import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration, MigrationProvider } from 'kysely/migration';

import { migrations as all } from '#migrations/index.ts';
import { UserError } from '#src/errors.ts';

import type { Db, Schema } from './schema.ts';

/** Any number, as long as nothing else in the database takes the same advisory lock. */
const LOCK = 4_811_002_391;

/**
 * Brings the tables up to date: all that is missing in one transaction, or
 * nothing. Processes that start at once wait for each other.
 *
 * @returns the names of the migrations that were run now, in order
 * @throws UserError when the database was last used by a newer version of the program
 */
export async function migrate(
  db: Db,
  migrations: Readonly<Record<string, Migration>> = all,
): Promise<readonly string[]> {
  return db.transaction().execute(async (tx) => {
    const plain = tx.withoutPlugins();
    await sql`set local statement_timeout = 0`.execute(plain);
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(plain);
    if (await isCurrent(plain, Object.keys(migrations))) return [];
    const { provider, firstFailure } = remembering(migrations);
    const { error, results = [] } = await new Migrator({ db: plain, provider }).migrateToLatest();
    if (error !== undefined) throw firstFailure() ?? error;
    return results.map((it) => it.migrationName);
  });
}

/** The migrator tidies up after a failure, fails at that too, and would report only the second failure. */
function remembering(migrations: Readonly<Record<string, Migration>>): {
  provider: MigrationProvider;
  firstFailure: () => unknown;
} {
  let failure: unknown;
  const watched = Object.entries(migrations).map(([name, migration]): [string, Migration] => [
    name,
    {
      up: async (db) => {
        await migration.up(db).catch((error: unknown) => {
          failure ??= error;
          throw error;
        });
      },
    },
  ]);
  return {
    provider: { getMigrations: async () => Object.fromEntries(watched) },
    firstFailure: () => failure,
  };
}

async function isCurrent(tx: Transaction<Schema>, known: readonly string[]): Promise<boolean> {
  const { rows: tables } = await sql`
    select 1 from pg_tables where schemaname = current_schema() and tablename = 'kysely_migration'`.execute(
    tx,
  );
  if (tables.length === 0) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx);
  const unknown = rows.map((it) => it.name).filter((it) => !known.includes(it));
  if (unknown.length > 0) throw newerDatabase(unknown);
  return rows.length === known.length;
}

function newerDatabase(unknown: readonly string[]): UserError {
  return new UserError(
    'conflict',
    `The database was last used by a newer version of this program, which added ${unknown.join(', ')}. ` +
      'Start that version or a later one, or restore a backup made before the upgrade.',
    { unknown },
  );
}
