import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { behindOthers, isBehindOthers, Turns } from '#src/db/turns.ts';
import { Loop } from '#src/jobs/loop.ts';
import { ManualClock } from '#test/support/manual-clock.ts';

test('who waits behind is passed over three times at most, and each row is served in order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('first', 'behind', 'take'), { maxLength: 100 }), (steps) => {
      const turns = new Turns<number>();
      const first: number[] = [];
      const behind: number[] = [];
      let passed = 0;
      const rest = Array.from({ length: steps.length }, () => 'take' as const);
      for (const [index, step] of [...steps, ...rest].entries()) {
        if (step !== 'take') {
          turns.add(index, step === 'behind');
          (step === 'behind' ? behind : first).push(index);
          continue;
        }
        const isTheirTurn = first.length === 0 || (behind.length > 0 && passed === 3);
        passed = isTheirTurn || behind.length === 0 ? 0 : passed + 1;
        expect(turns.take()).toBe((isTheirTurn ? behind : first).shift());
      }
      expect([first, behind]).toEqual([[], []]);
    }),
  );
});

test('whoever gives up waiting is not served, and all may be sent away', () => {
  const turns = new Turns<string>();
  for (const it of ['a', 'b', 'c']) turns.add(it, false);
  for (const it of ['d', 'e']) turns.add(it, true);
  turns.remove('b');
  turns.remove('d');
  expect(turns.take()).toBe('a');
  expect(turns.removeAll()).toEqual(['c', 'e']);
  expect(turns.take()).toBeUndefined();
});

test('what goes on by itself is among the first, whoever woke it', async () => {
  const places: boolean[] = [];
  const loop = new Loop({
    clock: new ManualClock(),
    look: async () => {
      places.push(isBehindOthers());
      return null;
    },
    lookMs: 1000,
    failed: () => {},
  });
  loop.start();
  await expect.poll(() => places).toEqual([false]);
  behindOthers(() => loop.wake());
  await expect.poll(() => places).toEqual([false, false]);
  await loop.stop();
});
