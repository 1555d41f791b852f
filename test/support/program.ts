import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The key every program started here knows. */
export const KEY = 'test-key-0123456789abcdefghij';

export interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  /** Milliseconds from the spawn to the line that names the address. */
  readonly startedInMs: number;
  /** What it logged so far. */
  log(): string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** As an operator stops it; answers the exit code. */
  stop(): Promise<number | null>;
  /** As the kernel does when memory runs out. */
  kill(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ROOT = path.join(import.meta.dirname, '../..');
const MAIN = path.join(ROOT, 'src/main.ts');
/** In a run of tests what one of them compiled no other has to: a fifth of what it takes to start. What measures goes without, as operators do. */
const CODE = path.join(tmpdir(), 'incident-manager-code');
/** How `npm start` has Node run it. */
export const [, ...FLAGS] = startScript().split(' ').slice(0, -1);

function startScript(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return (manifest as { scripts: { start: string } }).scripts.start;
}

/** Starts the real program as a process of its own, on a free port, and waits until it says where it is. */
export async function startProgram(
  env: Readonly<Record<string, string>>,
  { main = MAIN, through = [] }: { readonly main?: string; readonly through?: readonly string[] } = {},
): Promise<Program> {
  const start = performance.now();
  const [program, ...args] = [...through, process.execPath, ...FLAGS, main];
  const child = spawn(program, args, {
    env: {
      ...process.env,
      ...(process.env['VITEST'] ? { NODE_COMPILE_CACHE: CODE } : {}),
      PORT: '0',
      LOG_LEVEL: 'warn',
      BOOTSTRAP_API_KEY: KEY,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-100_000);
  });
  const url = await addressOf(child, () => log);
  return {
    url,
    child,
    startedInMs: performance.now() - start,
    log: () => log,
    call: async (method, at, body, headers = {}) => await call(`${url}${at}`, method, body, headers),
    stop: async () => await end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

async function addressOf(child: ChildProcess, log: () => string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const found = /http:\/\/[\w.[\]:-]+:\d+/.exec(said);
    if (found) resolve(found[0].replace('localhost', '127.0.0.1'));
  });
  child.once('exit', (code) =>
    reject(new Error(`the program ended with ${code} before it was ready:\n${said}${log()}`)),
  );
  const timer = setTimeout(
    () => reject(new Error(`the program was not ready within 60 s:\n${said}${log()}`)),
    60_000,
  );
  return await promise.finally(() => clearTimeout(timer));
}

async function call(
  url: string,
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'x-api-key': KEY, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
