import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Refused } from './cli-config.ts';

const BACKUP = 'Usage: incident backup <file>: the built-in database as one file, while the program runs.';
const RESTORE = 'Usage: incident restore <file>: into DATA_DIR, which must have no database yet.';

/**
 * `incident backup <file>`: asks the server for its database. The file has its name only when it is whole and on the
 * disk; one of the same name is replaced then.
 */
export async function backup(
  words: readonly string[],
  fetchFrom: (path: string) => Promise<Response>,
): Promise<string> {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) throw new Refused(BACKUP);
  const { body } = await fetchFrom('/api/v1/backup');
  const unfinished = `${file}.part`;
  try {
    if (body === null) throw new Error('there was nothing in it');
    await pipeline(Readable.from(body), createWriteStream(unfinished, { mode: 0o600 }));
    await flush(unfinished);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new Refused(`There is no backup: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const { size } = await stat(file);
  return `Written to ${file}: ${(size / 1e6).toFixed(1)} MB. Everything is in it, keys and sign-ins too: keep it where few can read it.`;
}

/** A name that is seen after a power cut must have all of its bytes. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

/** `incident restore <file>`: works on DATA_DIR itself, on the machine where the program is to be started. */
export async function restore(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) throw new Refused(RESTORE);
  // Only this command needs what the server is made of.
  const [{ readSettings }, { restoreFolder }, { UserError }] = await Promise.all([
    import('./config.ts'),
    import('./db/backup.ts'),
    import('./errors.ts'),
  ]);
  try {
    const { dataDir, databaseUrl } = readSettings(env);
    if (databaseUrl !== undefined) {
      throw new Refused(
        'DATABASE_URL is set, and this is for the built-in database. PostgreSQL has pg_restore.',
      );
    }
    await restoreFolder(dataDir, file);
    return `Restored into ${dataDir}. Start the program with this DATA_DIR; \`npm run doctor\` checks what is in it.`;
  } catch (error) {
    if (error instanceof UserError) throw new Refused(error.message);
    throw error;
  }
}
