import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { KEY, startProgram, type Program } from '#test/support/program.ts';

import { startBigPlace, type BigPlace } from '../big-place.ts';
import { fill, type Size } from '../big.ts';
import { percentiles } from '../load.ts';
import { count, option } from '../options.ts';
import { startEcho } from '../yardstick.ts';
import { insertCost } from './reading-inserts.ts';
import { readings, type Next, type Reading } from './reading-kinds.ts';

const TIMES = 200;
const PATIENCE_S = 300;

/**
 * How long reading takes where much is stored, and what one more message costs there beside a small database. One
 * reader, one request after the other, over HTTP against the real program. `--incidents N --events N` say how much,
 * `--keep FOLDER` keeps it for the next run. Each kind is read twice as often; `first` is what its first half took.
 * The yardstick is an Express server that only answers.
 */
export async function reading(): Promise<Readonly<Record<string, unknown>>> {
  const size = { incidents: count('incidents', 100_000), events: count('events', 1_000_000) };
  const times = count('times', TIMES);
  const big = await startFilled(size, option('keep'));
  try {
    const figures = await readFrom(big, times);
    const inserts = option('inserts') === 'no' ? null : await compareInserts(big);
    return { database: 'postgres', ...size, ...figures, inserts };
  } finally {
    big.stop();
  }
}

async function readFrom(big: BigPlace, times: number) {
  const program = await startOn(big);
  const figures: Record<string, unknown> = {};
  try {
    await settled(big);
    for (const [name, next] of Object.entries(await readings(big.databaseUrl))) {
      figures[name] = await timedTwice(program.url, next, times);
      process.stderr.write(`${name}: ${JSON.stringify(figures[name])}\n`);
    }
  } finally {
    await program.stop();
  }
  const echo = await startEcho();
  const yardstick = await timed(echo.url, () => [{ path: '', method: 'POST', body: {}, status: 202 }], times);
  await echo.stop();
  return { readings: figures, yardstick: { name: 'express echo', ...yardstick } };
}

/** What a start brings with it is over: indexes that are made when they are first needed, and cards that are drawn again. */
async function settled({ databaseUrl }: BigPlace): Promise<void> {
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
  for (let seconds = 0; seconds < PATIENCE_S; seconds += 1) {
    await sleep(1000);
    const { rows } = await sql<{ busy: boolean }>`
      select exists (select from jobs where dead_at is null and run_at < clock_timestamp())
        or exists (select from pg_stat_activity where query ilike 'create index%' and state = 'active') as busy`.execute(
      db,
    );
    if (rows[0]?.busy === false) break;
  }
  await close();
}

/** Others of the kind are asked for before: then the disk may have to be asked, and does not all day. */
async function timedTwice(url: string, next: Next, times: number) {
  const first = await timed(url, next, times);
  return { ...(await timed(url, next, times, times)), first };
}

/** Of several requests that a page makes at once the last answer counts. */
async function timed(url: string, next: Next, times: number, from = 0) {
  const samples: number[] = [];
  for (let index = from; index < from + times; index += 1) {
    const start = performance.now();
    await Promise.all(next(index).map(async (it) => await ask(url, it)));
    samples.push(performance.now() - start);
  }
  return percentiles(samples);
}

async function ask(url: string, { path: at, method = 'GET', body, headers, status = 200 }: Reading) {
  const answer = await fetch(`${url}${at}`, {
    method,
    headers: { 'content-type': 'application/json', ...(headers ?? { 'x-api-key': KEY }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${method} ${at}: ${answer.status} ${text.slice(0, 300)}`);
}

async function compareInserts(big: BigPlace) {
  const small = await startFilled({ incidents: 10_000, events: 100_000 }, undefined);
  try {
    return await insertCost(
      [
        { place: small, start: async () => await startOn(small) },
        { place: big, start: async () => await startOn(big) },
      ],
      () => randomUUID(),
    );
  } finally {
    small.stop();
  }
}

async function startOn({ databaseUrl }: BigPlace): Promise<Program> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'incident-bench-'));
  const program = await startProgram({
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    REQUESTS_PER_MINUTE: '1000000',
    RETENTION_DAYS: '200',
  });
  return {
    ...program,
    stop: async () => {
      const code = await program.stop();
      rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}

async function startFilled(size: Size, keep: string | undefined): Promise<BigPlace> {
  const place = startBigPlace(keep);
  try {
    const { db, close } = await openDatabase({ dataDir: '', databaseUrl: place.databaseUrl });
    await migrate(db);
    const { rows } = await sql<{
      incidents: number;
    }>`select count(*)::int as incidents from incidents`.execute(db);
    const there = rows[0]?.incidents ?? 0;
    if (there === 0) await fill(db, size, new Date());
    await close();
    if (there === 0) place.vacuum();
    return place;
  } catch (error) {
    place.stop();
    throw error;
  }
}
