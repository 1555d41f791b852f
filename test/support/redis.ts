import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './free-port.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

/** A real Redis of our own, on a port of this machine that nobody else uses. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** kill -9: it forgets everything, unless it `keeps`. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  /** It answers nothing and refuses nothing, as a machine that hangs. */
  freeze(): void;
  thaw(): void;
  /** Everything in it is gone. */
  flush(): Promise<void>;
  /** One command, as one would type it; answers the first line of what it says. */
  say(command: string): Promise<string>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const ASK_EVERY_MS = 20;

/** Where its program is; undefined where it is not installed. */
export function findRedis(): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .map((it) => join(it, 'redis-server'))
    .find((it) => existsSync(it));
}

/** The same, where it must not be missing. */
export function requireRedis(): string {
  const program = findRedis();
  if (program === undefined) {
    throw new Error(
      'NOT TESTED ON REDIS: there is no redis-server. Install it (Debian: apt-get install redis-server).',
    );
  }
  return program;
}

/**
 * Whether tests on Redis can run. What is not tested must not look tested: one loud
 * line here, a failure where it must never happen.
 */
export function hasRedis(): boolean {
  if (findRedis() !== undefined) return true;
  if (env.CI) requireRedis();
  process.stderr.write('\nNOT TESTED ON REDIS: install it (Debian: apt-get install redis-server).\n\n');
  return false;
}

/** `keeps`: what it has survives a kill and a restart, as where operators switched that on. */
export async function startRedis({
  keeps = false,
  args = [] as readonly string[],
} = {}): Promise<RedisServer> {
  const program = requireRedis();
  const folder = makeTemporaryFolder();
  const port = await freePort();
  const run = async () => {
    const named = {
      port,
      bind: '127.0.0.1',
      dir: folder,
      pidfile: join(folder, 'redis.pid'),
      logfile: join(folder, 'log'),
      save: '',
      appendonly: keeps ? 'yes' : 'no',
      'maxmemory-policy': 'noeviction',
    };
    const own = Object.entries(named).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const child = runUnderUs(program, [...own, ...args]);
    await ready(port, child, join(folder, 'log'));
    return child;
  };
  let child = await run();
  const pid = () => Number(readFileSync(join(folder, 'redis.pid'), 'utf8'));
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Its keeper sees this end, and kills it.
    child.stdin?.end();
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async restart() {
      await kill();
      child = await run();
    },
    freeze: () => void process.kill(pid(), 'SIGSTOP'),
    thaw: () => void process.kill(pid(), 'SIGCONT'),
    flush: async () => void (await say(port, 'FLUSHALL')),
    say: async (command) => await say(port, command),
    async stop() {
      await kill();
      removeFolder(folder);
    },
  };
}

/** It dies with us, however we die: its keeper waits for the end of what we never write. */
function runUnderUs(program: string, args: readonly string[]): ChildProcess {
  const keeper = '"$@" </dev/null >/dev/null 2>&1 & read -r _; kill -9 $! 2>/dev/null; wait $! 2>/dev/null';
  return spawn('/bin/sh', ['-c', keeper, 'sh', program, ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
}

async function ready(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let passed = 0; passed < READY_WITHIN_MS; passed += ASK_EVERY_MS) {
    if ((await say(port, 'PING').catch(() => '')) === '+PONG') return;
    await sleep(ASK_EVERY_MS);
  }
  child.stdin?.end();
  const said = existsSync(log) ? readFileSync(log, 'utf8') : 'it wrote nothing';
  throw new Error(`redis-server did not start: ${said}`);
}

/** In the simplest form of its protocol, so that nothing under test is used to test it. */
async function say(port: number, command: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('\r\n')) resolve(said.split('\r\n')[0] ?? '');
  });
  socket.on('error', reject).on('close', () => reject(new Error('it hung up')));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
