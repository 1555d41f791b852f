import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { KEY } from '#test/crash/victim.ts';
import { findPostgres, startPostgres } from '#test/support/postgres.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { HERE, type Place } from './program.ts';

/** Beside the load, which goes on meanwhile. */
const execute = promisify(execFile);

export type Kind = 'built-in' | 'postgres';

/** A database, and how it is backed up and restored, as `manifests/OPERATIONS.md` says. */
export interface Ground {
  /** What the program is started with. */
  readonly place: Place;
  /** While the program at `url` runs. */
  backup(file: string, url: string): Promise<void>;
  /** Into this one, which is empty. */
  restore(file: string): Promise<void>;
  remove(): void;
}

export function makeGround(kind: Kind): Ground {
  return kind === 'built-in' ? builtIn() : postgres();
}

function builtIn(): Ground {
  const folder = makeTemporaryFolder();
  const incident = async (words: readonly string[], env: Place) => {
    await execute(process.execPath, [path.join(HERE, 'src/cli.ts'), ...words], {
      env: { PATH: process.env['PATH'], ...env },
    });
  };
  return {
    place: { DATA_DIR: folder },
    backup: async (file, url) =>
      await incident(['backup', file], { INCIDENT_URL: url, INCIDENT_API_KEY: KEY }),
    restore: async (file) => await incident(['restore', file], { DATA_DIR: folder }),
    remove: () => removeFolder(folder),
  };
}

function postgres(): Ground {
  const programs = findPostgres();
  if (!programs) throw new Error('PostgreSQL is not installed: --on built-in rehearses the other one.');
  const folder = makeTemporaryFolder();
  const server = startPostgres(programs);
  const url = server.urlOf('postgres');
  // Beside the server's own programs, also where a link leads to those.
  const own = path.dirname(realpathSync(path.join(programs, 'initdb')));
  const run = async (program: string, words: readonly string[]) => {
    await execute(path.join(own, program), words);
  };
  return {
    place: { DATA_DIR: folder, DATABASE_URL: url },
    backup: async (file) => await run('pg_dump', ['--format=custom', '--compress=1', `--file=${file}`, url]),
    restore: async (file) =>
      await run('pg_restore', ['--no-owner', '--exit-on-error', '--jobs=2', `--dbname=${url}`, file]),
    remove: () => {
      server.stop();
      removeFolder(folder);
    },
  };
}
