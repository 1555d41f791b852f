import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { Reporter, Vitest } from 'vitest/node';

import type { ReportParity } from './test/support/parity-reporter.ts';
import { findPostgres } from './test/support/postgres.ts';
import { PATIENCE_MS } from './test/support/soon.ts';

/** The same tests on both databases: on the embedded one always, on PostgreSQL where it is installed. */
const hasPostgres = findPostgres() !== undefined;

/** No test is about speed; on a busy machine all take longer. */
const LIMIT_MS = 180_000;

/**
 * To an adapter the database is a drawer of keys and values, and all platforms at once take long: these run
 * once, on PostgreSQL where it is installed, on which things happen side by side.
 */
const ONCE = [
  'test/integration/{slack,teams,discord}-*.test.ts',
  'test/integration/rooms-{many,outage}.test.ts',
  'test/scenarios/{rough-chat,story,story-variants,on-call-story}.test.ts',
  'test/scenarios/chat-{bridge,private,degraded,people}.test.ts',
  // One process after the other, and what it is about is the same on both.
  'test/integration/traces.test.ts',
  // It has no database at all.
  'test/integration/redis-connection.test.ts',
  // Several processes share one, so it is never the built-in database.
  'test/scenarios/rolling.test.ts',
];

/** Brings a built-in database of its own. */
const WITHOUT_POSTGRES = ['test/scenarios/page-chaos.test.ts'];

export default defineConfig({
  test: {
    // Most of the time goes by with waiting: for rates, for sockets, for what is paced on purpose.
    maxWorkers: Math.max(2, 2 * availableParallelism()),
    reporters: ['default', parity()],
    expect: { poll: { timeout: PATIENCE_MS } },
    projects: [
      withoutDatabase('unit'),
      withoutDatabase('contracts'),
      ...onEachDatabase('integration'),
      ...onEachDatabase('scenarios'),
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: LIMIT_MS,
          hookTimeout: LIMIT_MS,
          fileParallelism: false,
        },
      },
    ],
  },
});

function withoutDatabase(name: string): TestProjectInlineConfiguration {
  // Files share a process: to start one for each took as long as what is in them.
  return {
    test: { name, include: [`test/${name}/**/*.test.ts`], isolate: false, testTimeout: LIMIT_MS },
  };
}

function onEachDatabase(folder: string): TestProjectInlineConfiguration[] {
  const kinds = hasPostgres ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
  return kinds.map((databaseKind) => ({
    test: {
      name: databaseKind === 'embedded' ? folder : `${folder}:${databaseKind}`,
      include: [`test/${folder}/**/*.test.ts`],
      exclude: databaseKind === 'postgres' ? WITHOUT_POSTGRES : hasPostgres ? ONCE : [],
      globalSetup: ['test/support/database-setup.ts'],
      provide: { databaseKind },
      // Files share a process, and with it the one database that takes a second to start.
      isolate: false,
      testTimeout: LIMIT_MS,
      hookTimeout: LIMIT_MS,
    },
  }));
}

/**
 * After a run of everything, the table of what works on which platform is what
 * that run proved, or the run fails; `npm run parity` writes it. It is loaded
 * then, by Node itself, because it reads what the adapters say of themselves.
 */
function parity(): Reporter {
  const run: { vitest?: Vitest } = {};
  return {
    onInit: (vitest) => void (run.vitest = vitest),
    async onTestRunEnd(modules, _errors, reason) {
      if (!run.vitest || reason === 'interrupted') return;
      const file = path.join(import.meta.dirname, 'test/support/parity-reporter.ts');
      const { reportParity } = (await import(pathToFileURL(file).href)) as { reportParity: ReportParity };
      await reportParity(run.vitest, modules);
    },
  };
}
