import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'incident-test-';
const ENOUGH_BYTES = 2 * 1024 ** 3;

/** Memory instead of a disk where there is enough of it: the databases of a test run are many, small and short-lived. */
export const fastFolder = isRoomy('/dev/shm') ? '/dev/shm' : tmpdir();

/** A new empty folder whose name tells which process made it. Whoever made it removes it. */
export function makeTemporaryFolder(parent = fastFolder): string {
  return mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** What test runs left behind that were killed before they could tidy up. */
export function abandonedFolders(): string[] {
  return readdirSync(fastFolder)
    .filter((it) => it.startsWith(PREFIX) && !isRunning(Number(it.slice(PREFIX.length).split('-')[0])))
    .map((it) => join(fastFolder, it));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isRoomy(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
