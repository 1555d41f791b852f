import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { realClock } from '#src/jobs/clock.ts';
import { startJobs } from '#src/jobs/jobs.ts';

import { percentiles } from '../load.ts';
import type { Place } from '../places.ts';

const PENDING = 100_000;
const DUE = 300;
const INCIDENTS = 50;
/** The timers that are due fall within so many seconds, beginning in two. */
const WITHIN_S = 10;

/** All of these fire, at so many a second, where several processes share the database. */
const ALL = Number(process.env['BENCH_N'] ?? 100_000);
const PER_SECOND = Number(process.env['BENCH_RATE'] ?? 400);
/** After the last one was due: leases of whoever was killed have ended by then. */
const PATIENCE_MS = 120_000;

/**
 * How late the reaction of a timer begins: while 100,000 others wait for a day that is far; and, where several
 * processes can share the database, of 100,000 that all fire, with two schedulers, and with one of them killed midway.
 */
export async function timers(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const few = await waitingBehind(place);
  const { databaseUrl } = place;
  if (databaseUrl === undefined) return few;
  return {
    ...few,
    asked: 'p99 < 250 ms, with two schedulers and one killed; none lost, none fired twice',
    twoSchedulers: await allFire(databaseUrl, { isOneKilled: false }),
    oneKilled: await allFire(databaseUrl, { isOneKilled: true }),
  };
}

interface Fired {
  readonly by: number;
  readonly lateMs: number;
}

/** Two processes fire what is due; each tells of every reaction that begins. */
async function allFire(
  databaseUrl: string,
  { isOneKilled }: { readonly isOneKilled: boolean },
): Promise<Readonly<Record<string, unknown>>> {
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
  const fired = new Map<string, Fired[]>();
  const errors: unknown[] = [];
  const schedulers = await Promise.all([0, 1].map((by) => startScheduler(databaseUrl, by, fired, errors)));
  const run = isOneKilled ? 'killed' : 'both';
  const last = await setAll(db, run);
  const half = last - (ALL / PER_SECOND) * 500;
  await sleep(Math.max(0, half - realClock.now().getTime()));
  const killedAt = isOneKilled ? kill(schedulers[1]) : null;
  const missing = () => ALL - fired.size;
  while (missing() > 0 && realClock.now().getTime() < last + PATIENCE_MS) await sleep(100);
  const left = await sql<{ jobs: number }>`select count(*)::int as jobs from jobs`.execute(db);
  for (const it of isOneKilled ? schedulers.slice(0, 1) : schedulers) {
    const exited = once(it, 'exit');
    it.send('stop');
    await exited;
  }
  await close();
  const all = [...fired.values()];
  const again = all.filter((it) => it.length > 1);
  const late = all.map(([first]) => first?.lateMs ?? 0);
  return {
    timers: ALL,
    perSecond: PER_SECOND,
    lateMs: percentiles(late),
    over250Ms: late.filter((it) => it > 250).length,
    lost: missing(),
    // What the killed one had begun is begun again, by whoever takes it up: its end is not known.
    begunAgainAfterKill: again.filter((it) => isOneKilled && it.some(({ by }) => by === 1)).length,
    twice: again.filter((it) => !isOneKilled || it.every(({ by }) => by === 0)).length,
    shares: [0, 1].map((by) => all.filter(([first]) => first?.by === by).length),
    jobsLeft: left.rows[0]?.jobs ?? 0,
    killed: killedAt !== null,
    errors: errors.slice(0, 3),
  };
}

async function startScheduler(
  databaseUrl: string,
  by: number,
  fired: Map<string, Fired[]>,
  errors: unknown[],
): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, '../timekeeper.ts'), [databaseUrl], { stdio: 'inherit' });
  const ready = Promise.withResolvers<void>();
  child.on('message', (told: { ready?: true; key?: string; lateMs?: number; error?: unknown }) => {
    if (told.ready) ready.resolve();
    else if (told.key === undefined) errors.push(told);
    else fired.set(told.key, [...(fired.get(told.key) ?? []), { by, lateMs: told.lateMs ?? 0 }]);
  });
  await ready.promise;
  return child;
}

function kill(child: ChildProcess | undefined): number {
  child?.kill('SIGKILL');
  return realClock.now().getTime();
}

/** Answers when the last one is due. */
async function setAll(db: Db, run: string): Promise<number> {
  const first = realClock.now().getTime() + 15_000;
  await sql`
    insert into timers (key, kind, incident, subject, due_at)
    select 'all-' || ${run}::text || n, 'update-due', n % ${INCIDENTS}::int + 1, ${run}::text || n,
      ${new Date(first)}::timestamptz + n * ${`${1000 / PER_SECOND} milliseconds`}::interval
    from generate_series(1, ${ALL}::int) as n`.execute(db);
  return first + (ALL / PER_SECOND) * 1000;
}

async function waitingBehind({ dataDir, databaseUrl }: Place): Promise<Readonly<Record<string, unknown>>> {
  const { db, kind, close } = await openDatabase({ dataDir, databaseUrl });
  await migrate(db);
  const late: number[] = [];
  const { promise: allFired, resolve: done } = Promise.withResolvers<void>();
  const jobs = await startJobs({
    db,
    alone: kind === 'embedded',
    deps: {},
    reactions: [{ name: 'measure', on: [], timers: ['update-due'], run: async () => {} }],
    log: { error: () => {}, warn: () => {} },
    observer: {
      reaction: () => {},
      timerLate: (ms) => {
        late.push(ms);
        if (late.length === DUE) done();
      },
    },
  });
  const incidents = await declareSome(db);
  const now = realClock.now().getTime();
  await sql`
    insert into timers (key, kind, incident, due_at)
    select 'far-' || n, 'update-due', ${incidents}::bigint, ${new Date(now + 86_400_000)}::timestamptz + n * interval '1 second'
    from generate_series(1, ${PENDING}::int) as n`.execute(db);
  await sql`
    insert into timers (key, kind, incident, due_at)
    select 'near-' || n, 'update-due', n % ${incidents}::int + 1,
      ${new Date(realClock.now().getTime() + 2000)}::timestamptz + n * ${`${(WITHIN_S * 1000) / DUE} milliseconds`}::interval
    from generate_series(1, ${DUE}::int) as n`.execute(db);
  jobs.committed();
  await allFired;
  await jobs.stop();
  await close();
  return { pending: PENDING, fired: late.length, lateMs: percentiles(late), earliestMs: Math.min(...late) };
}

async function declareSome(db: Db): Promise<number> {
  const settings = {
    groupBy: [],
    groupWindowMs: 0,
    stormWindowMs: 0,
    stormSize: 0,
    reopenWindowMs: 0,
    whenAlertsClear: 'tell',
    publicUrl: '',
    platforms: ['web'],
    channels: [],
  } as const;
  const ctx = {
    db,
    actor: SYSTEM,
    role: 'admin',
    now: realClock.now,
    newId: randomUUID,
    committed() {},
    settings,
  } as const;
  for (let index = 0; index < INCIDENTS; index += 1) await declare(ctx, { title: `Incident ${index}` });
  return INCIDENTS;
}
