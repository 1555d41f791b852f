import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { UserError } from '#src/errors.ts';

interface FolderLock {
  readonly release: () => void;
}

/** Held here as well, so that no lock is given up because its holder became garbage. */
const held = new Map<string, DatabaseSync>();

/**
 * Makes this process the only one that may open the embedded database in
 * `dataDir`, which is made if need be. The embedded database does not look
 * after itself: two processes on one folder lose data and are told nothing.
 *
 * The lock is the operating system's own lock on a file, taken through SQLite
 * because Node has no call for it. It ends with the process however the process
 * ends, so there is no stale lock to judge, and it holds between containers
 * that share a volume, where process ids mean nothing. The file itself stays.
 *
 * @throws UserError naming the process that has the folder, or saying why it cannot be locked
 */
export function lockFolder(dataDir: string): FolderLock {
  const file = join(dataDir, 'database.lock');
  const owner = join(dataDir, 'database.owner');
  const lock = openLockFile(dataDir, file);
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(dataDir, owner) : cannotLock(dataDir, error);
  }
  held.set(file, lock);
  writeFileSync(owner, `${process.pid} ${hostname()}\n`);
  return {
    release: () => {
      if (held.get(file) !== lock) return;
      held.delete(file);
      rmSync(owner, { force: true });
      lock.close();
    },
  };
}

function openLockFile(dataDir: string, file: string): DatabaseSync {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return new DatabaseSync(file);
  } catch (error) {
    throw cannotLock(dataDir, error);
  }
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function inUse(dataDir: string, owner: string): UserError {
  const [pid = '', host = ''] = readOwner(owner);
  const who = pid === '' ? 'another process' : `process ${pid}${host === hostname() ? '' : ` on ${host}`}`;
  return new UserError(
    'conflict',
    `The data folder ${dataDir} is in use by ${who}, and only one may use it at a time. ` +
      'Stop that one first, or give this one a folder of its own with DATA_DIR.',
    { dataDir, pid: Number(pid) || null },
  );
}

function readOwner(owner: string): string[] {
  try {
    return readFileSync(owner, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

function cannotLock(dataDir: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(
    'conflict',
    `The data folder ${dataDir} cannot be made or locked (${why}). ` +
      'Set DATA_DIR to a folder on a local disk that this user may write to.',
    { dataDir },
  );
}
