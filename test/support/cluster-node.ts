import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Wire } from './cluster-wire.ts';
import { FLAGS, KEY } from './program.ts';

const READY_MS = 300_000;
/** Whoever watches over processes starts one that ended by itself again after so long. */
const RESTART_MS = 500;
/** Whoever stops a process waits so long for it, and then kills it: as long as an orchestrator does by default, and some more. */
const STOP_MS = 60_000;
/** Of what a process says, so much is kept. */
const MOST_LINES = 2000;

/** What is true of a node at the moment. `starting` ends when it says that it is ready. */
export type NodeState = 'off' | 'starting' | 'up' | 'frozen' | 'stopping';

/**
 * One process of the real program among several on the same database, which is killed, frozen, stopped
 * and started again at the same address.
 */
export class ClusterNode {
  readonly name: string;
  readonly port: number;
  /** Its own way to the database, and to Redis where there is one; none where nothing is to be broken. */
  readonly wires: { readonly database: Wire | null; readonly redis: Wire | null };
  /** Lines that it logged, over all its lives: warnings and worse. */
  readonly lines: string[] = [];
  /** Lives that ended by themselves after they had said that they were ready. */
  readonly crashes: string[] = [];
  /** Lives that ended by themselves before that: they were started again, as by whoever watches over processes. */
  readonly givenUp: string[] = [];
  /** Milliseconds from each start until it was ready. */
  readonly starts: number[] = [];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #state: NodeState = 'off';

  constructor(options: {
    readonly name: string;
    readonly port: number;
    readonly wires: ClusterNode['wires'];
    readonly env: Readonly<Record<string, string>>;
  }) {
    this.name = options.name;
    this.port = options.port;
    this.wires = options.wires;
    this.#env = options.env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get state(): NodeState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Begins to start it; `ready` says when it is there. */
  start(more: Readonly<Record<string, string>> = {}): void {
    const began = performance.now();
    const program = path.join(import.meta.dirname, '../../src/main.ts');
    const child = spawn(execPath, [...FLAGS, program], {
      env: {
        ...env,
        LOG_LEVEL: 'info',
        BOOTSTRAP_API_KEY: KEY,
        REQUESTS_PER_MINUTE: '1000000',
        ...this.#env,
        ...more,
        PORT: `${this.port}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer) => {
      const lines = chunk.toString().split('\n');
      if (child === this.#child && lines.some((it) => it.includes('is ready'))) {
        this.starts.push(performance.now() - began);
        if (this.#state === 'starting') this.#state = 'up';
      }
      this.#keep(lines.filter((it) => it.trim() !== '' && !it.includes('is ready')));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => {
      if (child === this.#child) this.#ended(code, more);
    });
    this.#child = child;
    this.#state = 'starting';
  }

  /** Until it says that it is, however often it has to be started for that. */
  async ready(): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while (this.#state !== 'up') {
      if (performance.now() > deadline) {
        throw new Error(`${this.name} is ${this.#state} and was not ready in time:\n${this.#last()}`);
      }
      await sleep(20);
    }
  }

  /** SIGSTOP: it is there, and does nothing. */
  freeze(): void {
    if (this.#state !== 'up') return;
    this.#state = 'frozen';
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'up';
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.#state = 'off';
  }

  /** As an operator stops it; answers the exit code, or null where it had to be killed in the end. */
  async stop(): Promise<number | null> {
    this.thaw();
    const late = setTimeout(() => {
      this.crashes.push(`${this.name} did not stop in ${STOP_MS / 1000} s:\n${this.#last()}`);
      this.killNow();
    }, STOP_MS);
    return await this.#end('SIGTERM').finally(() => clearTimeout(late));
  }

  /** For the end of this process, when nothing can be waited for. */
  killNow(): void {
    this.#child?.kill('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    this.#state = 'stopping';
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  #ended(code: number | null, more: Readonly<Record<string, string>>): void {
    const before = this.#state;
    this.#state = 'off';
    if (before === 'stopping' || code === null) return;
    const where = before === 'starting' ? this.givenUp : this.crashes;
    where.push(`${this.name} ended by itself with ${code}:\n${this.#last()}`);
    setTimeout(() => {
      if (this.#state === 'off') this.start(more);
    }, RESTART_MS);
  }

  #last(): string {
    return this.lines.slice(-8).join('\n');
  }

  #keep(lines: readonly string[]): void {
    this.lines.push(...lines);
    if (this.lines.length > MOST_LINES) this.lines.splice(0, this.lines.length - MOST_LINES);
  }
}
