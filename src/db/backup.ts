import { createReadStream, existsSync } from 'node:fs';
import { cp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { PostgresPool } from 'kysely';

import { UserError } from '#src/errors.ts';

import { packFolder, unpackTo } from './backup-file.ts';
import { lockFolder } from './lock.ts';

/** How a database that runs becomes one file. */
export type Backup = () => Promise<Readable>;

/**
 * A backup of the built-in database while it is in use. All of it is of one
 * instant: it has one session, so while we hold that nothing is written, and
 * after a checkpoint the files are copied. Everybody else waits for the copy
 * (about a second for each 500 MB) and not for whoever reads the result.
 *
 * One at a time. The copy lies in the data folder until it was read, or is not wanted any more.
 */
export function backupOf(folder: string, pool: PostgresPool): Backup {
  const copy = `${folder}.backup`;
  let running = false;
  return async () => {
    if (running) throw new UserError('conflict', 'A backup is being made already. Wait until it is done.');
    running = true;
    const end = async () => {
      await rm(copy, { recursive: true, force: true });
      running = false;
    };
    try {
      await rm(copy, { recursive: true, force: true });
      await copyQuietly(folder, copy, pool);
      const packed = packFolder(copy);
      finished(packed).then(end, end);
      return packed;
    } catch (error) {
      await end();
      throw error;
    }
  };
}

async function copyQuietly(folder: string, copy: string, pool: PostgresPool): Promise<void> {
  const session = await pool.connect();
  try {
    await session.query('checkpoint', []);
    await cp(folder, copy, { recursive: true });
  } finally {
    session.release();
  }
}

/**
 * Puts a backup into a data folder that has no database yet; the program that
 * is started on it then goes on from there.
 *
 * @throws UserError when there is a database already, another process has the folder, or the file is no whole backup
 */
export async function restoreFolder(dataDir: string, file: string): Promise<void> {
  const folder = join(resolve(dataDir), 'database');
  const lock = lockFolder(resolve(dataDir));
  const unfinished = `${folder}.new`;
  try {
    await refuseDatabase(folder);
    await rm(unfinished, { recursive: true, force: true });
    await unpackTo(unfinished, createReadStream(file));
    const version = await readFile(join(unfinished, 'PG_VERSION'), 'utf8').catch(() => '');
    if (version === '' || !existsSync(join(unfinished, 'global', 'pg_control'))) {
      throw new Error('There is no database in it.');
    }
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError('bad_payload', `${file} cannot be restored: ${why} Nothing was changed.`);
  } finally {
    lock.release();
  }
}

async function refuseDatabase(folder: string): Promise<void> {
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) return;
  throw new UserError(
    'conflict',
    `There is a database in ${folder} already, and a backup replaces nothing. ` +
      'Move that folder away, or set DATA_DIR to a new one.',
  );
}
