import { join } from 'node:path';
import { env } from 'node:process';

import { sql } from 'kysely';
import type { TestProject } from 'vitest/node';

import { makeTemplate, prepareDataFolder } from '#src/db/data-folder.ts';
import { startEmbedded } from '#src/db/embedded.ts';
import { migrate } from '#src/db/migrate.ts';
import { handleOver, openDatabase } from '#src/db/open.ts';

import { startPgBouncer } from './pgbouncer.ts';
import { findPostgres, startPostgres, sweepAbandoned } from './postgres.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseKind: 'embedded' | 'postgres';
    /** Embedded: the folder of a migrated database. PostgreSQL: the address of the maintenance database. */
    databaseTemplate: string;
    /** What the databases of tests are reached through, where that is not the server itself. */
    databasePooler: string | null;
  }
}

/** The database on PostgreSQL that every test gets a copy of. */
export const TEMPLATE_DATABASE = 'migrated';

interface Template {
  readonly at: string;
  /** With `THROUGH_PGBOUNCER=1` the suite runs through one in transaction mode. */
  readonly pooler?: string;
  readonly stop: () => void;
}

/** One for all projects of a kind: each project has a set-up of its own, and they share the process. */
const shared = globalThis as {
  databaseTemplates?: Map<string, { template: Promise<Template>; users: number }>;
};
const templates = (shared.databaseTemplates ??= new Map());

/** Makes the migrated database that each test starts from. Runs once for each project, before its tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  sweepAbandoned(findPostgres());
  const kind = project.config.provide.databaseKind ?? 'embedded';
  const entry = templates.get(kind) ?? { template: MAKE[kind](), users: 0 };
  entry.users += 1;
  templates.set(kind, entry);
  const template = await entry.template;
  project.provide('databaseTemplate', template.at);
  project.provide('databasePooler', template.pooler ?? null);
  return async () => {
    entry.users -= 1;
    if (entry.users > 0) return;
    templates.delete(kind);
    template.stop();
  };
}

const MAKE: Record<'embedded' | 'postgres', () => Promise<Template>> = {
  embedded: makeEmbeddedTemplate,
  postgres: makePostgresTemplate,
};

async function makeEmbeddedTemplate(): Promise<Template> {
  sayIfPostgresIsMissing();
  await makeTemplate();
  const folder = makeTemporaryFolder();
  const data = join(folder, 'database');
  await prepareDataFolder(data);
  const embedded = await startEmbedded(data);
  const db = handleOver(embedded.newPool());
  await migrate(db);
  await sql`vacuum (analyze)`.execute(db);
  await embedded.close();
  return { at: data, stop: () => removeFolder(folder) };
}

async function makePostgresTemplate(): Promise<Template> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const server = startPostgres(programs);
  const main = await openDatabase({ dataDir: '', databaseUrl: server.urlOf('postgres') });
  await sql`create database ${sql.table(TEMPLATE_DATABASE)}`.execute(main.db);
  await main.close();
  const made = await openDatabase({ dataDir: '', databaseUrl: server.urlOf(TEMPLATE_DATABASE) });
  await migrate(made.db);
  await made.close();
  const bouncer = env.THROUGH_PGBOUNCER ? await startPgBouncer(server.urlOf('postgres')) : null;
  return {
    at: server.urlOf('postgres'),
    ...(bouncer ? { pooler: bouncer.through(server.urlOf('postgres')) } : {}),
    stop: () => {
      void bouncer?.stop();
      server.stop();
    },
  };
}

/** What is not tested must not look tested: one loud line here, a failure where it must never happen. */
function sayIfPostgresIsMissing(): void {
  if (findPostgres() !== undefined) return;
  const text =
    'NOT TESTED ON POSTGRESQL: no initdb of version 15 or newer found. ' +
    'Install it (Debian: apt-get install postgresql) to run these tests on it as well.';
  if (env.CI) throw new Error(text);
  process.stderr.write(`\n${text}\n\n`);
}
