import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { freePort } from '#test/support/free-port.ts';
import {
  Refused,
  startFakeServer,
  type FakeServer,
  type Received,
} from '#test/support/notify/fake-server.ts';
import { soon } from '#test/support/soon.ts';

export const PROMETHEUS_TOKEN = 'prometheus-token-of-tests';

/** Prometheus' query API for one metric: `up`, which falls from 1 to 0 at `fellAt`. It refuses what the real one refuses. */
export async function startFakePrometheus(fellAt: Date): Promise<FakeServer> {
  return await startFakeServer((request) => {
    const { pathname, given } = asked(request);
    const matches = /^up(?:\{[^}]*\})?$/.test(given['query'] ?? '');
    const value = (time: number) => [time, time * 1000 < fellAt.getTime() ? '1' : '0'];
    const metric = { __name__: 'up', job: 'checkout', instance: '10.0.0.7:9100' };
    if (pathname.endsWith('/query')) {
      const result = matches ? [{ metric, value: value(Number(given['time'])) }] : [];
      return { status: 200, body: { status: 'success', data: { resultType: 'vector', result } } };
    }
    const [start, end, step] = [given['start'], given['end'], given['step']].map(Number) as [
      number,
      number,
      number,
    ];
    if (end < start) throw bad('invalid parameter "end": end timestamp must not be before start time');
    if (!(step > 0)) throw bad('zero or negative query resolution step widths are not accepted');
    if ((end - start) / step > 11_000) {
      throw bad('exceeded maximum resolution of 11,000 points per timeseries');
    }
    const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step);
    const result = matches ? [{ metric, values: times.map(value) }] : [];
    return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } };
  });
}

const PARAMETERS = ['query', 'start', 'end', 'step', 'time', 'timeout'];

function asked({ method, path: address, headers }: Received) {
  const { pathname, searchParams } = new URL(address, 'http://prometheus');
  if (method !== 'GET' || !/^\/api\/v1\/query(?:_range)?$/.test(pathname)) {
    throw new Refused(404, '404 page not found');
  }
  if (headers.authorization !== `Bearer ${PROMETHEUS_TOKEN}`) throw new Refused(401, 'Unauthorized\n');
  const given = Object.fromEntries(searchParams);
  if (Object.keys(given).some((it) => !PARAMETERS.includes(it))) throw bad('unknown parameter');
  const { query = '' } = given;
  const opens = query.replaceAll(/[^([{]/g, '').length;
  const closes = query.replaceAll(/[^)\]}]/g, '').length;
  if (query === '' || opens !== closes) {
    throw bad('invalid parameter "query": 1:4: parse error: unexpected end of input');
  }
  return { pathname, given };
}

function bad(error: string): Refused {
  return new Refused(400, { status: 'error', errorType: 'bad_data', error });
}

const PROGRAM = 'prometheus';

interface Prometheus {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** A real one where this machine has one, which looks at itself twice a second; else the one above. */
export async function startPrometheus(): Promise<Prometheus> {
  if (spawnSync(PROGRAM, ['--version']).status === 0) return await startReal();
  const { url, close } = await startFakePrometheus(new Date(8.64e15));
  return { url, headers: { authorization: `Bearer ${PROMETHEUS_TOKEN}` }, stop: close };
}

async function startReal(): Promise<Prometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  writeFileSync(
    path.join(folder, 'prometheus.yml'),
    `global:
  scrape_interval: 500ms
scrape_configs:
  - job_name: itself
    static_configs:
      - targets: ['${address}']
`,
  );
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://${address}`;
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  await soon('a real Prometheus that has looked at itself', async () => {
    const answer = await fetch(`${url}/api/v1/query?query=up`).catch(() => null);
    const read = answer?.ok ? ((await answer.json()) as { data: { result: unknown[] } }) : null;
    return read !== null && read.data.result.length > 0;
  });
  return { url, headers: {}, stop };
}
