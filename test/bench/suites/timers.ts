import { randomUUID } from 'node:crypto';

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

/** How late the reaction of a timer begins while 100,000 others wait for a day that is far. */
export async function timers({ dataDir, databaseUrl }: Place): Promise<Readonly<Record<string, unknown>>> {
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
