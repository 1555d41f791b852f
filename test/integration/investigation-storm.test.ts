import { expect } from 'vitest';

import { investigationsOf } from '#src/db/investigations.ts';
import { declare } from '#src/engine/declare.ts';
import { beginInvestigation } from '#src/engine/investigations.ts';
import { startModel } from '#test/support/investigating.ts';
import { test } from '#test/support/reacting.ts';

test('a cause is looked for by itself in the first three of a storm, and in the others when somebody asks', async ({
  db,
  reacting,
}) => {
  const model = await startModel();
  const { ctx, settled } = await reacting([], { llm: model.door });
  const begun: number[] = [];
  for (let number = 1; number <= 5; number += 1) {
    await declare(ctx, { title: `Service ${number} is down`, severity: 'P1', category: 'availability' });
    await settled();
    begun.push((await investigationsOf(db, number)).length);
  }
  expect(begun).toEqual([1, 1, 1, 0, 0]);
  await beginInvestigation(ctx, 5, {});
  expect(await investigationsOf(db, 5)).toHaveLength(1);
});
