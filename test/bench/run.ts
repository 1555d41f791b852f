import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { wordsIn } from './options.ts';
import { onEachDatabase, type Place } from './places.ts';
import { chat } from './suites/chat.ts';
import { command } from './suites/command.ts';
import { create } from './suites/create.ts';
import { ingest } from './suites/ingest.ts';
import { llm } from './suites/llm.ts';
import { nodes } from './suites/nodes.ts';
import { oncall } from './suites/oncall.ts';
import { paging } from './suites/paging.ts';
import { queue } from './suites/queue.ts';
import { reading } from './suites/reading.ts';
import { rest } from './suites/rest.ts';
import { room } from './suites/room.ts';
import { storm } from './suites/storm.ts';
import { timers } from './suites/timers.ts';
import { traces } from './suites/traces.ts';

/**
 * `npm run bench [-- suite ... --option value ...]`: measures the real program, as a process of
 * its own, on both databases, and prints one JSON line for each suite and
 * database. Figures of one run are comparable with each other, not with those
 * of another machine; each names the yardstick that ran beside it where it has one.
 */
export type Suite = (place: Place) => Promise<Readonly<Record<string, unknown>>>;

const SUITES: Readonly<Record<string, Suite>> = {
  ingest,
  create,
  room,
  command,
  timers,
  rest,
  chat,
  oncall,
  paging,
  storm,
  nodes,
  traces,
  llm,
};

/** These bring their own database, take minutes, and are run when they are named. */
const ALONE: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = { reading, queue };

const wanted = wordsIn(process.argv.slice(2));
const unknown = wanted.filter((name) => !(name in SUITES) && !(name in ALONE));
const names = Object.keys({ ...SUITES, ...ALONE }).join(', ');
if (process.argv.includes('--help')) {
  process.stdout.write(`npm run bench [-- suite ... --option value ...]. The suites are ${names}.\n`);
  process.exit(0);
}
if (unknown.length > 0) {
  process.stderr.write(`There is no suite ${unknown.join(', ')}; there are ${names}.\n`);
  process.exit(1);
}

const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGiB: memoryGiB(),
  node: process.version,
};
for (const [name, suite] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await onEachDatabase(async (place) => {
    const figures = await suite(place);
    process.stdout.write(`${JSON.stringify({ suite: name, database: place.kind, ...figures, machine })}\n`);
  });
}
for (const name of wanted) {
  const figures = await ALONE[name]?.();
  if (figures) process.stdout.write(`${JSON.stringify({ suite: name, ...figures, machine })}\n`);
}

function memoryGiB(): number {
  const kib = /MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? '0';
  return Math.round(Number(kib) / 1024 ** 2);
}
