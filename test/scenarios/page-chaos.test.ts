import { expect, test } from 'vitest';

import { count, total } from '#test/pages/total.ts';

/** A few of the 10,000 runs of `npm run test:pages`, always the same ones. */
test('no page is lost, sent twice or late, whatever dies, drops, fails or jumps meanwhile', async () => {
  const all = await total({ seed: 1, first: 160, runs: 40, told: () => {} });
  expect(all.wrong.map(({ run, what }) => `run ${run}: ${what}`)).toEqual([]);
  // That it was no calm day.
  expect(count(all)).toMatchObject({ ok: true, runs: 40, lost: 0, twice: 0, late: 0 });
  expect([all.kills, all.drops, all.jumps].every((it) => it > 0)).toBe(true);
  expect(all.taken).toBeGreaterThan(150);
});
