import { expect, vi } from 'vitest';

import type { Job, Queue, RunningJob } from '#src/jobs/queue.ts';

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
  await vi.waitFor(
    async () => expect(await queue.stats()).toMatchObject({ ready: 0, running: 0, delayed: 0 }),
    {
      timeout: 10_000,
      interval: 10,
    },
  );
}

/** Lets time pass in small steps until it holds, `withinMs` at most. */
export async function eventually(queues: Queues, holds: () => unknown, withinMs: number): Promise<void> {
  const step = Math.min(2000, Math.max(20, withinMs / 20));
  for (let passed = 0; ; passed += step) {
    try {
      return void (await vi.waitFor(holds, { timeout: passed < withinMs ? 30 : 5000, interval: 5 }));
    } catch (error) {
      if (passed >= withinMs) throw error;
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
