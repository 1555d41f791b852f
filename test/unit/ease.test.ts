import { expect, test } from 'vitest';

import { easing } from '#src/jobs/ease.ts';

test('while a process has no time left few jobs of a destination run side by side, until it has again', () => {
  let used = 0.99;
  let now = 0;
  let asked = 0;
  const ease = easing(
    () => {
      asked += 1;
      return used;
    },
    () => now,
  );
  const after = (ms: number) => {
    now += ms;
    return ease(20);
  };
  expect(after(999)).toBe(20);
  expect(after(1)).toBe(3);
  used = 0.9;
  expect(after(999)).toBe(3);
  expect(after(1)).toBe(3);
  used = 0.7;
  expect(after(1000)).toBe(20);
  used = 0.9;
  expect(after(5000)).toBe(20);
  expect(asked).toBe(4);
  used = 1;
  now += 1000;
  expect(ease(2)).toBe(2);
});

test('a thread that does nothing but work is seen to be busy, and one that waits is not', async () => {
  let now = 0;
  const ease = easing(undefined, () => now);
  const until = performance.now() + 50;
  while (performance.now() < until);
  now += 1000;
  expect(ease(20)).toBe(3);
  await new Promise<void>((resolve) => void setTimeout(resolve, 100));
  now += 1000;
  expect(ease(20)).toBe(20);
});
