import { describe, expect, test } from 'vitest';

import { ProviderError } from '#src/errors.ts';
import { Breakers } from '#src/jobs/breakers.ts';
import { LeftAlone } from '#src/jobs/verdict.ts';
import { ManualClock } from '#test/support/manual-clock.ts';

describe('the circuit breaker of a destination', () => {
  const down = () => Promise.reject(new ProviderError('slack', 'is down', { retry: true }));
  const fine = () => Promise.resolve('ok');
  const open = () => {
    const clock = new ManualClock();
    const breakers = new Breakers(clock);
    const calling = (call: () => Promise<string>, destination = 'slack') =>
      breakers.calling(destination, call, new AbortController().signal);
    const fail = async (times: number) => {
      for (let i = 0; i < times; i += 1) await expect(calling(down)).rejects.toThrow('is down');
    };
    return { clock, breakers, calling, fail, state: () => breakers.states().get('slack') };
  };

  test('opens after five failures in a row, and then calls nothing', async () => {
    const { calling, fail, state } = open();
    await fail(4);
    expect(state()).toBe('closed');
    await fail(1);
    expect(state()).toBe('open');
    let calls = 0;
    const counted = async () => String((calls += 1));
    await expect(calling(counted)).rejects.toBeInstanceOf(LeftAlone);
    await expect(calling(counted)).rejects.toMatchObject({ waitMs: 60_000 });
    expect(calls).toBe(0);
  });

  test('leaves other destinations alone', async () => {
    const { calling, fail } = open();
    await fail(5);
    expect(await calling(fine, 'teams')).toBe('ok');
  });

  test('closes after two successes, 60 s later', async () => {
    const { clock, calling, fail, state } = open();
    await fail(5);
    clock.advance(59_999);
    await expect(calling(fine)).rejects.toMatchObject({ waitMs: 1 });
    clock.advance(1);
    expect(await calling(fine)).toBe('ok');
    expect(state()).toBe('probing');
    expect(await calling(fine)).toBe('ok');
    expect(state()).toBe('closed');
  });

  test('opens again at the first failure of a probe', async () => {
    const { clock, calling, fail, state } = open();
    await fail(5);
    clock.advance(60_000);
    expect(await calling(fine)).toBe('ok');
    await fail(1);
    expect(state()).toBe('open');
    await expect(calling(fine)).rejects.toMatchObject({ waitMs: 60_000 });
  });

  test('lets no more than two calls through to find out', async () => {
    const { clock, calling, fail, state } = open();
    await fail(5);
    clock.advance(60_000);
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const probes = answers.map((it) => calling(() => it.promise));
    await expect(calling(fine)).rejects.toMatchObject({ waitMs: 1000 });
    for (const it of answers) it.resolve('ok');
    expect(await Promise.all(probes)).toEqual(['ok', 'ok']);
    expect(state()).toBe('closed');
  });

  test('opens when more than half of ten calls failed, though never five in a row', async () => {
    const { calling, fail, state } = open();
    for (const failures of [4, 2]) {
      await fail(failures);
      await calling(fine);
    }
    expect(state()).toBe('closed');
    await fail(2);
    expect(state()).toBe('open');
  });

  test.each([
    ['a refusal', new ProviderError('slack', 'no such room', { retry: false })],
    ['a request for patience', new ProviderError('slack', 'slowly', { retry: true, retryAfterMs: 5000 })],
    ['a bug of ours', new TypeError('x is undefined')],
  ])('is not moved by %s', async (_, error) => {
    const { calling, state } = open();
    for (let i = 0; i < 20; i += 1) await expect(calling(() => Promise.reject(error))).rejects.toBe(error);
    expect(state()).toBe('closed');
  });

  test('counts a call that was cut off', async () => {
    const breakers = new Breakers(new ManualClock());
    const cut = AbortSignal.abort();
    for (let i = 0; i < 5; i += 1) {
      await expect(breakers.calling('slack', () => Promise.reject(new Error('x')), cut)).rejects.toThrow(
        'cut off',
      );
    }
    expect(breakers.states().get('slack')).toBe('open');
  });
});
