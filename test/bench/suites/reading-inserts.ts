import { readdirSync, readFileSync } from 'node:fs';

import { KEY, type Program } from '#test/support/program.ts';

import type { BigPlace } from '../big-place.ts';
import { round } from '../load.ts';

const ROUNDS = 6;
const EVENTS = 5000;
const AT_ONCE = 64;
const SERVICES = 200;

interface Side {
  readonly place: BigPlace;
  readonly start: () => Promise<Program>;
}

/**
 * What one message costs, in two databases by turns, so that whatever else the machine does meets both: the time of
 * the database's processes and of the program's, and how long it took on the clock. Each message has an id that is
 * all chance, which is the dearest to keep unique.
 */
export async function insertCost(
  [small, big]: readonly [Side, Side],
  newId: () => string,
): Promise<Readonly<Record<string, unknown>>> {
  const sides = [
    { ...small, program: await small.start() },
    { ...big, program: await big.start() },
  ] as const;
  try {
    const costs: [Cost[], Cost[]] = [[], []];
    for (let index = -1; index < ROUNDS; index += 1) {
      for (const [which, { program, place }] of sides.entries()) {
        const cost = await roundOf(program, place, newId);
        if (index >= 0) costs[which as 0 | 1].push(cost);
      }
    }
    const [few, many] = costs;
    return {
      small: middle(few),
      big: middle(many),
      ratioOfDatabaseCpu: ratio(few, many, 'databaseUs'),
      ratioOfClock: ratio(few, many, 'clockUs'),
    };
  } finally {
    for (const { program } of sides) await program.stop();
  }
}

/** Microseconds a message. */
interface Cost {
  readonly databaseUs: number;
  readonly clockUs: number;
}

async function roundOf({ url }: Program, { postmaster }: BigPlace, newId: () => string): Promise<Cost> {
  const before = cpuOf(postmaster());
  const start = performance.now();
  let next = 0;
  const sender = async () => {
    while (next < EVENTS) {
      next += 1;
      await send(`${url}/api/v1/events`, next, newId());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  const clock = performance.now() - start;
  return {
    databaseUs: round(((cpuOf(postmaster()) - before) * 1000) / EVENTS),
    clockUs: round((clock * 1000) / EVENTS),
  };
}

async function send(url: string, index: number, id: string): Promise<void> {
  const service = `insert-${index % SERVICES}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify({
      event_id: id,
      source: 'bench',
      timestamp: new Date().toISOString(),
      event_type: 'alert',
      category: 'performance',
      title: `Latency of ${service} is above its threshold`,
      description: 'The 95th percentile has been above 2 s for five minutes.',
      severity: 'P3',
      resource: { type: 'service', id: service, name: service, metadata: {} },
      tags: { service, environment: 'production' },
    }),
  });
  await answer.text();
  if (answer.status !== 202) throw new Error(`an event was answered ${answer.status}`);
}

/** Milliseconds that a server and everything it started have worked, those that ended as well. */
function cpuOf(postmaster: number): number {
  const all = readdirSync('/proc')
    .filter((it) => /^\d+$/.test(it))
    .flatMap((pid) => statOf(Number(pid)));
  const own = all.filter(({ pid, parent }) => pid === postmaster || parent === postmaster);
  const ended = all.find(({ pid }) => pid === postmaster)?.endedTicks ?? 0;
  return (own.reduce((sum, it) => sum + it.ticks, 0) + ended) * TICK_MS;
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

function statOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
      (it) => fields[it] ?? 0,
    );
    return [{ pid, parent, ticks: user + system, endedTicks: endedUser + endedSystem }];
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function middle(costs: readonly Cost[]): Cost {
  return {
    databaseUs: median(costs.map((it) => it.databaseUs)),
    clockUs: median(costs.map((it) => it.clockUs)),
  };
}

function ratio(few: readonly Cost[], many: readonly Cost[], what: keyof Cost): number {
  return (
    Math.round((median(many.map((it) => it[what])) / Math.max(1, median(few.map((it) => it[what])))) * 100) /
    100
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
