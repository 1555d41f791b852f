import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '#test/support/free-port.ts';

const PROGRAMS = ['/usr/bin/prometheus-alertmanager', '/usr/bin/alertmanager'];

/** It tells a receiver within a second what is new, as a card of ours does; or nobody anything. */
export type Telling = 'a receiver' | 'nobody';

const ROUTES = {
  'a receiver': 'group_by: [service], group_wait: 0s, group_interval: 1s, repeat_interval: 1h',
  nobody: 'group_by: [service], group_wait: 1h, group_interval: 1h',
};

export interface Alertmanager {
  readonly url: string;
  readonly pid: number;
  /** Until `goOn` it does nothing: with many alerts it is busy all the time, telling or not. */
  pause(): void;
  goOn(): void;
  stop(): Promise<void>;
}

/** Prometheus Alertmanager on a free port; null where it is not installed. */
export async function startAlertmanager(telling: Telling): Promise<Alertmanager | null> {
  const program = PROGRAMS.find((it) => existsSync(it));
  if (program === undefined) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
  const config = path.join(folder, 'config.yml');
  const receiver = telling === 'nobody' ? null : await startReceiver();
  const hooks = receiver ? `, webhook_configs: [{ url: "${receiver.url}" }]` : '';
  writeFileSync(
    config,
    `route: { receiver: bench, ${ROUTES[telling]} }\nreceivers: [{ name: bench${hooks} }]\n`,
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  for (let tries = 0; tries < 200 && !(await isReady(address)); tries += 1) await sleep(50);
  return {
    url: `http://${address}/api/v2/alerts`,
    pid: child.pid ?? 0,
    pause: () => child.kill('SIGSTOP'),
    goOn: () => child.kill('SIGCONT'),
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      receiver?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes whatever it is told. */
async function startReceiver(): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function isReady(address: string): Promise<boolean> {
  return await fetch(`http://${address}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
