import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SlidingWindow } from '#src/access/limits.ts';

function windowOf(limit: number) {
  let second = 1_000_000;
  const window = new SlidingWindow(limit, () => new Date(second * 1000));
  return {
    take: (owner = 'a') => window.take(owner),
    wait: (seconds: number) => void (second += seconds),
    now: () => second,
  };
}

describe('a sliding window of a minute', () => {
  test('never lets more than the limit through in any 60 seconds, and never less than it could', () => {
    const steps = fc.array(fc.oneof(fc.constant('take' as const), fc.nat(40)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), steps, (limit, asked) => {
        const { take, wait, now } = windowOf(limit);
        const taken: number[] = [];
        for (const step of asked) {
          if (step !== 'take') {
            wait(step);
            continue;
          }
          const inWindow = taken.filter((it) => it > now() - 60).length;
          const { allowed, remaining } = take();
          expect(allowed).toBe(inWindow < limit);
          if (allowed) taken.push(now());
          expect(remaining).toBe(Math.max(0, limit - inWindow - (allowed ? 1 : 0)));
        }
      }),
    );
  });

  test('whoever waits as long as told is served', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { minLength: 5, maxLength: 30 }), (pauses) => {
        const { take, wait } = windowOf(5);
        for (const pause of pauses) {
          const first = take();
          wait(first.retryAfterS);
          expect(first.allowed || take().allowed).toBe(true);
          wait(pause);
        }
      }),
    );
  });

  test('each owner has a share of their own, however many there are', () => {
    const { take, wait } = windowOf(1);
    expect([take('a').allowed, take('b').allowed, take('a').allowed]).toEqual([true, true, false]);
    for (let owner = 0; owner < 20_000; owner += 1) take(`o${owner}`);
    wait(60);
    expect(take('a').allowed).toBe(true);
  });

  test('a clock that is set back opens no new window', () => {
    const { take, wait } = windowOf(1);
    take();
    wait(-3600);
    expect(take().allowed).toBe(false);
  });
});
