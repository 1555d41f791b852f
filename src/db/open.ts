import { join, resolve } from 'node:path';

import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import type { DatabaseConnection, PostgresPool } from 'kysely';

import { prepareDataFolder } from './data-folder.ts';
import { startEmbedded } from './embedded.ts';
import { lockFolder } from './lock.ts';
import type { DbLog } from './log.ts';
import { connectPostgres, placeOf, prepareSession } from './postgres.ts';
import type { Db, Schema } from './schema.ts';

export interface OpenDb {
  readonly db: Db;
  readonly kind: 'embedded' | 'postgres';
  /** Where the data is, as people say it; no password. */
  readonly place: string;
  /**
   * Frees what deleted and changed rows left, and renews the planner's statistics: a table at a
   * time, so that other queries get their turn. To be called now and then; PostgreSQL does it by itself.
   */
  readonly tidy: () => Promise<void>;
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

type Prepare = (connection: DatabaseConnection) => Promise<void>;

/** The same handle on any pool: names in camel case, the insides of jsonb left alone. */
export function handleOver(pool: PostgresPool, prepare: Prepare = async () => {}): Db {
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool, onCreateConnection: prepare }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

async function openEmbedded({ dataDir, onLost }: OpenOptions): Promise<OpenDb> {
  const folder = join(resolve(dataDir), 'database');
  const lock = lockFolder(resolve(dataDir));
  try {
    await prepareDataFolder(folder);
    const embedded = await startEmbedded(folder, { onLost });
    const db = handleOver(embedded.newPool());
    return {
      db,
      kind: 'embedded',
      place: folder,
      tidy: () => tidy(db),
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

async function openPostgres(databaseUrl: string, { log, waitMs }: OpenOptions): Promise<OpenDb> {
  const pool = await connectPostgres(databaseUrl, { log, waitMs });
  const db = handleOver(pool, prepareSession);
  return {
    db,
    kind: 'postgres',
    place: placeOf(databaseUrl),
    tidy: async () => {},
    close: async () => {
      await db.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}

async function tidy(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`.execute(db);
  for (const { name } of rows) await sql`vacuum (analyze) ${sql.table(name)}`.execute(db);
}
