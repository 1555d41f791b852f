import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { KEY, startProgram, type Program } from '#test/support/program.ts';

import { pace, percentiles } from '../load.ts';
import type { Place } from '../places.ts';

/** The promise: p99 below 1 s at 1,000 alerts a minute, each of another service, so each with an incident and a page. */
const PER_MINUTE = 1000;
const SECONDS = Number(process.env['BENCH_N'] ?? 60);
const PATIENCE_MS = 60_000;

const SETUP = `
version: 1
people:
  admin: { name: Demo Admin, role: admin }
  responder: { name: Demo Responder, contacts: ['ntfy:pages'] }
schedules:
  all: { layers: [{ people: [responder] }] }
policies:
  all: { levels: [{ targets: [schedule:all] }] }
default_policy: all
`;

/** From an alert being due to be sent until the provider has the first page of its incident. */
export async function paging(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const { paged, ...figures } = await paged1000(place.env, { run: 'paging', seconds: SECONDS });
  return { asked: 'p99 < 1000 ms', ...figures, pagedMs: percentiles(paged) };
}

export interface Paged {
  readonly alertsPerMinute: number;
  readonly alerts: number;
  readonly refused: number;
  readonly answeredMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly lost: number;
  readonly twice: number;
  /** Milliseconds of each alert until its first page. */
  readonly paged: readonly number[];
}

interface Run {
  readonly run: string;
  readonly seconds: number;
  readonly category?: string;
  /** The program with these settings, where it is not alone. */
  readonly start?: (env: Readonly<Record<string, string>>) => Promise<Program>;
}

/** 1,000 alerts a minute. Runs on one database have names of their own, so that none joins the incidents of another. */
export async function paged1000(
  env: Readonly<Record<string, string>>,
  { run, seconds, category, start: begin = startProgram }: Run,
): Promise<Paged> {
  const provider = await startProvider();
  const program = await begin({ ...env, NTFY_URL: provider.url });
  const alertBody = (index: number) => alertOf(run, index, `${run}-${index}`, category);
  try {
    await setUpPaging(program, alertBody(-1));
    const rate = PER_MINUTE / 60;
    const start = performance.now();
    const sent = await pace({
      url: `${program.url}/api/v1/events`,
      headers: { 'x-api-key': KEY },
      rate,
      seconds,
      connections: 50,
      body: alertBody,
      accepted: (status) => status === 202,
    });
    const deadline = performance.now() + PATIENCE_MS;
    while (provider.heard.size < sent.sent && performance.now() < deadline) await sleep(50);
    const times = [...provider.heard].map(([index, at]) => at - (start + (index / rate) * 1000));
    return {
      alertsPerMinute: PER_MINUTE,
      alerts: sent.sent,
      refused: sent.failed,
      answeredMs: { p50: sent.p50, p95: sent.p95, p99: sent.p99 },
      lost: sent.sent - provider.heard.size,
      twice: provider.requests() - provider.heard.size,
      paged: times,
    };
  } finally {
    await program.stop();
    provider.stop();
  }
}

export async function setUpPaging(program: Program, first: string): Promise<void> {
  const { status, body } = await program.call('POST', '/api/v1/config/apply', { file: SETUP });
  if (status !== 200) throw new Error(`the set-up was refused: ${JSON.stringify(body)}`);
  // The first page loads the libraries of the channels.
  await program.call('POST', '/api/v1/events', JSON.parse(first));
  await sleep(3000);
}

/** Takes every message, and remembers when it had the first about each alert. */
export async function startProvider() {
  const heard = new Map<number, number>();
  let requests = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const index = Number(/Service (\d+) is down/.exec(text)?.[1] ?? Number.NaN);
      if (index >= 0) {
        requests += 1;
        if (!heard.has(index)) heard.set(index, performance.now());
      }
      response.setHeader('content-type', 'application/json').end('{"id":"message"}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, heard, requests: () => requests, stop: () => void server.close() };
}

/** An alert that says that this service is down; -1 is one of its own, to warm up with. */
export function alertOf(
  run: string,
  index: number,
  id = `${run}-${index}`,
  category = 'availability',
): string {
  const service = index < 0 ? `${run}-warm-up` : `${run}-${index}`;
  return JSON.stringify({
    event_id: id,
    source: 'bench',
    timestamp: new Date().toISOString(),
    event_type: 'alert',
    category,
    title: index < 0 ? 'The first of all' : `Service ${index} is down`,
    description: 'It does not answer.',
    severity: 'P1',
    resource: { type: 'service', id: service, name: service, metadata: {} },
    tags: { service, environment: 'production' },
  });
}
