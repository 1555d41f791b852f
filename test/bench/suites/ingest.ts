import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { openDatabase } from '#src/db/open.ts';
import { KEY, startProgram, type Program } from '#test/support/program.ts';

import { cpuMs, cpuMsOfFamily, pidOf } from '../cpu.ts';
import { round } from '../load.ts';
import { count, option } from '../options.ts';
import type { Place } from '../places.ts';
import { alertBodies, eventBodies, send, startBare, type Bare, type Report } from '../senders.ts';
import { startEcho } from '../yardstick.ts';
import { besideAlertmanager } from './ingest-alertmanager.ts';
import { meanOf, ratioOf, type Measured } from './measured.ts';

/** Half a million events a minute on PostgreSQL; the built-in database is for small places. */
const RATE = { pglite: 1000, postgres: 8333 };
const SECONDS = 10;
/** Long enough for a rate, short enough that all of it takes no longer than a coffee. */
const ROUND_SECONDS = 5;
const ROUNDS = 2;
/** PostgreSQL tidies up after ten minutes of events for about as long as a round takes. */
const BATCH_ROUNDS = 4;
/** What runs most is made fast by the engine within the first hundred thousand. */
const WARM_UP_SECONDS = 10;
/** The incidents that the warm-up opened get their rooms meanwhile: measured is what goes on all day. */
const SETTLE_MS = 5000;
/** What waits goes together, and no more can wait than there are connections: few and many are both measured. */
const CONNECTIONS = 200;
const FEW_CONNECTIONS = 50;
const DISTINCT = 1000;
const MANY = 100;

const NOTES = [
  'An event is answered after its commit; Alertmanager keeps alerts in memory and loses them when it stops.',
  'ms: from when a request was due; cpuUs: processor time for each request, of our process, of PostgreSQL and of the sender.',
];

/**
 * Events one in a request, each with an id of its own, of 1,000 different alerts in 50 services: a few open
 * incidents, most are repeats, all are stored. First as fast as they are taken over many connections and over few,
 * beside a bare server on the same PostgreSQL; then at the promised rate, for `--minutes` where that is said; then a hundred alerts in a request,
 * twice what can be taken, and beside Alertmanager.
 */
export async function ingest(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const program = await startProgram(place.env);
  const meter = new Meter(place, program);
  try {
    const bodies = eventBodies(DISTINCT);
    await meter.events({ bodies, seconds: 60, most: DISTINCT });
    await meter.events({ bodies, seconds: WARM_UP_SECONDS });
    await sleep(SETTLE_MS);
    const bare = place.databaseUrl === undefined ? null : await startBare(await newDatabase(place));
    const peaks = await peakBesideBare(bare, meter, { bodies, connections: CONNECTIONS });
    const few = await peakBesideBare(bare, meter, { bodies, connections: FEW_CONNECTIONS });
    await bare?.stop();
    const perSecond = count('rate', RATE[place.kind]);
    const steady = await meter.events({ bodies, perSecond, seconds: steadySeconds() });
    const batches = await inBatches(meter);
    const overload = await meter.events({
      bodies,
      perSecond: peaks.ours.perSecond * 2,
      seconds: ROUND_SECONDS,
      connections: 400,
    });
    const alertmanager = place.kind === 'postgres' ? await besideAlertmanager(meter) : undefined;
    const echo = await echoed(bodies);
    await program.stop();
    const stored = await countStored(place);
    return {
      notes: NOTES,
      rate: peaks.ours.perSecond,
      yardstick: peaks.bare
        ? { name: 'bare server, same database', rate: peaks.bare.perSecond, cpuUs: peaks.bare.cpuUs }
        : { name: 'express echo', rate: echo.perSecond },
      ratio: ratioOf(peaks.ours, peaks.bare ?? echo),
      p50: steady.p50,
      p95: steady.p95,
      p99: steady.p99,
      lost: Math.max(0, meter.accepted - stored),
      accepted: meter.accepted,
      stored,
      cpuUs: peaks.ours.cpuUs,
      overFewConnections: {
        connections: FEW_CONNECTIONS,
        rate: few.ours.perSecond,
        yardstick: few.bare?.perSecond,
        ratio: ratioOf(few.ours, few.bare ?? echo),
        cpuUs: few.ours.cpuUs,
      },
      steady: { asked: perSecond, ...short(steady) },
      batches,
      overload: {
        asked: peaks.ours.perSecond * 2,
        ...short(overload),
        p95SinceSent: overload.p95SinceSent,
        p95OfRefusals: overload.p95OfOthers,
      },
      alertmanager,
      echo: { rate: echo.perSecond, p95: echo.p95 },
    };
  } finally {
    await program.stop();
  }
}

/** `--minutes 10`: for so long at the promised rate. */
function steadySeconds(): number {
  return option('minutes') === undefined ? SECONDS : count('minutes', 10) * 60;
}

interface Wish {
  readonly bodies: readonly string[];
  readonly seconds: number;
  readonly perSecond?: number | null;
  readonly connections?: number;
  readonly most?: number;
}

