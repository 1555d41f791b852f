import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { openDatabase } from '#src/db/open.ts';
import { KEY, startProgram } from '#test/support/program.ts';

import { pace, round } from '../load.ts';
import type { Place } from '../places.ts';
import { startEcho } from '../yardstick.ts';

/** What the product promises for two cores: this many alerts a second, answered after the commit. */
const RATE = { pglite: 1000, postgres: 3000 };
const SECONDS = 15;
const WARM_UP_SECONDS = 3;
/** The incidents that the warm-up opened get their rooms meanwhile: measured is what goes on all day. */
const SETTLE_MS = 5000;
const CONNECTIONS = 200;
const SERVICES = 50;
const ALERTS_PER_SERVICE = 20;

/**
 * Alerts at the promised rate, each with an id of its own, of 1,000 different
 * alerts in 50 services: a few open incidents, most are repeats, all are stored.
 * The yardstick is an Express server that reads the body and answers, under the
 * same load from the same generator.
 */
export async function ingest(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const rate = RATE[place.kind];
  const shape = {
    headers: { 'x-api-key': KEY },
    rate,
    connections: CONNECTIONS,
    body: alertBody,
    accepted: (status: number) => status === 202,
  };
  const program = await startProgram(place.env);
  const url = `${program.url}/api/v1/events`;
  await pace({ ...shape, url, seconds: WARM_UP_SECONDS, body: (index) => alertBody(-1 - index) });
  await sleep(SETTLE_MS);
  const figures = await pace({ ...shape, url, seconds: SECONDS });
  await program.stop();
  const stored = await countStored(place);

  const echo = await startEcho();
  const yardstick = await pace({ ...shape, url: echo.url, seconds: 5 });
  await echo.stop();
  return {
    rate,
    ...figures,
    lost: figures.sent - figures.failed - stored,
    yardstick: { name: 'express echo', p50: yardstick.p50, p95: yardstick.p95, p99: yardstick.p99 },
    ratio: round(figures.p95 / Math.max(0.1, yardstick.p95)),
  };
}

function alertBody(index: number): string {
  const alert = Math.abs(index) % (SERVICES * ALERTS_PER_SERVICE);
  return JSON.stringify({
    event_id: `bench-${index}`,
    source: 'bench',
    timestamp: new Date().toISOString(),
    event_type: 'alert',
    category: 'performance',
    title: `Latency of endpoint ${alert} is above its threshold`,
    description: 'The 95th percentile has been above 2 s for five minutes.',
    severity: 'P3',
    resource: {
      type: 'service',
      id: `service-${alert % SERVICES}`,
      name: `service-${alert % SERVICES}`,
      metadata: {},
    },
    tags: {
      service: `service-${alert % SERVICES}`,
      endpoint: `/v1/things/${alert}`,
      environment: 'production',
    },
    metrics: { p95_latency_ms: 2000 + (index % 700) },
  });
}

async function countStored({ dataDir, databaseUrl }: Place): Promise<number> {
  const { db, close } = await openDatabase({ dataDir, databaseUrl });
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from alert_events where external_id like 'bench-%' and external_id not like 'bench--%'`.execute(
    db,
  );
  await close();
  return rows[0]?.count ?? 0;
}
