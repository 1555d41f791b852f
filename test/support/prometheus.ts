import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { freePort } from './free-port.ts';
import { soon } from './soon.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

/** Whether the programs of Prometheus are on this machine. */
export function hasPrometheus(...programs: readonly string[]): boolean {
  const isHere = ['prometheus', 'promtool', ...programs].every(
    (it) => spawnSync(it, ['--version']).status === 0,
  );
  if (!isHere && process.env['CI']) {
    throw new Error('Prometheus and Alertmanager are required in CI; .ci/run installs them');
  }
  return isHere;
}

/** What promtool says of this; throws with its words where it does not like it. */
export function promtool(args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout + stderr;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Watching {
  readonly url: string;
  /** Throws with Prometheus' words where it does not take the query. */
  query(expression: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

/**
 * A real Prometheus that looks at a program every two seconds, with rules and somebody to tell of alerts. It takes what
 * is answered later than the next look is due for no answer at all.
 */
export async function startWatching({
  target,
  rules,
  alertmanager,
}: {
  readonly target: string;
  /** The text of a file of rules. */
  readonly rules?: string;
  readonly alertmanager?: string;
}): Promise<Watching> {
  const folder = makeTemporaryFolder();
  const address = `127.0.0.1:${await freePort()}`;
  if (rules !== undefined) writeFileSync(path.join(folder, 'rules.yaml'), rules);
  const alerting =
    alertmanager === undefined
      ? ''
      : `alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager).host}'] }] }] }\n`;
  writeFileSync(
    path.join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 2s, evaluation_interval: 500ms }
${rules === undefined ? '' : 'rule_files: [rules.yaml]\n'}${alerting}scrape_configs:
  - job_name: incident-manager
    static_configs: [{ targets: ['${new URL(target).host}'] }]
`,
  );
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`,
  ];
  const child = spawn('prometheus', args, { stdio: 'ignore' });
  const url = `http://${address}`;
  const query = async (expression: string) => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data, error } = (await response.json()) as { data?: { result: Sample[] }; error?: string };
    if (!data) throw new Error(`${expression}: ${error}`);
    return data.result;
  };
  const isThere = () => query('incident_manager_info').catch(() => []);
  await soon('a Prometheus that has seen the program', async () => (await isThere()).length > 0);
  return {
    url,
    query,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      removeFolder(folder);
    },
  };
}

/** A real Alertmanager that tells one webhook at once. */
export async function startAlertmanager(webhook: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = makeTemporaryFolder();
  const address = `127.0.0.1:${await freePort()}`;
  writeFileSync(
    path.join(folder, 'alertmanager.yml'),
    `route: { receiver: us, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: us, webhook_configs: [{ url: '${webhook}' }] }]
`,
  );
  const args = [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ];
  const child = spawn('prometheus-alertmanager', args, { stdio: 'ignore' });
  const url = `http://${address}`;
  await soon('an Alertmanager', async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok === true);
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      removeFolder(folder);
    },
  };
}

const WORDS = new Set(['and', 'or', 'unless', 'by', 'on', 'without', 'ignoring', 'bool']);

/** The names of the figures that an expression asks for. */
export function figuresIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '');
  const names = [...bare.matchAll(/[a-zA-Z_][\w:]*(?!\w*\s*\()/g)].map(([name]) => name);
  return [...new Set(names)].filter((it) => !WORDS.has(it));
}

/** The families of an exposition, by name. */
export function familiesOf(exposition: string): Set<string> {
  return new Set([...exposition.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
}
