import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { UserError } from '#src/errors.ts';

import { makeEmbedded } from './embedded.ts';

/** The PostgreSQL inside the embedded database. Its data folders are of no use to another one. */
const MAJOR = '18';

/** Where the build leaves an empty database to start from. */
export const templateFolder = fileURLToPath(new URL('../../dist/empty-database', import.meta.url));

/**
 * Leaves a database in `folder`: the one that is there, or else a copy of the
 * template (0.2 s), or else a newly made one (3 s). What is half made never
 * bears the name: it is made beside it and renamed.
 *
 * @throws UserError when the folder holds something that this program cannot use
 */
export async function prepareDataFolder(folder: string, template: string = templateFolder): Promise<void> {
  const found = await versionIn(folder);
  if (found === MAJOR) return;
  if (found !== undefined) throw otherVersion(folder, found);
  await refuseForeignFiles(folder);

  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  if (await isUsable(template)) await cp(join(template, 'data'), unfinished, { recursive: true });
  else await makeEmbedded(unfinished);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}

/** Makes the template again if it is absent or was made by another version of the embedded database. */
export async function makeTemplate(template: string = templateFolder): Promise<'made' | 'kept'> {
  if (await isUsable(template)) return 'kept';
  const unfinished = `${template}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await makeEmbedded(join(unfinished, 'data'));
  await writeFile(join(unfinished, 'made-by'), await embeddedVersion());
  await rm(template, { recursive: true, force: true });
  await rename(unfinished, template);
  return 'made';
}

async function isUsable(template: string): Promise<boolean> {
  const madeBy = await readFile(join(template, 'made-by'), 'utf8').catch(() => undefined);
  return madeBy !== undefined && madeBy === (await embeddedVersion());
}

async function embeddedVersion(): Promise<string> {
  const file = findPackageJSON('@electric-sql/pglite', import.meta.url);
  if (file === undefined) throw new Error('The package @electric-sql/pglite is not installed');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}

async function versionIn(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text?.trim();
}

async function refuseForeignFiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return;
  throw new UserError(
    'conflict',
    `${folder} holds files that are not a database of this program. Move them away, or set DATA_DIR to another folder.`,
  );
}

function otherVersion(folder: string, found: string): UserError {
  return new UserError(
    'conflict',
    `The database in ${folder} was made by PostgreSQL ${found}; this version of the program has ${MAJOR} built in. ` +
      'Go back to the version of the program that made it, or set DATA_DIR to a new folder.',
  );
}
