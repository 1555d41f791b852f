import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';

import { findPostgres } from './test/support/postgres.ts';

/** The same tests on both databases: on the embedded one always, on PostgreSQL where it is installed. */
const hasPostgres = findPostgres() !== undefined;

/** No test is about speed; on a busy machine all take longer. */
const PATIENCE_MS = 60_000;

export default defineConfig({
  test: {
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: PATIENCE_MS } },
      { test: { name: 'contracts', include: ['test/contracts/**/*.test.ts'], testTimeout: PATIENCE_MS } },
      ...onEachDatabase('integration'),
      ...onEachDatabase('scenarios'),
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

function onEachDatabase(folder: string): TestProjectInlineConfiguration[] {
  const kinds = hasPostgres ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
  return kinds.map((databaseKind) => ({
    test: {
      name: databaseKind === 'embedded' ? folder : `${folder}:${databaseKind}`,
      include: [`test/${folder}/**/*.test.ts`],
      globalSetup: ['test/support/database-setup.ts'],
      provide: { databaseKind },
      // Files share a process, and with it the one database that takes a second to start.
      isolate: false,
      testTimeout: PATIENCE_MS,
      hookTimeout: PATIENCE_MS,
    },
  }));
}
