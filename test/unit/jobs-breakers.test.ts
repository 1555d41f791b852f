import { describe, expect, test } from 'vitest';

import { ProviderError } from '#src/errors.ts';
import { Breakers } from '#src/jobs/breakers.ts';
import { GivenBack, LeftAlone } from '#src/jobs/verdict.ts';
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

describe('a destination that can be asked', () => {
  const down = () => Promise.reject(new ProviderError('slack', 'is down', { retry: true }));
  const soon = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const open = ({ hasWork = false } = {}) => {
    const clock = new ManualClock();
    const changes: string[] = [];
    const asked = { times: 0, isDown: false, hasWork };
    const breakers = new Breakers(clock, (name, state) => void changes.push(`${name} ${state}`));
    breakers.watch('slack', {
      check: async () => {
        asked.times += 1;
        if (asked.isDown) await down();
      },
      hasWork: async () => asked.hasWork,
    });
    const never = new AbortController().signal;
    const calling = (call: () => Promise<string>) => breakers.calling('slack', call, never);
    const fail = async (times: number) => {
      for (let i = 0; i < times; i += 1) await expect(calling(down)).rejects.toThrow('is down');
    };
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1000) {
        clock.advance(1000);
        await soon();
      }
    };
    return { breakers, asked, changes, calling, fail, pass, slots: () => breakers.slots('slack', 16) };
  };

  test('gets work when it has said that it is there, and is asked no more', async () => {
    const { asked, changes, slots, pass } = open();
    expect(slots()).toBe(0);
    await pass(1000);
    expect(slots()).toBe(16);
    expect(changes).toEqual(['slack closed']);
    await pass(600_000);
    expect(asked.times).toBe(1);
  });

  test('that is away at the start is left alone, and asked again and again', async () => {
    const { asked, changes, slots, pass } = open();
    asked.isDown = true;
    await pass(300_000);
    expect(slots()).toBe(0);
    expect(changes.filter((it) => it === 'slack open').length).toBeGreaterThan(2);
    asked.isDown = false;
    await pass(80_000);
    expect(slots()).toBe(16);
    expect(changes.at(-1)).toBe('slack closed');
  });

  test('is found to be back though nobody calls it', async () => {
    const { fail, slots, pass, changes } = open();
    await pass(1000);
    await fail(5);
    expect(slots()).toBe(0);
    await pass(59_000);
    expect(slots()).toBe(0);
    await pass(12_000);
    expect(slots()).toBe(16);
    expect(changes).toEqual(['slack closed', 'slack open', 'slack probing', 'slack closed']);
  });

  test('is tried by the work that waits for it once it answers, and that decides', async () => {
    const { fail, slots, pass, calling } = open({ hasWork: true });
    await pass(1000);
    for (let round = 0; round < 5; round += 1) {
      await fail(round === 0 ? 5 : 1);
      expect(slots()).toBe(0);
      await pass(120_000);
      expect(slots()).toBe(1);
    }
    await calling(async () => 'done');
    expect(slots()).toBe(16);
  });

  test('costs no attempt while it is tried, nor by the failure that has it left alone', async () => {
    const { fail, pass, calling } = open({ hasWork: true });
    await pass(1000);
    await fail(4);
    await expect(calling(down)).rejects.toMatchObject({ name: 'ProviderError', waitMs: 60_000 });
    await pass(61_000);
    await expect(calling(down)).rejects.toBeInstanceOf(LeftAlone);
  });

  test('that never answers is no better than one that says no', async () => {
    const clock = new ManualClock();
    const breakers = new Breakers(clock);
    const hang = () => new Promise<void>(() => {});
    breakers.watch('slack', { check: hang, hasWork: async () => false });
    for (let passed = 0; passed < 200; passed += 1) {
      clock.advance(1000);
      await soon();
    }
    expect(breakers.states().get('slack')).toBe('open');
    breakers.stop();
  });

  test('is not blamed for a call that was given back', async () => {
    const breakers = new Breakers(new ManualClock());
    for (let i = 0; i < 20; i += 1) {
      const abort = new AbortController();
      const call = breakers.calling('slack', () => new Promise(() => {}), abort.signal);
      abort.abort(new GivenBack('the queue stops'));
      await expect(call).rejects.toBeInstanceOf(GivenBack);
    }
    expect(breakers.states().get('slack')).toBe('closed');
  });
});
