import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findPostgres, run as runProgram, startPostgres } from '#test/support/postgres.ts';

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
    writeLogFiles(programs, databaseUrl);
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

/**
 * A new server makes each file of its log as it comes to it, 50 ms in which nothing is committed, every other second at
 * 8,000 events a second; one that has been in service for a while takes old ones again. So many are written that it has those it keeps (2 GB, `min_wal_size`).
 */
function writeLogFiles(programs: string, databaseUrl: string): void {
  const fill = `select pg_logical_emit_message(false, 'bench', 'filled'); select pg_switch_wal();`;
  runProgram(programs, 'psql', [
    '-qAt',
    '-o',
    '/dev/null',
    databaseUrl,
    ...Array.from({ length: 128 }, () => ['-c', fill]).flat(),
    '-c',
    'checkpoint',
  ]);
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'incident-bench-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
