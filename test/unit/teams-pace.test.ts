import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Pace } from '#adapters/teams/pace.ts';
import { ProviderError } from '#src/errors.ts';

const FREE = [[1000, 1000]] as const;
const usual = { urgency: 'message', kind: 'send' } as const;

describe('the pace of calls to Teams', () => {
  it('never lets more go in any period than each of the windows says', async () => {
    const pace = new Pace([]);
    const starts: number[] = [];
    const windows = [
      [6, 400],
      [3, 120],
    ] as const;
    const call = async () => void starts.push(performance.now());
    await Promise.all(Array.from({ length: 12 }, () => pace.run('thread', windows, call, usual)));
    expect(starts).toHaveLength(12);
    for (const [most, ms] of windows) {
      for (const [at, start] of starts.entries()) {
        const next = starts[at + most];
        if (next !== undefined) expect(next - start).toBeGreaterThan(ms * 0.6);
      }
    }
  });

  it('leads all lanes through one gate', async () => {
    const pace = new Pace([[2, 150]]);
    const starts: number[] = [];
    const call = async () => void starts.push(performance.now());
    await Promise.all(['a', 'b', 'c', 'd'].map((lane) => pace.run(lane, FREE, call, usual)));
    expect((starts[2] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(145);
  });

  it('lets answers to people go first, and topics last', async () => {
    const pace = new Pace([]);
    const order: string[] = [];
    const windows = [[1, 40]] as const;
    const call = (name: string) => async () => void order.push(name);
    await Promise.all([
      pace.run('thread', windows, call('first'), usual),
      pace.run('thread', windows, call('topic'), { ...usual, urgency: 'rest' }),
      pace.run('thread', windows, call('card'), usual),
      pace.run('thread', windows, call('answer'), { ...usual, urgency: 'person' }),
    ]);
    expect(order).toEqual(['first', 'answer', 'card', 'topic']);
  });

  it('makes only the latest of the changes that wait, one at a time, for all who asked', async () => {
    const pace = new Pace([]);
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
      return await pace.run('thread', FREE, change(state), { ...usual, merge: 'card' });
    });
    const results = await Promise.all(asked);
    expect(made.at(-1)).toBe(19);
    expect(made.length).toBeLessThan(8);
    for (const [state, result] of results.entries()) expect(result).toBeGreaterThanOrEqual(state);
  });

  it('rests where the service says so, and nowhere else', async () => {
    const pace = new Pace([]);
    pace.rest('thread', FREE, 'send', 30_000);
    const refused = await pace.run('thread', FREE, async () => 1, usual).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProviderError);
    expect(refused).toMatchObject({ retry: true });
    expect((refused as ProviderError).retryAfterMs).toBeGreaterThan(29_000);
    expect(await pace.run('thread', FREE, async () => 2, { ...usual, kind: 'edit' })).toBe(2);
    expect(await pace.run('other', FREE, async () => 3, usual)).toBe(3);
  });

  it('goes on when calls fail', async () => {
    const pace = new Pace([]);
    const fails = pace.run('thread', FREE, () => Promise.reject(new Error('no')), {
      ...usual,
      merge: 'card',
    });
    await expect(fails).rejects.toThrow('no');
    expect(await pace.run('thread', FREE, async () => 1, { ...usual, merge: 'card' })).toBe(1);
  });
});
