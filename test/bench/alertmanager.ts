import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '#test/support/free-port.ts';

const PROGRAMS = ['/usr/bin/prometheus-alertmanager', '/usr/bin/alertmanager'];
const CONFIG =
  'route: { receiver: nobody, group_by: [service], group_wait: 1h, group_interval: 1h }\nreceivers: [{ name: nobody }]\n';

export interface Alertmanager {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Prometheus Alertmanager with nobody to tell, on a free port; null where it is not installed. */
export async function startAlertmanager(): Promise<Alertmanager | null> {
  const program = PROGRAMS.find((it) => existsSync(it));
  if (program === undefined) return null;
  const folder = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
  const config = path.join(folder, 'config.yml');
  writeFileSync(config, CONFIG);
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
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isReady(address: string): Promise<boolean> {
  return await fetch(`http://${address}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
