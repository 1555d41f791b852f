import { randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

import { readSettings, type Settings } from './config.ts';
import { verifyAnchors } from './db/anchors.ts';
import { failedGroups } from './db/handoff-groups.ts';
import { rememberedCount } from './db/memories.ts';
import { migrate } from './db/migrate.ts';
import { openDatabase, type OpenDb } from './db/open.ts';
import { lastSyntheticPage, syntheticPage } from './db/synthetic-pages.ts';
import { prepareVectors } from './db/vectors.ts';
import { examineChat } from './doctor-chat.ts';
import { examineModels } from './doctor-models.ts';
import { examineRun } from './doctor-run.ts';
import { embedderBy } from './embedding.ts';
import { UserError } from './errors.ts';
import { realClock } from './jobs/clock.ts';
import type { Egress } from './llm/egress.ts';

/**
 * `npm run doctor`: looks at everything the program needs and prints, for each
 * thing that is wrong, what to do about it. Changes nothing but what a start
 * would change (it brings the tables up to date). Exits with 1 when something
 * has to be put right.
 */
interface Finding {
  readonly ok: boolean;
  readonly about: string;
  readonly says: string;
}

const print = (line: string) => process.stdout.write(`${line}\n`);

async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings = [nodeVersion(process.versions.node)];
  const settings = await attempt(() => readSettings(env));
  if (settings instanceof Error) return [...findings, bad('settings', settings)];
  findings.push(
    good('settings', settings.local ? 'this machine only, no sign-in' : `open to ${settings.host}`),
  );
  findings.push(await page(), signIn(settings), heartbeat(settings), ...(await chat(settings)));
  findings.push(...(await models(settings)));
  const running = await runningVersion(settings);
  if (running !== null) {
    return [...findings, good('program', `version ${running} is running and healthy here`)];
  }
  return [...findings, await port(settings), ...(await database(settings))];
}

function nodeVersion(version: string): Finding {
  return Number(version.split('.')[0]) >= 26
    ? good('Node', version)
    : {
        ok: false,
        about: 'Node',
        says: `${version} is too old; start with \`npm start\`, which brings Node 26.`,
      };
}

async function page(): Promise<Finding> {
  const built = resolve(import.meta.dirname, '../dist/ui/index.html');
  const isBuilt = await access(built).then(
    () => true,
    () => false,
  );
  return isBuilt
    ? good('page', 'built')
    : { ok: false, about: 'page', says: 'the page is not built; run `npm run build`.' };
}

function signIn({ local, bootstrapKey, publicUrl }: Settings): Finding {
  if (local) return good('sign-in', 'not needed on this machine');
  if (!bootstrapKey) {
    const says =
      'HOST is set, so people sign in; set BOOTSTRAP_API_KEY to make the first admin and their link.';
    return { ok: false, about: 'sign-in', says };
  }
  return good(
    'sign-in',
    `by links that begin with ${publicUrl}/sign-in/; set PUBLIC_URL if that is not the address`,
  );
}

/** Nobody has to; but then nobody is told when this program is down. */
function heartbeat({ heartbeat: sent }: Settings): Finding {
  return good(
    'heartbeat',
    sent
      ? `${new URL(sent.url).host} is told every ${sent.everyMs / 1000} s that all is well`
      : 'nobody outside is told that all is well; HEARTBEAT_URL does it, so that somebody notices when this program is down',
  );
}

async function chat(settings: Settings): Promise<Finding[]> {
  const found = await examineChat(settings.chat, settings.publicUrl, () => realClock.now());
  return found.map(({ platform, ok, what, fix }) => ({
    ok,
    about: platform,
    says: ok || fix === '' ? what : `${what}: no. ${fix}`,
  }));
}

async function models({ llm }: Settings): Promise<Finding[]> {
  return (await examineModels(llm, realClock.now())).map((it) => ({ about: 'models', ...it }));
}

