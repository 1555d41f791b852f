import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';

import { abandonedFolders, makeTemporaryFolder, removeFolder } from './temporary.ts';

const OLDEST = 15;

export interface PostgresServer {
  /** The address of one of its databases. */
  readonly urlOf: (database: string) => string;
  /** It ends while others use it: putting its clients out first, or as in a crash. */
  readonly down: (how: 'fast' | 'immediate') => Promise<void>;
  /** It is there again, at the same address, with what was committed. */
  readonly up: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * The folder with PostgreSQL's own programs, 15 or newer; undefined where it
 * is not installed. Distributions keep the server's programs out of PATH.
 */
export function findPostgres(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    ...(existsSync(packaged) ? readdirSync(packaged).map((it) => join(packaged, it, 'bin')) : []),
  ];
  const found = folders.find((it) => existsSync(join(it, 'initdb')) && majorOf(it) >= OLDEST);
  // Some link a few of the programs into PATH; the others lie beside the real ones.
  return found && dirname(realpathSync(join(found, 'initdb')));
}

/**
 * A server of our own, empty, in a temporary folder, reached over a socket in it: nothing else can meet it.
 * `durable`: on a disk and as careful as in production, for measuring.
 */
export function startPostgres(programs: string, { durable = false } = {}): PostgresServer {
  const folder = durable ? makeTemporaryFolder(tmpdir()) : makeTemporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  giveToPostgres(folder, data);
  run(programs, 'initdb', ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N']);
  const start = ['-D', data, '-l', join(folder, 'log'), '-o', optionsFor(folder, durable), '-w', 'start'];
  run(programs, 'pg_ctl', start);
  return {
    urlOf: (database) => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(folder)}`,
    down: async (how) => await runAside(programs, 'pg_ctl', ['-D', data, '-m', how, '-w', 'stop']),
    up: async () => await runAside(programs, 'pg_ctl', start),
    stop: () => {
      run(programs, 'pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
      removeFolder(folder);
    },
  };
}

/** What a test run leaves nobody needs, so nothing has to survive a crash. */
const CARELESS = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '64MB' };
/** As `manifests/compose/distributed.yaml` has it. */
const IN_PRODUCTION = { shared_buffers: '1GB', max_wal_size: '4GB', min_wal_size: '2GB' };

/** The time zone is one that no test expects. */
function optionsFor(folder: string, durable: boolean): string {
  const settings = {
    listen_addresses: "''",
    unix_socket_directories: folder,
    ...(durable ? IN_PRODUCTION : CARELESS),
    max_connections: '200',
    timezone: 'Asia/Tokyo',
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
export function run(programs: string, program: string, args: readonly string[]): string {
  const [first = '', ...rest] = commandOf(programs, program, args);
  return execFileSync(first, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
}

/** The same while this process goes on. */
async function runAside(programs: string, program: string, args: readonly string[]): Promise<void> {
  const [first = '', ...rest] = commandOf(programs, program, args);
  await promisify(execFile)(first, rest, { cwd: '/' });
}

function commandOf(programs: string, program: string, args: readonly string[]): readonly string[] {
  const command = [join(programs, program), ...args];
  return isRoot() ? ['runuser', '-u', 'postgres', '--', ...command] : command;
}

export function giveToPostgres(...folders: readonly string[]): void {
  if (!isRoot()) return;
  const [user = 0, group = 0] = ['-u', '-g'].map((it) => Number(execFileSync('id', [it, 'postgres'])));
  for (const it of folders) chownSync(it, user, group);
}

function majorOf(programs: string): number {
  const text = execFileSync(join(programs, 'initdb'), ['--version'], { encoding: 'utf8' });
  return Number(/\) (\d+)/.exec(text)?.[1] ?? 0);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Stops servers whose test run was killed, and removes what it left behind. */
export function sweepAbandoned(programs: string | undefined): void {
  for (const folder of abandonedFolders()) {
    const data = join(folder, 'data');
    if (existsSync(join(data, 'postmaster.pid')) && programs !== undefined) stopQuietly(programs, data);
    removeFolder(folder);
  }
}

function stopQuietly(programs: string, data: string): void {
  try {
    run(programs, 'pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
  } catch {
    // It was not running any more.
  }
}
