import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { openDatabase } from '#src/db/open.ts';
import { findPostgres, startPostgres } from '#test/support/postgres.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { check } from './check.ts';
import { Load } from './load.ts';
import { KEY, Victim } from './victim.ts';

/**
 * Kills the program with SIGKILL at random moments under load, and looks at the
 * end whether anything that it had accepted was lost, or done twice:
 *
 *   npm run test:crash -- [--kills 200] [--on pglite|postgres|both]
 *
 * The last line is one JSON object; the exit code is 1 when anything is wrong.
 */

type Kind = 'pglite' | 'postgres';

/** One kill in four comes while the program starts: recovery must survive being cut off, too. */
const WHILE_STARTING = 0.25;
const LONGEST_LIFE_MS = 1500;
/** How long the program may take to catch up when nobody kills it any more. */
const CATCH_UP_MS = 120_000;

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, on: { type: 'string', default: 'both' } },
});
const kinds = kindsOf(values.on);
const kills = Math.ceil(Number(values.kills) / kinds.length);
const results = await Promise.all(kinds.map((kind) => survive(kind, kills)));

const isFine = results.every((it) => it.wrong.length === 0);
for (const { kind, wrong } of results) {
  const sorts = alike(wrong).map(([text, times]) => `${kind}: ${times} x ${text}\n`);
  process.stderr.write(sorts.slice(0, 30).join(''));
}
const total = results.reduce((sum, it) => sum + it.kills, 0);
process.stdout.write(
  `${JSON.stringify({ test: 'crash', ok: isFine, kills: total, results: results.map(shown) })}\n`,
);
process.exitCode = isFine ? 0 : 1;

function kindsOf(on: string): Kind[] {
  if (on === 'pglite' || on === 'postgres') return [on];
  if (on === 'both') return ['pglite', 'postgres'];
  throw new Error('--on is pglite, postgres or both');
}

async function survive(kind: Kind, times: number) {
  const began = performance.now();
  const { place, remove } = makePlace(kind);
  const victim = await Victim.make(place);
  // Whatever ends this process leaves nothing behind.
  process.once('exit', () => {
    victim.killNow();
    remove();
  });
  const load = new Load(victim.url);
  load.start();
  try {
    for (let done = 0; done < times; done += 1) {
      victim.start();
      if (Math.random() >= WHILE_STARTING) await victim.ready();
      await sleep(Math.random() * LONGEST_LIFE_MS);
      await victim.kill();
    }
    victim.start();
    await victim.ready();
    await load.finish();
    const caughtUpMs = await catchUp(victim);
    await load.failAgain();
    await catchUp(victim);
    const exitCode = await victim.stop();
    const opened = await openDatabase({ dataDir: place.DATA_DIR ?? '', databaseUrl: place.DATABASE_URL });
    const { wrong, figures } = await check(opened.db, load.account, new Date());
    await opened.close();
    return {
      kind,
      kills: times,
      wrong: [
        ...wrong,
        ...load.account.outrages,
        ...(exitCode === 0 ? [] : [`At the end it stopped with ${exitCode}.`]),
        ...victim.errors.map((it) => `It logged: ${it.slice(0, 500)}`),
      ],
      seconds: Math.round((performance.now() - began) / 1000),
      startMs: median(victim.starts),
      caughtUpMs,
      figures: { ...figures, ...load.account.counts },
    };
  } finally {
    await victim.kill();
  }
}

/** Until no job is left to do: answers after how many milliseconds. */
async function catchUp(victim: Victim): Promise<number> {
  const began = performance.now();
  let quiet = 0;
  // A promise may be due four seconds after it was made.
  while (quiet < 6) {
    if (performance.now() - began > CATCH_UP_MS) break;
    await sleep(1000);
    const response = await fetch(`${victim.url}/metrics`, { headers: { 'x-api-key': KEY } });
    const waiting = [
      ...(await response.text()).matchAll(/^queue_depth\{lane="(?:ready|delayed|running)"\} (\d+)/gm),
    ];
    const jobs = waiting.reduce((sum, it) => sum + Number(it[1]), 0);
    quiet = jobs === 0 && waiting.length > 0 ? quiet + 1 : 0;
  }
  return Math.round(performance.now() - began);
}

function makePlace(kind: Kind): { place: Record<string, string>; remove: () => void } {
  const folder = makeTemporaryFolder();
  if (kind === 'pglite') return { place: { DATA_DIR: folder }, remove: () => removeFolder(folder) };
  const programs = findPostgres();
  if (!programs) throw new Error('PostgreSQL is not installed: --on pglite tests the other one.');
  const server = startPostgres(programs);
  return {
    place: { DATA_DIR: folder, DATABASE_URL: server.urlOf('postgres') },
    remove: () => {
      server.stop();
      removeFolder(folder);
    },
  };
}

/** One of each sort, and how many there are: they differ in ids, numbers and times. */
function alike(sentences: readonly string[]): [text: string, times: number][] {
  const sorts = Map.groupBy(sentences, (it) => it.replaceAll(/[0-9a-f]{8}-[0-9a-f-]+|\d+/g, '#'));
  return [...sorts.values()].map((it) => [it[0] ?? '', it.length]);
}

function median(list: readonly number[]): number {
  return Math.round(list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0);
}

function shown({ wrong, figures, ...rest }: Awaited<ReturnType<typeof survive>>) {
  return { ...rest, wrong: wrong.length, ...figures };
}