/** The version that answers at this address; what it holds (port, data folder) is then no fault. */
async function runningVersion({ host, port: at }: Settings): Promise<string | null> {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${at}/api/v1/health`;
  const health = await attempt(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) });
    return (await response.json()) as { status?: unknown; version?: unknown };
  });
  if (health instanceof Error || health.status !== 'healthy') return null;
  return typeof health.version === 'string' ? health.version : null;
}

const HEALTH_MS = 2000;

async function port({ host, port: wanted }: Settings): Promise<Finding> {
  const server = createServer();
  const { promise, resolve: done } = Promise.withResolvers<Error | null>();
  server.once('error', done).listen(wanted, host, () => done(null));
  const error = await promise;
  server.close();
  if (!error) return good('address', `${host}:${wanted} is free`);
  return {
    ok: false,
    about: 'address',
    says: `${host}:${wanted} cannot be used (${error.message}); if this program is not running there, set PORT or HOST.`,
  };
}

async function database(settings: Settings): Promise<Finding[]> {
  const opened = await attempt(() =>
    openDatabase({ dataDir: settings.dataDir, databaseUrl: settings.databaseUrl, waitMs: 0 }),
  );
  if (opened instanceof Error) return [await folderOr(settings, opened)];
  try {
    return await tables(opened, settings);
  } finally {
    await opened.close();
  }
}

async function tables(opened: OpenDb, settings: Settings): Promise<Finding[]> {
  const migrated = await attempt(() => migrate(opened.db));
  if (migrated instanceof Error) return [bad('database', migrated)];
  const { anchors, brokenAt } = await verifyAnchors(opened.db);
  const log: Finding =
    brokenAt === null
      ? good('audit log', `${anchors} daily anchors, all as they were made`)
      : {
          ok: false,
          about: 'audit log',
          says: `the log was changed on or before ${brokenAt}; keep the database as it is and compare it with a backup.`,
        };
  return [
    good('database', `${opened.kind}, ${opened.place}`),
    log,
    await testPage(opened),
    await similar(opened, settings),
    ...(await groups(opened)),
    ...(await examineRun(opened, settings)),
  ];
}

/** Those that do not follow the shift, as their platform last said. */
async function groups({ db }: OpenDb): Promise<Finding[]> {
  return (await failedGroups(db)).map(({ platform, name, failed }) => ({
    ok: false,
    about: platform,
    says: `the group ${name} does not follow the shift (${failed}); mend it there, or take it out of the groups of its schedule.`,
  }));
}

async function testPage({ db }: OpenDb): Promise<Finding> {
  const setting = await syntheticPage(db);
  if (!setting) {
    const says =
      'none is sent; synthetic_page in the setup file sends one a week, the whole way that a page goes';
    return good('test page', says);
  }
  const last = await lastSyntheticPage(db);
  const failed = typeof last?.failed === 'string' ? `; the last failed: ${last.failed}` : '';
  return good('test page', `goes to ${setting.to.kind} ${setting.to.id} every week${failed}`);
}

/** Nothing that is missing is a fault: it is found all the same, only slower and with less sense for misspelt words. */
async function similar({ db }: OpenDb, { embeddings }: Settings): Promise<Finding> {
  const embedder = embedderBy(embeddings, { egress: SHUT, now: () => realClock.now(), newId: randomUUID });
  const { vector, missing } = await prepareVectors(db, embedder);
  const { remembered, embedded } = await rememberedCount(db, embedder.model);
  const by = vector === null ? 'vectors are compared one by one' : `by pgvector ${vector}`;
  const says = `${remembered} past incidents are remembered, ${embedded} with a vector of ${embedder.model}; ${by}`;
  return good('similar incidents', missing === null ? says : `${says}. ${missing}`);
}

/** The doctor sends nothing to a model. */
const SHUT: Egress = { mayLeave: () => 'this is the doctor', left: async () => {} };

async function folderOr({ dataDir, databaseUrl }: Settings, error: Error): Promise<Finding> {
  if (databaseUrl !== undefined || error instanceof UserError) return bad('database', error);
  const writable = await access(dataDir, constants.W_OK).then(
    () => true,
    () => false,
  );
  const says = writable
    ? error.message
    : `${resolve(dataDir)} cannot be written to; set DATA_DIR to a folder that can.`;
  return { ok: false, about: 'database', says };
}

function good(about: string, says: string): Finding {
  return { ok: true, about, says };
}

function bad(about: string, error: Error): Finding {
  return { ok: false, about, says: error.message };
}

async function attempt<T>(run: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const findings = await examine(process.env);
for (const { ok, about, says } of findings) print(`${ok ? 'ok   ' : 'fix  '} ${about}: ${says}`);
process.exitCode = findings.every(({ ok }) => ok) ? 0 : 1;
