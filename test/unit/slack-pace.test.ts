import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Pace } from '#adapters/slack/pace.ts';
import { ProviderError } from '#src/errors.ts';

const FREE = { most: 1000, interval: 1000 };
const message = { urgency: 'message' } as const;

describe('the pace of calls', () => {
  it('never lets more go in any period than the rate says', async () => {
    const pace = new Pace(() => new Date());
    const starts: number[] = [];
    const rate = { most: 3, interval: 120 };
    const call = async () => void starts.push(performance.now());
    await Promise.all(Array.from({ length: 10 }, () => pace.run('posts', rate, call, message)));
    expect(starts).toHaveLength(10);
    for (const [at, start] of starts.entries()) {
      const fourth = starts[at + 3];
      if (fourth !== undefined) expect(fourth - start).toBeGreaterThan(72);
    }
  });

  it('lets answers to people go first', async () => {
    const pace = new Pace(() => new Date());
    const order: string[] = [];
    const rate = { most: 1, interval: 40 };
    const call = (name: string) => async () => void order.push(name);
    await Promise.all([
      pace.run('line', rate, call('first'), message),
      pace.run('line', rate, call('topic'), { urgency: 'rest' }),
      pace.run('line', rate, call('card'), message),
      pace.run('line', rate, call('answer'), { urgency: 'person' }),
    ]);
    expect(order).toEqual(['first', 'answer', 'card', 'topic']);
  });

  it('makes only the latest of the changes that wait, one at a time, for all who asked', async () => {
    const pace = new Pace(() => new Date());
    const made: number[] = [];
    let running = 0;
    const change = (state: number) => async () => {
      running += 1;
      expect(running).toBe(1);
      await sleep(15);
      running -= 1;
      made.push(state);
      return state;
    };
    const asked = Array.from({ length: 20 }, async (_, state) => {
      await sleep(state);
      return await pace.run('edits', FREE, change(state), { urgency: 'message', merge: 'card' });
    });
    const results = await Promise.all(asked);
    expect(made.at(-1)).toBe(19);
    expect(made.length).toBeLessThan(8);
    expect(results.at(-1)).toBe(19);
    for (const [state, result] of results.entries()) expect(result).toBeGreaterThanOrEqual(state);
  });

  it('passes on what a merged call threw to all who waited for it', async () => {
    const pace = new Pace(() => new Date());
    const fails = async () => await Promise.reject(new Error('no'));
    const merge = { urgency: 'message', merge: 'card' } as const;
    const all = await Promise.allSettled([1, 2, 3].map(() => pace.run('edits', FREE, fails, merge)));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await pace.run('edits', FREE, async () => 'again', merge)).toBe('again');
  });

  it('rests one line alone', async () => {
    const pace = new Pace(() => new Date());
    pace.rest('edits', FREE, 80);
    const begun = performance.now();
    const edit = pace.run('edits', FREE, async () => performance.now() - begun, message);
    expect(await pace.run('posts', FREE, async () => performance.now() - begun, message)).toBeLessThan(60);
    expect(await edit).toBeGreaterThan(70);
  });

  it('says when to come back instead of letting anybody wait for long', async () => {
    const pace = new Pace(() => new Date());
    pace.rest('edits', FREE, 30_000);
    const waiting = pace.run('edits', FREE, async () => 'never', message);
    await expect(waiting).rejects.toBeInstanceOf(ProviderError);
    await expect(waiting).rejects.toMatchObject({ retry: true });
    const { retryAfterMs } = (await waiting.catch((error: unknown) => error)) as ProviderError;
    expect(retryAfterMs).toBeGreaterThan(25_000);
  });
});
