import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findPostgres, giveToPostgres, run } from '#test/support/postgres.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

export interface BigPlace {
  readonly databaseUrl: string;
  /** What PostgreSQL does by itself some minutes after much was written. */
  readonly vacuum: () => void;
  /** The process that all of the server's others are children of. */
  readonly postmaster: () => number;
  /** Stops the server; what is not to be kept is removed. */
  readonly stop: () => void;
}

/**
 * A PostgreSQL of its own for much data, with the memory that a database of that size is given: a quarter of 8 GiB.
 * With `keep` it lives in that folder and is there for the next run; making ten million rows takes minutes.
 */
export function startBigPlace(keep: string | undefined): BigPlace {
  const programs = findPostgres();
  if (programs === undefined) {
    throw new Error('PostgreSQL is not installed, and much data is for PostgreSQL.');
  }
  const folder = keep === undefined ? makeTemporaryFolder(tmpdir()) : path.resolve(keep);
  const data = path.join(folder, 'data');
  if (!existsSync(path.join(data, 'PG_VERSION'))) {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    giveToPostgres(folder, data);
    run(programs, 'initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N']);
  }
  run(programs, 'pg_ctl', [
    '-D',
    data,
    '-l',
    path.join(folder, 'log'),
    '-o',
    OPTIONS(folder),
    '-w',
    '-t',
    '300',
    'start',
  ]);
  return {
    databaseUrl: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    vacuum: () => void run(programs, 'vacuumdb', ['-h', folder, '-U', 'postgres', '--analyze', 'postgres']),
    postmaster: () => Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    stop: () => {
      run(programs, 'pg_ctl', ['-D', data, '-m', 'fast', '-w', '-t', '300', 'stop']);
      if (keep === undefined) removeFolder(folder);
    },
  };
}

const OPTIONS = (folder: string) =>
  Object.entries({
    listen_addresses: "''",
    unix_socket_directories: folder,
    max_connections: '100',
    shared_buffers: '2GB',
    effective_cache_size: '6GB',
    work_mem: '16MB',
    maintenance_work_mem: '512MB',
    max_wal_size: '8GB',
    random_page_cost: '1.1',
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
