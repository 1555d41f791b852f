import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findPostgres } from '#test/support/postgres.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

const PROGRAMS = findPostgres() ?? '';

interface ServerOptions {
  /** Where it keeps its data; a temporary folder of its own otherwise. */
  readonly folder?: string;
  /** It listens there too. */
  readonly address?: string;
}

/** A PostgreSQL as careful as in earnest, to be killed, filled up, copied and made the first. */
export class Server {
  readonly folder: string;
  readonly #options: ServerOptions;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.folder = options.folder ?? makeTemporaryFolder(tmpdir());
    own(this.folder);
  }

  static begin(options: ServerOptions = {}): Server {
    const server = new Server(options);
    mkdirSync(server.#data);
    own(server.#data);
    asPostgres('initdb', '-D', server.#data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C');
    if (options.address !== undefined) {
      spawnSync('sh', ['-c', `echo "host all all 10.0.0.0/8 trust" >> ${server.#data}/pg_hba.conf`]);
    }
    server.start();
    return server;
  }

  /** One that follows this one, and has all that it has. */
  standby(): Server {
    const other = new Server({});
    const copy = ['-h', this.folder, '-U', 'postgres', '-D', other.#data, '-R', '-X', 'stream'];
    asPostgres('pg_basebackup', ...copy, '-C', '-S', 'other', '--checkpoint=fast');
    other.start();
    return other;
  }

  get socket(): string {
    return path.join(this.folder, '.s.PGSQL.5432');
  }

  get url(): string {
    return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(this.folder)}`;
  }

  get #data(): string {
    return path.join(this.folder, 'data');
  }

  start(): void {
    const address = this.#options.address ?? '';
    const settings = `-c listen_addresses='${address}' -c unix_socket_directories=${this.folder} -c max_connections=100 -c shared_buffers=32MB`;
    asPostgres(
      'pg_ctl',
      '-D',
      this.#data,
      '-l',
      path.join(this.folder, 'log'),
      '-o',
      settings,
      '-w',
      'start',
    );
  }

  /** As an administrator does: `fast` puts clients out first. */
  stop(how: 'fast' | 'immediate' = 'fast'): void {
    asPostgres('pg_ctl', '-D', this.#data, '-m', how, '-w', 'stop');
  }

  /** kill -9 of the whole server, at once. */
  kill(): void {
    const pid = readFileSync(path.join(this.#data, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
    const children = spawnSync('pgrep', ['-P', pid], { encoding: 'utf8' }).stdout.split('\n');
    for (const it of [pid, ...children]) if (it !== '') process.kill(Number(it), 'SIGKILL');
  }

  /** Until it runs again; what was killed may still hold its memory for a moment. */
  async startAgain(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        this.start();
        return;
      } catch (error) {
        if (tries > 20) throw error;
        await sleep(250);
      }
    }
  }

  isRunning(): boolean {
    const asked = spawnSync(path.join(PROGRAMS, 'pg_ctl'), ['-D', this.#data, 'status'], asOptions());
    return asked.status === 0;
  }

  promote(): void {
    asPostgres('pg_ctl', '-D', this.#data, '-w', 'promote');
  }

  ask(sql: string): string {
    return asPostgres('psql', '-h', this.folder, '-U', 'postgres', '-At', '-c', sql).trim();
  }

  remove(): void {
    if (this.isRunning()) this.stop('immediate');
    if (this.#options.folder === undefined) removeFolder(this.folder);
  }
}

function asPostgres(program: string, ...args: readonly string[]): string {
  return execFileSync(path.join(PROGRAMS, program), args, {
    ...asOptions(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** It must not be root, and its package brings a user for it. */
function asOptions(): { cwd: string; uid?: number; gid?: number } {
  return { cwd: '/', ...(process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}) };
}

export function own(folder: string): void {
  if (process.getuid?.() === 0) chownSync(folder, idOf('-u'), idOf('-g'));
}

function idOf(which: string): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}
