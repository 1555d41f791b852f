import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePorts } from './free-port.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

/** A real RabbitMQ of our own: its ports, its name server and its folder are nobody else's. */
export interface RabbitServer {
  readonly url: string;
  /** kill -9. What is durable is in its folder. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const READY_WITHIN_MS = 90_000;

/** Whether tests on RabbitMQ can run. In CI they must: what is not tested must not look tested. */
export function hasRabbit(): boolean {
  if (existsSync(PROGRAM)) return true;
  const text = 'NOT TESTED ON RABBITMQ: install it (Debian: apt-get install rabbitmq-server).';
  if (env.CI) throw new Error(text);
  process.stderr.write(`\n${text}\n\n`);
  return false;
}

/** It takes three seconds of a processor, so one serves all tests of a file. */
export async function startRabbit(): Promise<RabbitServer> {
  const folder = makeTemporaryFolder();
  const [port, distribution, names] = await freePorts(3);
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    `listeners.tcp.1 = 127.0.0.1:${port}\nloopback_users = none\nvm_memory_high_watermark.absolute = 256MB\ndisk_free_limit.absolute = 1MB\n`,
  );
  const settings = {
    PATH: env.PATH ?? '',
    HOME: folder,
    RABBITMQ_NODENAME: `incidents${port}@localhost`,
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  };
  let child = await run(folder, settings, port);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    process.kill(pidIn(folder), 'SIGKILL');
    await gone;
  };
  const last = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(pidIn(folder), 'SIGKILL');
  };
  process.once('exit', last);
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    kill,
    restart: async () => {
      await kill();
      child = await run(folder, settings, port);
    },
    stop: async () => {
      await kill();
      process.off('exit', last);
      spawnSync('epmd', ['-kill'], { env: { PATH: settings.PATH, ERL_EPMD_PORT: settings.ERL_EPMD_PORT } });
      removeFolder(folder);
    },
  };
}

async function run(
  folder: string,
  settings: Readonly<Record<string, string>>,
  port: number | undefined,
): Promise<ChildProcess> {
  const child = spawn(PROGRAM, [], {
    env: settings,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...userOf(folder),
  });
  let said = '';
  const hear = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-5000));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`RabbitMQ did not start:\n${said}`);
    }
    await sleep(50);
  }
  return child;
}

/** It must not be root, and its package brings a user for it. */
function userOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid = 0, gid = 0] = ['-u', '-g'].map((it) => Number(spawnSync('id', [it, 'rabbitmq']).stdout));
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function pidIn(folder: string): number {
  return Number(readFileSync(join(folder, 'pid'), 'utf8'));
}

async function isOpen(port: number | undefined): Promise<boolean> {
  const socket = connect(port ?? 0, '127.0.0.1');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return await promise.finally(() => socket.destroy());
}
