import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findPostgres, startPostgres } from '#test/support/postgres.ts';

/** Where the program under test keeps its data: on a disk, and as durable as in earnest. */
export interface Place {
  readonly kind: 'pglite' | 'postgres';
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

/** A new place for each; PostgreSQL is left out, with a word, where it is not installed. */
export async function onEachDatabase(run: (place: Place) => Promise<void>): Promise<void> {
  await inFolder(async (dataDir) => {
    await run({ kind: 'pglite', env: { DATA_DIR: dataDir }, dataDir, databaseUrl: undefined });
  });
  const programs = findPostgres();
  if (!programs) {
    process.stderr.write('PostgreSQL is not installed: measured on the built-in database only.\n');
    return;
  }
  const server = startPostgres(programs, { durable: true });
  try {
    const databaseUrl = server.urlOf('postgres');
    await inFolder(async (dataDir) => {
      await run({
        kind: 'postgres',
        env: { DATA_DIR: dataDir, DATABASE_URL: databaseUrl },
        dataDir,
        databaseUrl,
      });
    });
  } finally {
    server.stop();
  }
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'incident-bench-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
