import { setTimeout as sleep } from 'node:timers/promises';

import { startCollector } from '#test/support/otlp.ts';
import { KEY, startProgram } from '#test/support/program.ts';

import { pace } from '../load.ts';
import type { Place } from '../places.ts';

const RATE = 800;
const SECONDS = 4;
const ROUNDS = 3;
const WAYS = {
  off: {},
  onePercent: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  all: { OTEL_TRACES_SAMPLER: 'parentbased_always_on' },
} as const;
type Way = keyof typeof WAYS;

/**
 * What traces cost: microseconds of CPU for an alert, without them, with one of a hundred told and with all,
 * in turns. The smallest of several rounds each, since whatever else the machine does can only add to it.
 */
export async function traces(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const collector = await startCollector();
  const least: Record<Way, number> = { off: Infinity, onePercent: Infinity, all: Infinity };
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [way, settings] of Object.entries(WAYS) as [Way, Record<string, string>][]) {
      const env = way === 'off' ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...settings };
      least[way] = Math.min(least[way], await cpuFor({ ...place.env, ...env }));
    }
  }
  const spans = collector.spans.length;
  await collector.close();
  const { off, onePercent, all } = least;
  return {
    rate: RATE,
    microseconds: { off: Math.round(off), onePercent: Math.round(onePercent), all: Math.round(all) },
    ratio: { onePercent: hundredths(onePercent / off), all: hundredths(all / off) },
    spans,
    complaints: collector.complaints.length,
  };
}

async function cpuFor(env: Readonly<Record<string, string>>): Promise<number> {
  const program = await startProgram(env);
  const shape = {
    url: `${program.url}/api/v1/events`,
    headers: { 'x-api-key': KEY },
    rate: RATE,
    connections: 50,
    body: alertBody,
    accepted: (status: number) => status === 202,
  };
  await pace({ ...shape, seconds: 2 });
  await sleep(1000);
  const before = await cpuOf(program.url);
  const { sent, failed } = await pace({ ...shape, seconds: SECONDS });
  const used = (await cpuOf(program.url)) - before;
  await program.stop();
  return (used * 1_000_000) / (sent - failed);
}

function hundredths(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

async function cpuOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

function alertBody(index: number): string {
  const service = `service-${Math.abs(index) % 20}`;
  return JSON.stringify({
    event_id: `traces-${process.pid}-${performance.now()}-${index}`,
    source: 'bench',
    timestamp: new Date().toISOString(),
    event_type: 'alert',
    category: 'performance',
    title: `Latency of ${service} is above its threshold`,
    description: 'The 95th percentile has been above 2 s for five minutes.',
    severity: 'P3',
    resource: { type: 'service', id: service, name: service, metadata: {} },
    metrics: {},
    tags: { service },
    payload: {},
  });
}
