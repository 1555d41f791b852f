import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import { BullMqQueue } from '#src/jobs/bullmq.ts';
import { realClock } from '#src/jobs/clock.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import type { Job, Queue } from '#src/jobs/queue.ts';
import { connectRedis } from '#src/jobs/redis.ts';
import { findPostgres, startPostgres } from '#test/support/postgres.ts';
import { startRedis } from '#test/support/redis.ts';

import { percentiles } from '../load.ts';

const JOBS = Number(process.env['BENCH_N'] ?? 10_000);
const PACED = Number(process.env['BENCH_PACED'] ?? 500);
const PER_SECOND = Number(process.env['BENCH_RATE'] ?? 50);
/** The relay adds as many at once. */
const BATCH = 200;
const PATIENCE_MS = 120_000;

type Figures = Readonly<Record<string, unknown>>;

/**
 * Jobs that do nothing, in lanes of their own, on PostgreSQL as careful as in production: how many a second, and
 * from being added by one process until they begin in another; by the queue in the database and by the one over Redis.
 */
export async function queue(): Promise<Figures> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const server = startPostgres(programs, { durable: true });
  const redis = await startRedis();
  const figures: Record<string, unknown> = { jobs: JOBS, pacedPerSecond: PER_SECOND };
  try {
    for (const processes of [1, 2]) {
      for (const url of ['', redis.url]) {
        const name = `${url === '' ? 'inDatabase' : 'overRedis'}${processes}`;
        figures[name] = await measure(server.urlOf('postgres'), url, processes);
      }
    }
  } finally {
    await redis.stop();
    server.stop();
  }
  return figures;
}

async function measure(databaseUrl: string, url: string, processes: number): Promise<Figures> {
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
  await migrate(db);
  const prefix = `{bench-${randomUUID()}}`;
  const own = producer(db, url, prefix);
  const crew = await Promise.all(
    Array.from({ length: processes }, () => startWorker(databaseUrl, url, prefix)),
  );
  const wake = () => {
    own.queue.wake();
    // What the bell does; over Redis nobody needs it.
    if (url === '') for (const it of crew) it.child.send('wake');
  };
  const began = () => crew.reduce((sum, it) => sum + it.began.size, 0);
  const ended = async (count: number) => {
    const end = performance.now() + PATIENCE_MS;
    while (began() < count && performance.now() < end) await sleep(10);
  };

  const from = performance.timeOrigin + performance.now();
  for (let added = 0; added < JOBS; added += BATCH) {
    await db.transaction().execute((tx) => own.queue.add(jobs('burst', added, BATCH), tx));
    wake();
  }
  await ended(JOBS);
  const last = Math.max(...crew.flatMap((it) => [...it.began.values()]));
  const perSecond = Math.round((JOBS / (last - from)) * 1000);
  const shares = crew.map((it) => it.began.size);

  const added = new Map<string, number>();
  for (let index = 0; index < PACED; index += 1) {
    const [job] = jobs('paced', index, 1);
    added.set(job?.id ?? '', performance.timeOrigin + performance.now());
    await db.transaction().execute((tx) => own.queue.add(job ? [job] : [], tx));
    wake();
    await sleep(1000 / PER_SECOND);
  }
  await ended(JOBS + PACED);
  const latencies = crew.flatMap((it) =>
    [...it.began].flatMap(([id, at]) => (added.has(id) ? [at - (added.get(id) ?? 0)] : [])),
  );
  const cpuMs = await Promise.all(crew.map((it) => it.stop()));
  await own.stop();
  await close();
  return {
    perSecond,
    shares,
    addToBeginMs: percentiles(latencies),
    workerCpuUsPerJob: Math.round((cpuMs.reduce((sum, it) => sum + it, 0) / (JOBS + PACED)) * 1000),
  };
}

/** A process that adds and runs nothing, as one that answers the web. */
function producer(db: Db, url: string, prefix: string): { readonly queue: Queue; stop(): Promise<void> } {
  const common = { db, clock: realClock, log: { warn: () => {}, error: () => {} } };
  if (url === '') {
    const embedded = new EmbeddedQueue({ ...common, alone: false });
    return { queue: embedded, stop: () => embedded.stop() };
  }
  const link = connectRedis(url, { name: 'bench' });
  const over = new BullMqQueue({ ...common, url, prefix, link });
  return {
    queue: over,
    stop: async () => {
      await over.stop();
      link.close();
    },
  };
}

interface Worker {
  readonly child: ChildProcess;
  /** When each began, of the same clock as ours. */
  readonly began: ReadonlyMap<string, number>;
  /** Answers what it took of the processor, in milliseconds. */
  stop(): Promise<number>;
}

interface Told {
  readonly ready?: true;
  readonly began?: readonly [string, number][];
  readonly cpu?: NodeJS.CpuUsage;
}

async function startWorker(databaseUrl: string, url: string, prefix: string): Promise<Worker> {
  const child = fork(path.join(import.meta.dirname, '../queue-worker.ts'), [databaseUrl, url, prefix]);
  const began = new Map<string, number>();
  const cpu: number[] = [];
  child.on('message', (told: Told) => {
    for (const [id, at] of told.began ?? []) began.set(id, at);
    if (told.cpu) cpu.push((told.cpu.user + told.cpu.system) / 1000);
  });
  await once(child, 'message');
  return {
    child,
    began,
    async stop() {
      const exited = once(child, 'exit');
      child.send('stop');
      await exited;
      return (cpu[1] ?? 0) - (cpu[0] ?? 0);
    },
  };
}

function jobs(name: string, from: number, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${name}-${from + index}`,
    kind: 'bench',
    lane: `${name}-${from + index}${index % 2 === 0 ? '@alpha' : ''}`,
    priority: 10,
    payload: { incident: index },
  }));
}
