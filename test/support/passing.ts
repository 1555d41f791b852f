import { expect } from 'vitest';

import { comesTrue, type Reacting } from './reacting.ts';

/** Time passes once all is done that was due: what runs while it leaps is cut off. */
export async function later(bot: Reacting, ms: number): Promise<void> {
  const { clock, ctx, settled } = bot;
  await soon(bot, async () => {
    await settled();
    const due = ctx.db.selectFrom('timers').select('key').where('dueAt', '<=', clock.now());
    expect(await due.execute()).toEqual([]);
  });
  clock.advance(ms);
}

/** Waits until it holds, and has whoever looked at the clock while it leapt look again. */
export async function soon({ clock }: Pick<Reacting, 'clock'>, holds: () => unknown): Promise<void> {
  await comesTrue(async () => {
    clock.advance(20);
    await holds();
  });
}
