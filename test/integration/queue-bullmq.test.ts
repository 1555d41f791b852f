import { describe } from 'vitest';

import type { Queues } from '#test/contracts/queue-support.ts';
import { queueContract } from '#test/contracts/queue.ts';
import { databaseKind, test as base } from '#test/support/database.ts';
import { killable } from '#test/support/killable.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { queuesOver, sharedRedis } from '#test/support/queue-over-redis.ts';
import { hasRedis } from '#test/support/redis.ts';

/** Time is a test's own here, but that of Redis is not. */
const test = base.extend('queues', async ({ db }, { onCleanup }): Promise<Queues> => {
  const clocks: ManualClock[] = [];
  const over = queuesOver(await sharedRedis());
  onCleanup(() => over.stop());
  return {
    recoveryMs: 10_000,
    process() {
      const { db: own, kill } = killable(db);
      const clock = new ManualClock(clocks[0]?.now());
      clocks.push(clock);
      const { queue, cut } = over.open({ db: own, clock, random: () => 0.5 });
      return {
        queue,
        kill: () => {
          kill();
          cut();
          clocks.splice(clocks.indexOf(clock), 1);
        },
      };
    },
    async pass(ms) {
      for (const it of clocks) it.advance(ms);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    },
  };
});

describe.runIf(databaseKind === 'postgres' && hasRedis())('over a real Redis', () => {
  queueContract('the queue over BullMQ', test as never);
});
