import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { openDatabase } from '#src/db/open.ts';
import { check } from '#test/crash/check.ts';
import { Load } from '#test/crash/load.ts';
import { freePort } from '#test/support/free-port.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { factsOf, notIn } from './facts.ts';
import { makeGround, type Ground, type Kind } from './places.ts';
import { HERE, startIn } from './program.ts';

/**
 * Does what `manifests/OPERATIONS.md` says, with the program under load, and looks whether it is true:
 *
 *   npm run rehearse -- [--seconds 20] [--on built-in|postgres|both] [--from <commit>]
 *
 * A backup while it runs, the machine lost, the backup restored elsewhere, the program started on it. And an upgrade:
 * the program of an older commit (by default the last one with other migrations than this) is stopped under load and
 * this one started on its data. The last line is one JSON object; ends with 1 when anything is not as it must be.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    on: { type: 'string', default: 'both' },
    from: { type: 'string' },
  },
});
const loadMs = Number(values.seconds) * 500;
/** So that reactions of the last events are done. */
const SETTLE_MS = 8000;
const scratch = makeTemporaryFolder();

// Every program and every place that was made is put away at the end, however that comes.
process.setMaxListeners(0);
process.once('exit', () => removeFolder(scratch));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const kinds: Kind[] = values.on === 'both' ? ['built-in', 'postgres'] : [values.on as Kind];
const older = unpackOlder(values.from ?? lastWithOtherMigrations());
const results = [];
for (const kind of kinds) results.push(await rehearseBackup(kind), await rehearseUpgrade(kind));
const ok = results.every((it) => it.wrong.length === 0);
for (const { what, kind, wrong } of results) {
  for (const it of wrong.slice(0, 20)) process.stderr.write(`${what} on ${kind}: ${it}\n`);
}
const shown = results.map(({ wrong, ...rest }) => ({ ...rest, wrong: wrong.length }));
process.stdout.write(`${JSON.stringify({ test: 'rehearse', ok, older: older.commit, results: shown })}\n`);
process.exitCode = ok ? 0 : 1;

async function rehearseBackup(kind: Kind) {
  const [here, elsewhere] = [ground(kind), ground(kind)];
  const port = await freePort();
  const program = await startIn(HERE, here.place, port);
  const load = new Load(program.url);
  load.start();
  await sleep(loadMs);

  const before = new Set(load.account.events.keys());
  const file = path.join(scratch, `${kind}.backup`);
  const watch = watchAnswers(program.url);
  const backupMs = await timed(() => here.backup(file, program.url));
  const longestAnswerMs = await watch.stop();
  await sleep(loadMs);
  await load.finish();
  // The machine is lost.
  await program.kill();

  const restoreMs = await timed(() => elsewhere.restore(file));
  const whole = await factsOf(here.place);
  const copy = await factsOf(elsewhere.place);
  const began = performance.now();
  const again = await startIn(HERE, elsewhere.place, port);
  const startMs = performance.now() - began;
  const after = new Load(again.url);
  after.start();
  await sleep(Math.min(loadMs, 3000));
  await after.finish();
  const taken = after.account.events.size;
  const exitCode = await again.stop();
  const wrong = [
    ...copy.broken,
    ...notIn(whole, copy),
    ...[...before]
      .filter((it) => !copy.events.has(it))
      .map((it) => `The event ${it} was answered before the backup and is lost.`),
    ...load.account.outrages,
    ...after.account.outrages,
    ...(taken === 0 ? ['It took nothing after the restore.'] : []),
    ...(exitCode === 0 ? [] : [`It stopped with ${exitCode}.`]),
    ...[...program.errors, ...again.errors].map((it) => `It logged: ${it.slice(0, 300)}`),
  ];
  return {
    what: 'backup',
    kind,
    wrong,
    seconds: {
      backup: round(backupMs),
      longestAnswerMeanwhile: round(longestAnswerMs),
      restore: round(restoreMs),
      start: round(startMs),
      rto: round(restoreMs + startMs),
    },
    megabytes: Math.round(statSync(file).size / 1e5) / 10,
    incidents: copy.incidents,
    entries: copy.hashes.size,
    events: copy.events.size,
    // What a backup cannot have: it came after it. Continuous archiving of PostgreSQL has it.
    eventsAfterBackup: whole.events.size - copy.events.size,
  };
}

async function rehearseUpgrade(kind: Kind) {
  const { place } = ground(kind);
  const port = await freePort();
  const old = await startIn(older.folder, place, port);
  const load = new Load(old.url);
  load.start();
  await sleep(loadMs);
  const exitCode = await old.stop();
  const before = await factsOf(place);
  const began = performance.now();
  const program = await startIn(HERE, place, port);
  const startMs = performance.now() - began;
  await sleep(loadMs);
  await load.finish();
  await sleep(SETTLE_MS);
  await load.failAgain();
  await sleep(SETTLE_MS);
  const lastCode = await program.stop();
  const after = await factsOf(place);
  const { db, close } = await openDatabase({
    dataDir: place['DATA_DIR'] ?? '',
    databaseUrl: place['DATABASE_URL'],
  });
  const { wrong } = await check(db, load.account, new Date());
  await close();
  return {
    what: 'upgrade',
    kind,
    wrong: [
      ...wrong,
      ...after.broken,
      ...notIn(after, before),
      ...load.account.outrages,
      ...[exitCode, lastCode].filter((it) => it !== 0).map((it) => `It stopped with ${it}.`),
      ...program.errors.map((it) => `It logged: ${it.slice(0, 300)}`),
    ],
    seconds: { startWithMigrations: round(startMs) },
    incidents: before.incidents,
    entries: before.hashes.size,
    events: before.events.size,
    acknowledged: load.account.events.size,
  };
}

function ground(kind: Kind): Ground {
  const made = makeGround(kind);
  process.once('exit', () => made.remove());
  return made;
}

/** Asks again and again until it is stopped, and answers with how long the longest answer took. */
function watchAnswers(url: string): { stop(): Promise<number> } {
  const over = new AbortController();
  let longest = 0;
  const running = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await fetch(`${url}/ready`).then(async (it) => await it.text());
      longest = Math.max(longest, performance.now() - began);
      await sleep(20);
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await running;
      return longest;
    },
  };
}

/** The last commit whose migrations are not those that are here. */
function lastWithOtherMigrations(): string {
  if (git('status', '--porcelain', '--', 'migrations') !== '') return git('rev-parse', 'HEAD');
  const [latest = 'HEAD'] = git('log', '--diff-filter=A', '--format=%H', '--', 'migrations/0*.ts').split(
    '\n',
  );
  return git('rev-parse', `${latest}^`);
}

/** As it was in the repository, with the packages that are here. */
function unpackOlder(commit: string): { readonly commit: string; readonly folder: string } {
  const folder = path.join(scratch, 'older');
  mkdirSync(folder);
  execFileSync('sh', ['-c', `git archive ${commit} | tar -x -C ${folder}`], { cwd: HERE });
  for (const it of ['node_modules', 'dist']) symlinkSync(path.join(HERE, it), path.join(folder, it));
  return { commit: commit.slice(0, 10), folder };
}

function git(...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: HERE, encoding: 'utf8' }).trim();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function round(ms: number): number {
  return Math.round(ms / 10) / 100;
}
