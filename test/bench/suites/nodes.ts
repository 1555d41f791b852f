import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import type { ClusterNode } from '#test/support/cluster-node.ts';
import { startCluster, until, type Cluster } from '#test/support/cluster.ts';
import { KEY } from '#test/support/program.ts';
import { findRedis } from '#test/support/redis.ts';

import { cpuMs, cpuMsOfFamily, parentOf, pidOf } from '../cpu.ts';
import type { Order, Report } from '../hammer.ts';
import { round } from '../load.ts';
import type { Place } from '../places.ts';

const MOST_NODES = Number(process.env['BENCH_NODES'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
/** What is paced is far below what one node can take: what an event costs then is what it costs all day. */
const PACED = Number(process.env['BENCH_RATE'] ?? 1000);
const CONNECTIONS = 100;
const WARM_UP_S = 5;
const PATIENCE_MS = 120_000;

/**
 * One, two and three nodes on this machine before one PostgreSQL and one Redis: how much they take together, what an
 * event costs each of them and the database, and whether the work that follows divides and nothing of it is done twice.
 * All share the processors with each other, the database and the sender: what a node costs is the figure to plan by,
 * not how much more two take than one.
 */
export async function nodes({ kind }: Place): Promise<Readonly<Record<string, unknown>>> {
  if (kind === 'pglite') return { leftOut: 'the built-in database has one process' };
  const measured: unknown[] = [];
  for (let count = 1; count <= MOST_NODES; count += 1) measured.push(await measure(count));
  return { paced: PACED, secondsEach: SECONDS, redis: findRedis() !== undefined, measured };
}

async function measure(count: number): Promise<Readonly<Record<string, unknown>>> {
  const cluster = await startCluster({
    roles: Array.from({ length: count }, () => ''),
    redis: findRedis() !== undefined,
    durable: true,
    wires: false,
  });
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl: cluster.databaseUrl });
  try {
    await cluster.heal();
    const server = await serverOf(db);
    await hammer(cluster, { run: 'warm', seconds: WARM_UP_S, perSecond: PACED });
    await done(db);
    const idle = await costs(cluster, server, async () => await sleep(5000));
    const paced = await run(cluster, server, db, { run: 'paced', seconds: SECONDS, perSecond: PACED });
    const most = await run(cluster, server, db, { run: 'most', seconds: SECONDS, perSecond: null });
    const { rows } = await sql<{ doubled: number }>`
      select count(*)::int as doubled from (
        select external_id from alert_events where external_id is not null group by external_id having count(*) > 1
      ) as twice`.execute(db);
    return {
      nodes: count,
      idleCpuShare: { node: round(idle.node / 5000), database: round(idle.database / 5000) },
      paced,
      most,
      workByNode: await workOf(cluster.nodes),
      ...(await doubles(db)),
      eventsTwice: rows[0]?.doubled ?? 0,
    };
  } finally {
    await close();
    await cluster.stop();
  }
}

type Wish = Pick<Order, 'run' | 'seconds' | 'perSecond'>;

async function run(cluster: Cluster, server: number, db: Db, wish: Wish) {
  const sent: { report?: Report } = {};
  const cpu = await costs(cluster, server, async () => {
    sent.report = await hammer(cluster, wish);
    // What follows from the events is part of what they cost.
    await done(db);
  });
  const { accepted = 0, refused, perSecond, byNode, ms } = sent.report ?? {};
  const stored = await sql<{ count: number }>`
    select count(*)::int as count from alert_events where external_id like ${`${wish.run}-%`}`.execute(db);
  const each = (all: number) => round((all * 1000) / Math.max(1, accepted));
  return {
    perSecond,
    ms,
    refused,
    lost: accepted - (stored.rows[0]?.count ?? 0),
    shareByNode: byNode?.map((it) => round((100 * it) / Math.max(1, accepted))),
    // Microseconds of processor time for each event: of all nodes together, of the database, of Redis.
    cpuUsPerEvent: { nodes: each(cpu.node), database: each(cpu.database), redis: each(cpu.redis) },
  };
}

async function hammer(cluster: Cluster, wish: Wish): Promise<Report> {
  const child = fork(path.join(import.meta.dirname, '../hammer.ts'), { stdio: 'inherit' });
  const order: Order = {
    ...wish,
    urls: cluster.nodes.map((it) => it.url),
    key: KEY,
    connections: CONNECTIONS,
  };
  child.send(order);
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

/** Processor time that everybody used while this was done, in milliseconds. */
async function costs(cluster: Cluster, server: number, work: () => Promise<void>) {
  // It gives itself the name of what it listens at.
  const redis = cluster.redis ? pidOf('redis-server', `:${cluster.redis.port}`) : 0;
  const now = () => ({
    node: cluster.nodes.reduce((sum, it) => sum + cpuMs(it.pid ?? 0), 0),
    database: cpuMsOfFamily(server),
    redis: cpuMs(redis),
  });
  const before = now();
  await work();
  const after = now();
  return {
    node: after.node - before.node,
    database: after.database - before.database,
    redis: after.redis - before.redis,
  };
}

/** The process that all others of the database server are children of. */
async function serverOf(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return parentOf(rows[0]?.pid ?? 0);
}

async function done(db: Db): Promise<void> {
  const isDone = async () => {
    const { rows } = await sql<{ left: number }>`
      select (select count(*) from jobs where dead_at is null)::int
        + (select count(*) from incident_events where dispatched_at is null)::int as left`.execute(db);
    return rows[0]?.left === 0;
  };
  await until(isDone, PATIENCE_MS);
}

/** How many reactions each node has run, in hundredths of all. */
async function workOf(all: readonly ClusterNode[]): Promise<readonly number[]> {
  const counts = await Promise.all(
    all.map(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`, { headers: { 'x-api-key': KEY } })).text();
      const lines = text.matchAll(/^reactions_total\{[^}]*outcome="done"[^}]*\} (\d+)/gm);
      return [...lines].reduce((sum, it) => sum + Number(it[1]), 0);
    }),
  );
  const total = counts.reduce((sum, it) => sum + it, 0);
  return counts.map((it) => round((100 * it) / Math.max(1, total)));
}

/** Incidents of one service, and rooms of one incident, beyond the first. */
async function doubles(db: Db): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ incidents: number; rooms: number }>`
    select (select count(*) - count(distinct resource->>'name') from incidents)::int as incidents,
      (select count(*) - count(distinct (incident, platform)) from rooms)::int as rooms`.execute(db);
  return { incidentsTwice: rows[0]?.incidents ?? 0, roomsTwice: rows[0]?.rooms ?? 0 };
}
