import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process, { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { UserError } from './errors.ts';
import type { ExportFile } from './importers/answers.ts';
import { isProven } from './importers/equality.ts';
import { DAYS_COMPARED, importFrom, VENDORS } from './importers/import.ts';
import { sayImport } from './importers/report.ts';
import { exportFile } from './setup/export.ts';

/**
 * `npm run import -- pagerduty <folder or file>`: reads what another system's
 * interface answered, and prints what can be carried over and whether the same
 * people are on call. Changes nothing but the file of `--out`, the setup to
 * look through and apply. Ends with 1 when anything is not proven
 * the same, and with 2 when the export cannot be read.
 */
const USAGE = `Usage: npm run import -- ${VENDORS.join('|')} <folder or file> [--from 2026-01-31] [--days ${DAYS_COMPARED}] [--out on-call.yaml]`;

/** More is not an export. */
const MOST_FILES = 5000;
const MOST_BYTES = 64 * 1024 * 1024;

async function run(words: string[]): Promise<number> {
  const { values, positionals } = parsed(words);
  const vendor = VENDORS.find((it) => it === positionals[0]);
  const [, place] = positionals;
  if (!vendor || place === undefined || positionals.length > 2) throw new UserError('bad_arguments', USAGE);
  const days = Number(values.days ?? DAYS_COMPARED);
  const result = importFrom(vendor, await filesAt(place), { from: dateOf(values.from), days });
  stdout.write(sayImport(result));
  if (values.out !== undefined) {
    await writeFile(values.out, exportFile(result.setup));
    stdout.write(
      `\nWritten to ${values.out}. Look it through. Then: incident config apply --merge ${values.out}, which removes nothing that is there already.\n`,
    );
  }
  return result.equality.every(isProven) ? 0 : 1;
}

function parsed(words: string[]) {
  try {
    const options = { from: { type: 'string' }, days: { type: 'string' }, out: { type: 'string' } } as const;
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch {
    throw new UserError('bad_arguments', USAGE);
  }
}

function dateOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new UserError('bad_arguments', `"${text}" is no date. Write it like 2026-01-31.`);
  }
  return date;
}

/** @throws UserError where there is nothing that can be read */
async function filesAt(place: string): Promise<ExportFile[]> {
  const found = await stat(place).catch(() => null);
  if (!found) {
    throw new UserError('not_found', `There is nothing at ${place}. Name the folder of the export.`);
  }
  if (!found.isDirectory()) return [await fileAt(place, path.basename(place))];
  const names = await readdir(place, { recursive: true });
  const wanted = names.filter((it) => /\.(?:json|ics)$/i.test(it)).toSorted();
  if (wanted.length > MOST_FILES) {
    throw new UserError('too_many', `${place} holds ${wanted.length} files; ${MOST_FILES} is the most.`);
  }
  const files: ExportFile[] = [];
  for (const name of wanted) files.push(await fileAt(path.join(place, name), name));
  return files;
}

async function fileAt(place: string, name: string): Promise<ExportFile> {
  const { size } = await stat(place);
  if (size > MOST_BYTES) {
    throw new UserError('too_large', `${place} is larger than 64 MB. Export less at once.`);
  }
  return { name: name.split(path.sep).join('/'), text: await readFile(place, 'utf8') };
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
