import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { giveToPostgres, run, type PostgresServer } from './postgres.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

export interface PostgresReplica {
  /** The address of one of its databases, to read from. */
  readonly urlOf: (database: string) => string;
  /** From now on it is a server of its own, which can be written to. */
  readonly promote: () => void;
  /** It is away, as in a crash, and is there again with `up`. */
  readonly down: () => void;
  readonly up: () => void;
  readonly stop: () => void;
}

/** A server that follows another one of ours over its stream of changes, as a copy that can only be read. */
export function startReplica(programs: string, primary: PostgresServer): PostgresReplica {
  const folder = makeTemporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  giveToPostgres(folder, data);
  const source = new URL(primary.urlOf('postgres'));
  const socket = source.searchParams.get('host') ?? '';
  run(programs, 'pg_basebackup', [
    '-D',
    data,
    '-h',
    socket,
    '-U',
    'postgres',
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
    '-N',
  ]);
  const options = `-c listen_addresses='' -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200 -c hot_standby_feedback=on`;
  const start = ['-D', data, '-l', join(folder, 'log'), '-o', options, '-w', 'start'];
  const end = ['-D', data, '-m', 'immediate', '-w', 'stop'];
  run(programs, 'pg_ctl', start);
  let isUp = true;
  const down = () => {
    if (isUp) run(programs, 'pg_ctl', end);
    isUp = false;
  };
  return {
    urlOf: (database) => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`,
    promote: () => void run(programs, 'pg_ctl', ['-D', data, '-w', 'promote']),
    down,
    up: () => {
      run(programs, 'pg_ctl', start);
      isUp = true;
    },
    stop: () => {
      down();
      removeFolder(folder);
    },
  };
}
