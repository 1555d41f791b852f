import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

export interface PgBouncer {
  /** The same address, through it. */
  readonly through: (databaseUrl: string) => string;
  readonly stop: () => Promise<void>;
}

const PROGRAM = '/usr/sbin/pgbouncer';

/** Whether tests through PgBouncer can run. In CI they must: what is not tested must not look tested. */
export function hasPgBouncer(): boolean {
  if (existsSync(PROGRAM)) return true;
  const text = 'NOT TESTED THROUGH PGBOUNCER: install it (Debian: apt-get install pgbouncer).';
  if (env.CI) throw new Error(text);
  process.stderr.write(`\n${text}\n\n`);
  return false;
}

/** A real one in transaction mode, before a PostgreSQL that is reached over a socket in a folder. */
export async function startPgBouncer(databaseUrl: string, { connections = 10 } = {}): Promise<PgBouncer> {
  const folder = makeTemporaryFolder();
  const port = await freePort();
  const server = new URL(databaseUrl).searchParams.get('host') ?? '';
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 500
server_login_retry = 1
logfile = ${join(folder, 'log')}
`,
  );
  writeFileSync(join(folder, 'users'), '"postgres" ""\n');
  const child = spawn(PROGRAM, [join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...userOf(folder) });
  const last = () => void child.kill('SIGKILL');
  process.once('exit', last);
  for (let tries = 0; !(await isOpen(port)); tries += 1) {
    if (child.exitCode !== null || tries > 1000) throw new Error('PgBouncer did not start');
    await sleep(20);
  }
  return {
    through: (given) => {
      const url = new URL(given);
      return `postgres://postgres@127.0.0.1:${port}${url.pathname}`;
    },
    stop: async () => {
      process.off('exit', last);
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await gone;
      removeFolder(folder);
    },
  };
}

/** It refuses to be root; PostgreSQL's package brings a user. */
function userOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ['-u', '-g'].map((it) => Number(spawnSync('id', [it, 'postgres']).stdout));
  chownSync(folder, uid, gid);
  return { uid, gid };
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return await promise.finally(() => socket.destroy());
}
