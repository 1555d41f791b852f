import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { env, execPath } from 'node:process';

import { KEY } from '#test/crash/victim.ts';

export type Place = Readonly<Record<string, string>>;

/** The program of this folder, the one that is rehearsed. */
export const HERE = path.join(import.meta.dirname, '../..');

export interface Running {
  readonly url: string;
  /** Lines it logged as errors. */
  readonly errors: readonly string[];
  /** As an operator stops it; answers the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** Starts the program in `folder` on this data, at this port, and waits until it is ready. */
export async function startIn(folder: string, place: Place, port: number): Promise<Running> {
  const child = spawn(execPath, [path.join(folder, 'src/main.ts')], {
    env: { ...env, ...place, PORT: String(port), LOG_LEVEL: 'error', BOOTSTRAP_API_KEY: KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hear = (chunk: Buffer) => {
    const lines = chunk.toString().split('\n');
    if (lines.some((it) => it.includes('is ready'))) resolve();
    errors.push(...lines.filter((it) => it.trim() !== '' && !it.includes('is ready')));
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${errors.join('\n')}`)));
  process.once('exit', () => child.kill('SIGKILL'));
  await promise;
  return {
    url: `http://127.0.0.1:${port}`,
    errors,
    stop: async () => await end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}
