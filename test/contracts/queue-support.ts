import { expect, vi } from 'vitest';

import type { Job, Queue, RunningJob } from '#src/jobs/queue.ts';
import { comesTrue } from '#test/support/reacting.ts';

/** A queue under test. Each process has a queue of its own, over the same jobs. */
export interface Queues {
  /** `kill` is kill -9: from then on the process does nothing, not even tidy up. */
  process(): { readonly queue: Queue; readonly kill: () => void };
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** After how many milliseconds the jobs of a killed process run again. */
  readonly recoveryMs: number;
}

export function job(id: string, more: Partial<Job> = {}): Job {
  const { lane = 'incident-1', priority = 10, payload = {} } = more;
  return { id, kind: 'test', lane, priority, payload };
}

export async function drained(queue: Queue): Promise<void> {
  await comesTrue(async () =>
    expect(await queue.stats()).toMatchObject({ ready: 0, running: 0, delayed: 0 }),
  );
}

/** Steps that may be taken too early on a busy machine: what was to happen in one had no time to. */
const MORE_STEPS = 60;

/** Lets time pass in small steps until it holds, for `withinMs`, and a little longer where the machine is busy. */
export async function eventually(queues: Queues, holds: () => unknown, withinMs: number): Promise<void> {
  const step = Math.min(2000, Math.max(20, withinMs / 20));
  const most = withinMs / step + MORE_STEPS;
  for (let steps = 0; ; steps += 1) {
    try {
      return void (await vi.waitFor(holds, { timeout: steps * step < withinMs ? 30 : 200, interval: 5 }));
    } catch (error) {
      if (steps >= most) throw error;
      await queues.pass(step);
    }
  }
}

export async function tick(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** Jobs that wait for each other. */
export class Together {
  readonly now: string[] = [];
  readonly ended: string[] = [];
  most = 0;
  readonly #gate = Promise.withResolvers<void>();

  async run({ id }: RunningJob): Promise<void> {
    this.now.push(id);
    this.most = Math.max(this.most, this.now.length);
    await this.#gate.promise;
    this.now.splice(this.now.indexOf(id), 1);
    this.ended.push(id);
  }

  release(): void {
    this.#gate.resolve();
  }
}