/** Sends to the program and keeps the books: what was accepted, and what it took. */
export class Meter {
  accepted = 0;
  readonly program: Program;
  readonly #postgres: number;
  #runs = 0;

  constructor({ databaseUrl }: Place, program: Program) {
    this.program = program;
    const folder = /host=([^&]+)/.exec(databaseUrl ?? '')?.[1];
    this.#postgres = folder === undefined ? 0 : pidOf('postgres', `${decodeURIComponent(folder)}/data`);
  }

  async events(wish: Wish): Promise<Measured> {
    const report = await this.measure(`${this.program.url}/api/v1/events`, this.program.child.pid ?? 0, wish);
    this.accepted += report.accepted;
    return report;
  }

  async measure(url: string, pid: number, wish: Wish): Promise<Measured> {
    this.#runs += 1;
    const { perSecond = null, connections = CONNECTIONS, ...rest } = wish;
    const used = () => ({
      program: cpuMs(pid),
      postgres: this.#postgres === 0 ? 0 : cpuMsOfFamily(this.#postgres),
    });
    const before = used();
    const report = await send(url, {
      ...rest,
      perSecond,
      connections,
      run: `bench-${this.#runs}`,
      headers: { 'x-api-key': KEY },
    });
    const after = used();
    const each = (ms: number) => Math.round((ms * 1000) / Math.max(1, report.sent));
    const usedUs = {
      program: each(after.program - before.program),
      postgres: each(after.postgres - before.postgres),
      sender: report.cpuUs,
    };
    return { ...report, usedUs };
  }
}

/** By turns, so that whatever else the machine does meets both. */
async function peakBesideBare(bare: Bare | null, meter: Meter, wish: Pick<Wish, 'bodies' | 'connections'>) {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  if (bare) await meter.measure(bare.url, bare.pid, { ...wish, seconds: 1 });
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    ours.push(await meter.events({ ...wish, seconds: ROUND_SECONDS }));
    if (bare) theirs.push(await meter.measure(bare.url, bare.pid, { ...wish, seconds: ROUND_SECONDS }));
  }
  return { ours: meanOf(ours), bare: bare ? meanOf(theirs) : null };
}

/** As Alertmanager sends them on: a hundred alerts in each request. */
async function inBatches(meter: Meter) {
  const url = `${meter.program.url}/api/v1/events/alertmanager`;
  const pid = meter.program.child.pid ?? 0;
  const bodies = alertBodies(DISTINCT, MANY, (alerts) => ({
    version: '4',
    status: 'firing',
    receiver: 'incidents',
    groupKey: '{}',
    alerts,
  }));
  const wish = { bodies, connections: 10 };
  const first = await meter.measure(url, pid, { ...wish, seconds: 30, most: bodies.length });
  // As with single events: measured is what goes on all day.
  const warmUp = await meter.measure(url, pid, { ...wish, seconds: WARM_UP_SECONDS });
  await sleep(SETTLE_MS);
  const rounds: Measured[] = [];
  for (let turn = 0; turn < BATCH_ROUNDS; turn += 1) {
    rounds.push(await meter.measure(url, pid, { ...wish, seconds: ROUND_SECONDS }));
  }
  for (const { accepted } of [first, warmUp, ...rounds]) meter.accepted += accepted * MANY;
  const { perSecond, cpuUs } = meanOf(rounds);
  return {
    alertsPerSecond: perSecond * MANY,
    rounds: rounds.map((it) => ({ alertsPerSecond: it.perSecond * MANY, p95: it.p95 })),
    failed: rounds.reduce((sum, { sent, accepted }) => sum + sent - accepted, 0),
    cpuUsEach: { program: round(cpuUs.program / MANY), postgres: round(cpuUs.postgres / MANY) },
  };
}

async function echoed(bodies: readonly string[]): Promise<Report> {
  const echo = await startEcho();
  const report = await send(echo.url, {
    bodies,
    seconds: ROUND_SECONDS,
    perSecond: null,
    connections: CONNECTIONS,
    run: 'echo',
    headers: {},
  });
  await echo.stop();
  return report;
}

function short({ sent, accepted, statuses, perSecond, p50, p95, p99, max, usedUs }: Measured) {
  return { sent, accepted, statuses, perSecond, p50, p95, p99, max, cpuUs: usedUs };
}

async function newDatabase(place: Place): Promise<string> {
  const { db, close } = await openDatabase({ dataDir: place.dataDir, databaseUrl: place.databaseUrl });
  await sql`create database bare`.execute(db);
  await close();
  return (place.databaseUrl ?? '').replace('/postgres?', '/bare?');
}

async function countStored(place: Place): Promise<number> {
  const { db, close } = await openDatabase({ dataDir: place.dataDir, databaseUrl: place.databaseUrl });
  const { rows } = await sql<{ count: number }>`select count(*) as count from alert_events`.execute(db);
  await close();
  return rows[0]?.count ?? 0;
}
