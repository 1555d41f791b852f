import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process, { stdout } from 'node:process';

import { parseAllDocuments } from 'yaml';

import { chartDigest } from './helm/digest.ts';

/**
 * `npm run test:manifests`: asks the real tools about the files here, and draws the chart again into helm/rendered/
 * (`-- --check` only compares). Of Debian it needs: golang-go, golang-github-masterminds-sprig-dev,
 * golang-github-ghodss-yaml-dev, docker-compose, nginx-light and systemd. What is not installed is said, and ends it
 * with 1: a check that was left out is none that passed.
 */
const here = import.meta.dirname;
const work = mkdtempSync(path.join(tmpdir(), 'manifests-'));
const problems: string[] = [];

function check(what: string, run: () => void): void {
  try {
    run();
    stdout.write(`ok   ${what}\n`);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    stdout.write(`NOT  ${what}\n${said.trim()}\n`);
    problems.push(what);
  }
}

const ask = (program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): string =>
  execFileSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** By the template engine that Helm itself has. */
function drawChart(): void {
  const go = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };
  const engine = path.join(work, 'render');
  ask('go', ['build', '-o', engine, path.join(here, 'helm/render.go')], go);
  const chart = path.join(here, 'helm/llm-incident-manager');
  const digest = chartDigest(path.join(here, 'helm'));
  for (const [name, more] of [
    ['default', []],
    ['full', [path.join(here, 'helm/full-values.yaml')]],
  ] as const) {
    const drawn = `# Drawn from ${digest} by npm run test:manifests\n${ask(engine, [chart, ...more])}`;
    const file = path.join(here, `helm/rendered/${name}.yaml`);
    const isSame = existsSync(file) && readFileSync(file, 'utf8') === drawn;
    if (!isSame && process.argv.includes('--check')) throw new Error(`${file} is not what the chart draws.`);
    writeFileSync(file, drawn);
  }
}

const REFUSED: readonly (readonly [values: string, says: string])[] = [
  ['settings: { SLACK_BOT_TOKEN: x }', 'SLACK_BOT_TOKEN is a secret'],
  ['settings: { ROLES: http }', 'ROLES is set by the chart'],
  ['secrets: { DATABASE_URL: { name: "" } }', 'secrets.DATABASE_URL.name is missing'],
  ['roles: { cook: { autoscaling: { enabled: false } } }', 'There is no role cook'],
];

function refuseWrongValues(): void {
  for (const [values, says] of REFUSED) {
    const file = path.join(work, 'values.yaml');
    writeFileSync(file, values);
    let said = 'nothing';
    try {
      ask(path.join(work, 'render'), [path.join(here, 'helm/llm-incident-manager'), file]);
    } catch (error) {
      said = String((error as { stderr?: unknown }).stderr);
    }
    if (!said.includes(says)) throw new Error(`${values}: it should say "${says}" and says ${said}`);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'autoscaling/v2': 'autoscaling/v2',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

/** Each object is a literal of the type that Kubernetes' own description of itself makes of it: no field too many. */
function checkTypes(): void {
  const found = findPackageJSON('kubernetes-types', import.meta.url);
  if (found === undefined) throw new Error('The package kubernetes-types is not installed.');
  const texts = ['default', 'full'].flatMap((name) =>
    parseAllDocuments(readFileSync(path.join(here, `helm/rendered/${name}.yaml`), 'utf8')).map(
      (it) => it.toJS() as Kind | null,
    ),
  );
  const typed = texts.filter((it): it is Kind => it !== null && it.apiVersion in TYPES);
  const lines = typed.flatMap((it, index) => [
    `import type { ${it.kind} as Kind${index} } from '${path.dirname(found)}/${TYPES[it.apiVersion]}.d.ts';`,
    `export const it${index}: Kind${index} = ${JSON.stringify(it)};`,
  ]);
  writeFileSync(path.join(work, 'objects.ts'), lines.join('\n'));
  writeFileSync(path.join(work, 'package.json'), '{"type":"module"}');
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
  ask(path.join(here, '../node_modules/.bin/tsc'), [...options, path.join(work, 'objects.ts')]);
  stdout.write(`     ${typed.length} objects of Kubernetes\n`);
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Debian's Compose is older than the key `name`; everything else it knows. */
function compose(name: string): void {
  const file = path.join(here, `compose/.${name}.lint.yaml`);
  writeFileSync(
    file,
    readFileSync(path.join(here, `compose/${name}.yaml`), 'utf8').replace(/^name: .*\n/m, ''),
  );
  try {
    const profiles = ['--profile', 'rabbitmq', '--profile', 'observability'];
    ask('docker-compose', [...profiles, '--file', file, 'config', '--quiet'], {
      SETTINGS: path.join(here, 'compose/incidents.example.env'),
      POSTGRES_PASSWORD: 'x',
    });
  } finally {
    rmSync(file, { force: true });
  }
}

/** A program that is not here is none of its mistakes. */
function systemd(name: string): void {
  const unit = path.join(work, name);
  const text = readFileSync(path.join(here, 'systemd', name), 'utf8');
  writeFileSync(unit, text.replaceAll('/usr/local/bin/node', process.execPath));
  ask('systemd-analyze', ['verify', '--man=no', unit]);
  const said = ask('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit]);
  stdout.write(`     ${/Overall exposure level.*/.exec(said)?.[0] ?? ''}\n`);
}

check('the chart is drawn by the template engine of Go and sprig', drawChart);
check('the chart refuses values that cannot be right', refuseWrongValues);
check('what it draws is of the types of Kubernetes', checkTypes);
for (const name of ['standalone', 'distributed']) {
  check(`compose/${name}.yaml: docker-compose config`, () => compose(name));
}
check(
  'compose/proxy.conf: nginx -t',
  () => void ask('nginx', ['-t', '-c', path.join(here, 'compose/proxy.conf')]),
);
for (const name of ['llm-incident-manager.service', 'llm-incident-sidecar.service']) {
  check(`systemd/${name}: systemd-analyze`, () => systemd(name));
}
rmSync(work, { recursive: true, force: true });
stdout.write(`${JSON.stringify({ ok: problems.length === 0, problems })}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
