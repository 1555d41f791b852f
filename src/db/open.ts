import { join, resolve } from 'node:path';

import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import type { PostgresPool } from 'kysely';

import { backupOf, type Backup } from './backup.ts';
import { prepareDataFolder } from './data-folder.ts';
import { startEmbedded } from './embedded.ts';
import { lockFolder } from './lock.ts';
import type { DbLog } from './log.ts';
import { OneConnection, type Statements } from './one-connection.ts';
import type { Patience } from './patient-pool.ts';
import { counted, type PoolLoad } from './pool-load.ts';
import { connectPostgres, placeOf } from './postgres.ts';
import type { Db, Schema } from './schema.ts';
import { tracedDialect } from './traced.ts';

export interface OpenDb {
  readonly db: Db;
  /** Statements that need not wait for each other's answers: see `OneConnection`. Null: the built-in database answers one at a time. */
  readonly pipeline: Statements | null;
  readonly kind: 'embedded' | 'postgres';
  /** Where the data is, as people say it; no password. */
  readonly place: string;
  /**
   * Frees what deleted and changed rows left, and renews the planner's statistics: a table at a
   * time, so that other queries get their turn. To be called now and then; PostgreSQL does it by itself.
   */
  readonly tidy: () => Promise<void>;
  /** All of it as one file, while it is in use; PostgreSQL has its own programs for that. */
  readonly backup?: Backup;
  /** How busy its connections are. */
  readonly load: () => PoolLoad;
  /** Lets running transactions end. Queries made afterwards fail. */
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  /** Where the built-in database lives when there is no `databaseUrl`. Made if it does not exist. */
  readonly dataDir: string;
  /** A PostgreSQL to use instead. */
  readonly databaseUrl?: string | undefined;
  readonly log?: DbLog | undefined;
  /** How long to wait for a PostgreSQL that does not answer yet; 60 s unless said otherwise. */
  readonly waitMs?: number | undefined;
  /** The PostgreSQL is only read from, so one that cannot be written to will do. */
  readonly replica?: boolean | undefined;
  /** How long requests are held while PostgreSQL is away, and when its silence counts; for tests. */
  readonly patience?: Patience | undefined;
  readonly answerMs?: number | undefined;
  /** The built-in database broke while in use. Nothing works from then on: stop the process. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

/**
 * Opens the database without touching its tables: `migrate` brings them up to date.
 *
 * @throws UserError when the person who started the program can put it right: folder in
 *   use, server not reachable, version too old
 */
export async function openDatabase(options: OpenOptions): Promise<OpenDb> {
  return options.databaseUrl === undefined
    ? openEmbedded(options)
    : openPostgres(options.databaseUrl, options);
}

/** The same handle on any pool: names in camel case, the insides of jsonb left alone. */
export function handleOver(pool: PostgresPool): Db {
  return new Kysely<Schema>({
    dialect: tracedDialect(new PostgresDialect({ pool })),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

async function openEmbedded({ dataDir, onLost }: OpenOptions): Promise<OpenDb> {
  const folder = join(resolve(dataDir), 'database');
  const lock = lockFolder(resolve(dataDir));
  try {
    await prepareDataFolder(folder);
    const embedded = await startEmbedded(folder, { onLost });
    const { pool, load } = counted(embedded.newPool());
    const db = handleOver(pool);
    return {
      db,
      pipeline: null,
      load,
      kind: 'embedded',
      place: folder,
      tidy: () => tidy(db),
      backup: backupOf(folder, embedded.newPool()),
      close: async () => {
        await db.destroy();
        await embedded.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openPostgres(databaseUrl: string, { log, ...options }: OpenOptions): Promise<OpenDb> {
  const pool = await connectPostgres(databaseUrl, { log, ...options });
  const { pool: ours, load } = counted(pool);
  const db = handleOver(ours);
  return {
    db,
    pipeline: handleOver(new OneConnection(ours)),
    load,
    kind: 'postgres',
    place: placeOf(databaseUrl),
    tidy: async () => {},
    close: async () => {
      await db.destroy();
      // A handle that was never used has no driver yet that would end it.
      await pool.end();
    },
  };
}

async function tidy(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`.execute(db);
  for (const { name } of rows) await sql`vacuum (analyze) ${sql.table(name)}`.execute(db);
}
