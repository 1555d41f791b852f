import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect } from 'vitest';

import { Bot, KEY } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';
import { freePort } from '#test/support/free-port.ts';

const PROGRAM = 'prometheus-alertmanager';
const isInstalled = spawnSync(PROGRAM, ['--version']).status === 0;
if (!isInstalled) {
  if (process.env['CI']) throw new Error(`${PROGRAM} is required in CI; .ci/run installs it`);
  process.stderr.write(`\n!!! ${PROGRAM} is not installed: the scenario with a real one is left out\n`);
}

describe.runIf(isInstalled)('a real Prometheus Alertmanager', () => {
  test('that fires opens an incident, and one that resolves ends it', async ({ place }) => {
    const bot = await Bot.on(place);
    const alertmanager = await startAlertmanager(`${bot.url}/webhooks/alertmanager/${KEY}`);
    const labels = {
      alertname: 'InstanceDown',
      severity: 'critical',
      service: 'checkout',
      instance: '10.0.0.7:9100',
    };
    const annotations = { summary: 'checkout on 10.0.0.7 is down' };

    await alertmanager.post([{ labels, annotations }]);
    const room = await bot.roomOf(1);
    expect(await bot.incident(1)).toMatchObject({
      severity: 'P0',
      status: 'NEW',
      title: 'checkout on 10.0.0.7 is down',
    });

    await alertmanager.post([{ labels: { ...labels, instance: '10.0.0.8:9100' }, annotations }]);
    await bot.until(async () => ((await bot.incident(1))['alerts'] as { firing: number }).firing === 2);

    const endsAt = new Date().toISOString();
    await alertmanager.post([
      { labels, annotations, endsAt },
      { labels: { ...labels, instance: '10.0.0.8:9100' }, annotations, endsAt },
    ]);
    await bot.until(async () => (await bot.incident(1))['status'] === 'RESOLVED');
    await bot.until(async () => (await bot.card(room)).buttons[0] === 'Close');
    expect((await bot.rooms()).filter((it) => it.name.startsWith('inc-'))).toHaveLength(1);
    await alertmanager.stop();
  });
});

async function startAlertmanager(webhook: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
  const port = await freePort();
  writeFileSync(
    path.join(folder, 'alertmanager.yml'),
    `route:
  receiver: incidents
  group_by: [service]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: incidents
    webhook_configs:
      - url: ${webhook}
        send_resolved: true
`,
  );
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await ready(`${url}/-/ready`);
  return {
    post: async (alerts: readonly object[]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers,
        body: JSON.stringify(alerts),
      });
      expect(response.status).toBe(200);
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer in 10 s`);
}
