import { execFileSync, spawn, type ChildProcess, type ExecFileSyncOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process, { stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `npm run test:image`: what the Dockerfile does, where there is no Docker. Runs its steps in an empty root that
 * debootstrap made (`--base <folder>` takes one that is there), with this Node in the place of the base image's. Then
 * starts the program in it as Docker would: as process 1, as another user, with the root read-only and only /data and
 * /tmp written. Needs root on Linux, and the package registry. The last line is one JSON object; ends with 1 when
 * anything is not as it must be.
 */

const program = path.join(import.meta.dirname, '../..');
const work = mkdtempSync(path.join(tmpdir(), 'image-'));
const root = path.join(work, 'root');
const KEY = randomBytes(16).toString('hex');
const PORT = 20_000 + (randomBytes(2).readUInt16BE() % 20_000);
const USER = 10_001;
/** Of Linux: a place of its own for mounts and processes. */
const NAMESPACES = 'unshare';

const say = (text: string) => stdout.write(`${text}\n`);
const findings: string[] = [];
const must = (holds: boolean, what: string) => {
  say(`${holds ? 'ok  ' : 'NOT '} ${what}`);
  if (!holds) findings.push(what);
};

async function run(): Promise<void> {
  const timings: Record<string, number> = {};
  const timed = (name: string, step: () => void) => {
    const began = performance.now();
    step();
    timings[name] = Math.round((performance.now() - began) / 100) / 10;
    say(`${name}: ${timings[name]} s`);
  };
  timed('base', makeBase);
  timed('copy', copyContext);
  for (const step of ['install', 'build', 'trim', 'finish']) timed(step, () => takeStep(step));
  rmSync(path.join(root, 'tmp'), { recursive: true });
  mkdirSync(path.join(root, 'tmp'));
  chmodSync(path.join(root, 'tmp'), 0o1777);
  look();
  const running = await start();
  await use(running);
  const sizes = {
    base: megabytes('.', ['--exclude=./app', '--exclude=./usr/local']),
    node: megabytes('usr/local'),
    program: megabytes('app'),
    packages: megabytes('app/node_modules'),
  };
  const packed = Number(inShell(`tar -C ${root}/app -c . | gzip -6 | wc -c`).trim());
  say(
    JSON.stringify({
      ok: findings.length === 0,
      findings,
      mb: { ...sizes, programPacked: mb(packed) },
      seconds: timings,
    }),
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
}

function makeBase(): void {
  const given = process.argv[process.argv.indexOf('--base') + 1];
  if (process.argv.includes('--base') && given !== undefined) {
    cpSync(given, root, { recursive: true, verbatimSymlinks: true });
  } else {
    call('debootstrap', ['--variant=minbase', 'bookworm', root], { stdio: 'ignore' });
  }
  // In the place of node:26-slim, which is a Debian with Node and npm in /usr/local.
  mkdirSync(path.join(root, 'usr/local/bin'), { recursive: true });
  cpSync(process.execPath, path.join(root, 'usr/local/bin/node'));
  // The base image has what its Node needs; this one needs what this machine's Node needs.
  for (const [, library = ''] of inShell(`ldd ${process.execPath}`).matchAll(/=> (\/\S+)/g)) {
    if (existsSync(path.join(root, library))) continue;
    mkdirSync(path.dirname(path.join(root, library)), { recursive: true });
    cpSync(realpathSync(library), path.join(root, library));
  }
  const npm = path.dirname(
    path.dirname(realpathSync(inShell('PATH=/usr/bin:/usr/local/bin command -v npm').trim())),
  );
  cpSync(npm, path.join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(root, 'usr/local/bin/npm'));
  cpSync('/etc/resolv.conf', path.join(root, 'etc/resolv.conf'), { dereference: true });
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  if (authorities) cpSync(authorities, path.join(root, 'tmp/authorities.pem'), { dereference: true });
}

/** What .dockerignore lets through: it denies everything and lists what goes in. */
function copyContext(): void {
  const lines = readFileSync(path.join(program, '.dockerignore'), 'utf8').split('\n');
  for (const name of lines.filter((it) => it.startsWith('!')).map((it) => it.slice(1))) {
    cpSync(path.join(program, name), path.join(root, 'app', name), {
      recursive: true,
      filter: (file) => !/\.png$|\.test\.ts$|\/\.env/.test(file),
    });
  }
}

/** As the builder does: root in the empty root, and nothing of this machine's environment. */
function takeStep(step: string): void {
  const extra = existsSync(path.join(root, 'tmp/authorities.pem'))
    ? ['NODE_EXTRA_CA_CERTS=/tmp/authorities.pem']
    : [];
  const command = ['env', '-i', 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', 'HOME=/tmp', ...extra];
  const script = `mount -t proc proc ${root}/proc && exec chroot ${root} ${command.join(' ')} sh -c 'cd /app && sh manifests/docker/steps.sh ${step}'`;
  call(NAMESPACES, ['--mount', '--pid', '--fork', 'sh', '-c', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function look(): void {
  const there = (name: string) => existsSync(path.join(root, 'app', name));
  const others = ['vite', 'rolldown', 'react', 'typescript', 'vitest', 'oxlint', 'playwright-core'];
  must(
    others.every((it) => !there(`node_modules/${it}`)),
    'nothing is in it that only the build or the tests need',
  );
  must(
    there('dist/ui/index.html') && there('dist/empty-database/made-by'),
    'the page and the empty database are in it',
  );
  must(!there('test') && !there('.git') && !there('.env'), 'neither tests, history nor settings are in it');
  must(!existsSync(path.join(root, 'usr/local/bin/npm')), 'no npm is in it');
  must(inShell(`find ${root}/app -not -user root | head -1`) === '', 'the program belongs to root');
  must(
    inShell(`find ${root}/app ! -type l -perm /022 | head -1`) === '',
    'nobody but root may write to the program',
  );
}

/** What the image starts. */
function programOfImage(): string {
  const [, words = ''] = /^CMD (\[.*\])$/m.exec(readFileSync(path.join(program, 'Dockerfile'), 'utf8')) ?? [];
  return (JSON.parse(words) as string[]).join(' ');
}

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
}

async function start(): Promise<Running> {
  const env = ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production', 'HOST=0.0.0.0', `PORT=${PORT}`];
  const settings = [
    ...env,
    'DATA_DIR=/data',
    `BOOTSTRAP_API_KEY=${KEY}`,
    `PUBLIC_URL=http://127.0.0.1:${PORT}`,
  ];
  const script = [
    `mount --bind ${root} ${root}`,
    `mount --bind ${root}/data ${root}/data`,
    `mount -t tmpfs tmpfs ${root}/tmp`,
    `mount -t proc proc ${root}/proc`,
    `mount --bind /dev ${root}/dev`,
    `mount -o remount,bind,ro ${root}`,
    `cd ${root}/app`,
    `exec unshare --pid --fork --kill-child chroot --userspec=${USER}:${USER} ${root} env -i ${settings.join(' ')} sh -c 'cd /app && exec ${programOfImage()}'`,
  ].join(' && ');
  const child = spawn(NAMESPACES, ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (part: Buffer) => (said += part.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  for (let tries = 0; tries < 600 && !said.includes('is ready') && child.exitCode === null; tries += 1) {
    await sleep(100);
  }
  must(said.includes('is ready'), 'it starts as another user, with its root read-only');
  if (!said.includes('is ready')) say(said);
  return { child, said: () => said };
}

async function use({ child, said }: Running): Promise<void> {
  const inner = innermost(child.pid ?? 0);
  const status = readFileSync(`/proc/${inner}/status`, 'utf8');
  must(/^NSpid:.*\t1$/m.test(status), 'node is process 1');
  must(new RegExp(`^Uid:\\t${USER}\\t`, 'm').test(status), `it runs as user ${USER}`);
  must(health(inner) === 0, 'the health check of the image says that it is well');
  const health2 = (await (await fetch(`http://127.0.0.1:${PORT}/health`)).json()) as { status?: string };
  must(health2.status === 'healthy', '/health says healthy');
  const page = await fetch(`http://127.0.0.1:${PORT}/`, { headers: { 'x-api-key': KEY } });
  must(page.ok && (await page.text()).includes('<script'), 'the page is there');
  const event = await fetch(`http://127.0.0.1:${PORT}/api/v1/events`, {
    method: 'POST',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify({
      source: 'image',
      timestamp: '2026-03-01T08:14:32Z',
      event_type: 'alert',
      category: 'performance',
      title: 'It runs',
      description: '',
      severity: 'P3',
    }),
  });
  must(event.status === 202, 'an event is taken');
  must(!writes(inner, '/app/x') && !writes(inner, '/etc/x'), 'the root cannot be written to');
  must(writes(inner, '/data/x') && writes(inner, '/tmp/x'), 'only /data and /tmp can');
  say(`resident: ${/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? '?'} kB`);
  const stopped = performance.now();
  process.kill(inner, 'SIGTERM');
  await once(child, 'exit');
  must(
    child.exitCode === 0,
    `it stops on SIGTERM with 0 (${child.exitCode}, ${Math.round(performance.now() - stopped)} ms)`,
  );
  must(!/"level":(?:50|60)/.test(said()), 'it logged no error');
}

/** The program itself, below those that made its surroundings. */
function innermost(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return child ? innermost(Number(child)) : pid;
}

function inside(pid: number, command: string): number {
  try {
    const place = [
      '--target',
      String(pid),
      '--mount',
      '--pid',
      '--root',
      '--wd',
      `--setuid=${USER}`,
      `--setgid=${USER}`,
    ];
    call('nsenter', [...place, 'sh', '-c', command], {
      stdio: 'ignore',
      env: { PATH: '/usr/local/bin:/bin' },
    });
    return 0;
  } catch {
    return 1;
  }
}

const health = (pid: number) => inside(pid, `PORT=${PORT} node /app/manifests/docker/health.ts`);
const writes = (pid: number, file: string) => inside(pid, `echo x > ${file} && rm ${file}`) === 0;

function megabytes(folder: string, options: readonly string[] = []): number {
  const text = call('du', ['-s', '--block-size=1', ...options, folder], { cwd: root });
  return mb(Number(text.split('\t')[0]));
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

/** A program of the machine, beside what npm brings. */
function call(name: string, words: readonly string[], options: ExecFileSyncOptions): string {
  return String(execFileSync(name, words, options));
}

function inShell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' });
}

try {
  await run();
} finally {
  rmSync(work, { recursive: true, force: true });
}
