import { setTimeout as sleep } from 'node:timers/promises';

import type { PostgresPool } from 'kysely';
import { Client, Pool } from 'pg';
import type { ClientBase, ClientConfig } from 'pg';

import { UserError } from '#src/errors.ts';

import type { DbLog } from './log.ts';
import { DatabaseAway } from './lost.ts';
import { PATIENCE, PatientPool, reasonOf, type Patience } from './patient-pool.ts';
import { valueTypes } from './value-types.ts';

/** A process needs few: a transaction takes milliseconds, and PostgreSQL serves a hundred in all by default. */
const CONNECTIONS = 10;
const CONNECT_MS = 10_000;
/** A server that is well answers the first question of a connection much sooner. */
const ANSWER_MS = 5000;
/** An idle connection whose other end is gone is noticed this long, and ten seconds, after that. */
const KEEP_ALIVE_MS = 5000;
/** After a failover, connections find the new server by its name again within this. */
const LIFETIME_S = 1800;
/** A statement that runs longer is a mistake, and holds locks meanwhile. */
const STATEMENT_MS = 30_000;
/** A transaction that does nothing for so long belongs to a process that hangs. */
const IDLE_IN_TRANSACTION_MS = 60_000;

const OLDEST = 150_000;

interface PostgresOptions {
  readonly log?: DbLog | undefined;
  /** How long to wait for a server that does not answer yet. */
  readonly waitMs?: number | undefined;
  /** It is only read from, so one that cannot write will do. */
  readonly replica?: boolean | undefined;
  readonly patience?: Patience | undefined;
  /** Within what a server answers the first question of a connection, where it is asked whether it is there. */
  readonly answerMs?: number | undefined;
}

/**
 * Connects to PostgreSQL 15 or newer. A server that is still starting, or a name
 * that is not known yet, is waited for; what waiting cannot mend (a wrong
 * password, no such database, too old a version) fails at once.
 *
 * @throws UserError that says what is wrong and where to put it right
 */
export async function connectPostgres(
  databaseUrl: string,
  options: PostgresOptions = {},
): Promise<PostgresPool> {
  const { log, replica = false, answerMs = ANSWER_MS } = options;
  // Whoever reads from a replica has the first to turn to, at once.
  const patience = options.patience ?? (replica ? { ...PATIENCE, holdMs: 0 } : PATIENCE);
  const place = placeOf(databaseUrl);
  const config: ClientConfig = {
    connectionString: databaseUrl,
    application_name: 'llm-incident-manager',
    types: valueTypes,
  };
  // The pool waits for it, whatever its types say, and counts a connection that fails at it as none.
  const prepare = (client: ClientBase): unknown => prepareSession(client, place, replica);
  const pool = new Pool({
    ...config,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    maxLifetimeSeconds: LIFETIME_S,
    onConnect: prepare,
    pipeline: true,
  });
  pool.on('error', (error) => log?.warn({ place, error: error.message }, 'A database connection was lost'));
  // A connection that is lost while in use says so as well; its query fails by itself.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await waitFor(pool, place, options);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new PatientPool(pool, {
    log,
    patience,
    ask: () => ask({ ...config, connectionTimeoutMillis: answerMs }, place, replica),
  });
}

/** Over a connection of its own, since those of the pool may all be stuck. */
async function ask(config: ClientConfig, place: string, replica: boolean): Promise<void> {
  const client = new Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    await prepareSession(client, place, replica);
  } finally {
    // Not waited for: where nobody answers, its end is not answered either.
    void client.end().catch(() => {});
  }
}

/**
 * What every new connection is told before it is used. The days of `timestamptz::date` are days in UTC
 * everywhere. No plan is compiled: for statements of milliseconds PostgreSQL
 * would spend a second on that as soon as a queue is long. A server that cannot be written to, as one that was not made the first yet
 * or is not any more, is as good as none.
 */
async function prepareSession(client: ClientBase, place: string, replica: boolean): Promise<void> {
  const text = `set time zone 'UTC';
    set jit = off;
    set statement_timeout = ${STATEMENT_MS};
    set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};
    select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "isReadOnly"`;
  const limited = { text, query_timeout: ANSWER_MS };
  const results = (await client.query(limited)) as unknown as { rows: { isReadOnly: boolean }[] }[];
  const isReadOnly = results.at(-1)?.rows[0]?.isReadOnly === true;
  if (isReadOnly && !replica) throw new DatabaseAway(`PostgreSQL at ${place} only lets us read`);
}

/** Server and database as people say it; the password is never part of it. */
export function placeOf(databaseUrl: string): string {
  try {
    if (!/^postgres(ql)?:\/\//.test(databaseUrl)) throw new Error('no scheme');
    const { host, port, database } = new Client({ connectionString: databaseUrl });
    return `${host}:${port}/${database ?? ''}`;
  } catch {
    throw new UserError(
      'bad_arguments',
      'DATABASE_URL is not the address of a PostgreSQL database. ' +
        'It should look like postgres://user:password@host:5432/database, with special characters in the password percent-encoded.',
    );
  }
}

async function waitFor(pool: Pool, place: string, { log, waitMs = 60_000 }: PostgresOptions): Promise<void> {
  const start = performance.now();
  for (let pause = 250; ; pause = Math.min(pause * 2, 5000)) {
    try {
      await refuseUnfit(pool, place);
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const reason = reasonOf(error);
      const left = waitMs - (performance.now() - start);
      if (!mayPass(error) || left <= 0) throw unreachable(place, reason);
      log?.warn({ place, reason }, 'Waiting for PostgreSQL');
      await sleep(Math.min(pause, left));
    }
  }
}

async function refuseUnfit(pool: Pool, place: string): Promise<void> {
  const { rows } = await pool.query<{ number: number; version: string; encoding: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
      current_setting('server_encoding') as encoding`,
  );
  const [server] = rows;
  if (!server || server.number < OLDEST) {
    throw new UserError(
      'conflict',
      `The database server at ${place} is PostgreSQL ${server?.version}; this program needs 15 or newer. ` +
        'Upgrade the server, or name another one in DATABASE_URL.',
    );
  }
  if (server.encoding !== 'UTF8') {
    throw new UserError(
      'conflict',
      `The database ${place} stores text as ${server.encoding}; this program needs UTF8. ` +
        `Make one with: create database ... encoding 'UTF8' template template0`,
    );
  }
}

/** True for what can mend itself: nobody answers yet, or the server says that it is starting, stopping or full. */
function mayPass(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || !/^(28|3D|42|0A)/.test(code);
}

function unreachable(place: string, reason: string): UserError {
  return new UserError(
    'busy',
    `PostgreSQL at ${place} cannot be used: ${reason}. ` +
      'Check that the server runs and that DATABASE_URL names the right host, port, database, user and password; ' +
      'or leave DATABASE_URL out to use the built-in database.',
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
