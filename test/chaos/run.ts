import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { countJobs } from '#src/db/jobs.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { undispatched } from '#src/db/outbox.ts';
import type { Db } from '#src/db/schema.ts';
import { Random } from '#test/pages/random.ts';
import { CHATS, startOutside, type Outside } from '#test/support/cluster-outside.ts';
import { startCluster, type Cluster } from '#test/support/cluster.ts';
import { findRedis } from '#test/support/redis.ts';

import { setUp } from './cast.ts';
import { check } from './check.ts';
import { Faults } from './faults.ts';
import { Load } from './load.ts';

/**
 * Breaks everything that can break in a set-up of several processes under load, at random, and looks at the
 * end whether anything that it had accepted was lost, or done twice, and how late it was:
 *
 *   npm run test:chaos -- [--faults 1000] [--seed N] [--processes 3] [--redis on|off]
 *
 * The last line is one JSON object; the exit code is 1 when anything is wrong.
 */

/** How long it may take to catch up when nothing is broken any more: chats let only so many calls through a minute. */
const CATCH_UP_MS = 900_000;
const EMPTIED = 10;
/** Rate limits hold, but give way so many times sooner: hours would be spent with waiting for Slack's minutes. */
const CHAT_PACE = 4;
/** So long nothing may be left to do: a promise may be due ten seconds after it was made. */
const QUIET_S = 12;

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '' },
    processes: { type: 'string', default: '3' },
    redis: { type: 'string', default: findRedis() === undefined ? 'off' : 'on' },
  },
});
const wanted = Number(values.faults);
const seed = values.seed === '' ? Math.floor(Math.random() * 1e9) : Number(values.seed);
process.stderr.write(`seed ${seed}\n`);

const began = performance.now();
const outside: Outside = await startOutside(() => cluster.anyNode().url, CHAT_PACE);
const cluster: Cluster = await startCluster({
  roles: Array.from({ length: Number(values.processes) }, () => ''),
  redis: values.redis === 'on',
  env: outside.env,
});
const { db, close } = await openDatabase({ dataDir: '', databaseUrl: cluster.databaseUrl });
await migrate(db);
await outside.introduce(db);
await setUp(db, { onDiscord: outside.chats.discord.people, hook: outside.webhook.hook });
await cluster.heal();

const faults = new Faults(cluster, outside, new Random(seed, 1));
const load = new Load(() => cluster.anyNode().url, new Random(seed, 2));
load.start();
for (let done = 1; done <= wanted; done += 1) {
  await faults.next();
  if (done % 50 === 0) process.stderr.write(`${done} faults, ${passed()} s\n`);
}
await faults.flushAtLeast(Math.min(EMPTIED, wanted));
const faultyS = passed();
await faults.over();
await cluster.heal();
await load.finish();
await load.resolveAll();
const caughtUpS = await catchUp(db);
const codes = await stopNodes();
const found = await check(db, { account: load.account, outside, spans: faults.spans, now: new Date() });
await close();

const wrong = [
  ...found.wrong,
  ...load.account.outrages,
  ...codes.flatMap((it, index) => (it === 0 ? [] : [`Node ${index + 1} stopped with ${it} at the end.`])),
  ...cluster.nodes.flatMap((it) => it.crashes),
  ...faults.troubles,
];
for (const [text, times] of alike(wrong).slice(0, 40)) process.stderr.write(`${times} x ${text}\n`);
for (const [text, times] of alike(cluster.nodes.flatMap((it) => it.givenUp)).slice(0, 3)) {
  process.stderr.write(`${times} x while it started: ${text.slice(0, 1000)}\n`);
}
if (wrong.length > 0) process.stderr.write(loggedErrors());
process.stdout.write(
  `${JSON.stringify({
    test: 'chaos',
    ok: wrong.length === 0,
    seed,
    processes: cluster.nodes.length,
    redis: cluster.redis !== null,
    faults: [...faults.counts.values()].reduce((sum, it) => sum + it, 0),
    kinds: Object.fromEntries(faults.counts),
    wrong: wrong.length,
    restarted: cluster.nodes.reduce((sum, it) => sum + it.givenUp.length, 0),
    faultyS,
    caughtUpS,
    seconds: passed(),
    ...load.account.counts,
    acceptedMs: middle(load.acceptedMs),
    startMs: middle(cluster.nodes.flatMap((it) => it.starts)),
    tooManyCalls: Object.fromEntries(CHATS.map((it) => [it, outside.chats[it].measured.tooMany.length])),
    ...found.figures,
  })}\n`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
await cluster.stop();
await outside.stop();
process.exit();

function passed(): number {
  return Math.round((performance.now() - began) / 1000);
}

/** Until nothing is left to do; answers after how many seconds, or -1 where it never came to that. */
async function catchUp(looking: Db): Promise<number> {
  const start = performance.now();
  let quiet = 0;
  while (quiet < QUIET_S) {
    if (performance.now() - start > CATCH_UP_MS) return -1;
    await sleep(1000);
    const { ready, delayed, running } = await countJobs(looking, new Date());
    quiet = ready + delayed + running + (await undispatched(looking)) === 0 ? quiet + 1 : 0;
  }
  return Math.round((performance.now() - start) / 1000) - QUIET_S;
}

async function stopNodes(): Promise<readonly (number | null)[]> {
  return await Promise.all(cluster.nodes.map((it) => it.stop()));
}

/** What the nodes complained of, one of each sort. */
function loggedErrors(): string {
  const lines = cluster.nodes.flatMap((it) => it.lines).filter((it) => /"level":[56]0/.test(it));
  // Of an answer that names where the log has it, that line itself.
  const named = load.account.outrages.flatMap((it) => /under ([0-9a-f-]{36})/.exec(it)?.[1] ?? []);
  const own = lines.filter((it) => named.some((id) => it.includes(id)));
  return alike([...own, ...lines])
    .slice(0, 15)
    .map(([text, times]) => `logged ${times} x ${text.slice(0, 1500)}\n`)
    .join('');
}

/** One of each sort, and how many there are: they differ in ids, numbers and times. */
function alike(sentences: readonly string[]): [text: string, times: number][] {
  const sorts = Map.groupBy(sentences, (it) =>
    it.slice(0, 400).replaceAll(/[0-9a-f]{8}-[0-9a-f-]+|\d+/g, '#'),
  );
  return [...sorts.values()].map((it) => [it[0] ?? '', it.length]);
}

function middle(samples: readonly number[]): Readonly<Record<string, number>> {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
