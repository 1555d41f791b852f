import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { env, execPath } from 'node:process';

import { freePort } from '#test/support/free-port.ts';
import { FLAGS } from '#test/support/program.ts';

/** The key every program started here knows. */
export const KEY = 'crash-test-key-0123456789abcdef';

/** The real program, to be killed and started again on the same data and the same port. */
export class Victim {
  readonly #place: Readonly<Record<string, string>>;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #ready: Promise<void> = Promise.resolve();
  /** Lines it logged as errors, over all its lives. */
  readonly errors: string[] = [];
  /** Milliseconds from each start to the line that says it is ready. */
  readonly starts: number[] = [];

  private constructor(place: Readonly<Record<string, string>>, port: number) {
    this.#place = place;
    this.#port = port;
  }

  static async make(place: Readonly<Record<string, string>>): Promise<Victim> {
    return new Victim(place, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  start(): void {
    const began = performance.now();
    const child = spawn(execPath, [...FLAGS, path.join(import.meta.dirname, '../../src/main.ts')], {
      env: { ...env, ...this.#place, PORT: String(this.#port), LOG_LEVEL: 'error', BOOTSTRAP_API_KEY: KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('is ready')) return;
      this.starts.push(performance.now() - began);
      resolve();
      said = '';
    });
    const hear = (chunk: Buffer) => this.errors.push(...errorsIn(chunk.toString()));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => {
      if (code !== null && code !== 0) this.errors.push(`it ended by itself with ${code}: ${said}`);
      reject(new Error(`the program ended with ${code} before it was ready: ${this.errors.join('\n')}`));
    });
    promise.catch(() => {});
    this.#ready = promise;
    this.#child = child;
  }

  async ready(): Promise<void> {
    await this.#ready;
  }

  /** For the end of this process, when nothing can be waited for. */
  killNow(): void {
    this.#child?.kill('SIGKILL');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an operator stops it; answers the exit code. */
  async stop(): Promise<number | null> {
    return await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }
}

function errorsIn(text: string): string[] {
  return text.split('\n').filter((it) => it.trim() !== '' && !it.includes('is ready'));
}
