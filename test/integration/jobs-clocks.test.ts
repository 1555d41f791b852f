import { afterEach, describe, expect, vi } from 'vitest';

import { databaseClock } from '#src/jobs/database-clock.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import { job } from '#test/contracts/queue-support.ts';
import { databaseKind, test } from '#test/support/database.ts';
import { comesTrue } from '#test/support/reacting.ts';

const HOUR_MS = 3_600_000;

/** Sets the clock of this machine on, or back, by so many milliseconds; everything else goes on as it did. */
const jump = (ms: number) => void vi.useFakeTimers({ toFake: ['Date'], now: new Date().getTime() + ms });

afterEach(() => void vi.useRealTimers());

const log = { warn: () => {}, error: () => {} };

describe('the time that the processes of a database share', () => {
  test.for([HOUR_MS, -HOUR_MS])('goes on when the clock of a machine is set by %d ms', async (ms, { db }) => {
    const clock = await databaseClock(db);
    const before = clock.now().getTime();
    expect(Math.abs(before - new Date().getTime())).toBeLessThan(60_000);
    jump(ms);
    expect(Math.abs(clock.now().getTime() - before)).toBeLessThan(60_000);
  });

  test.runIf(databaseKind === 'postgres')(
    'lets nobody take a job that another process runs',
    async ({ db }) => {
      const begun: string[] = [];
      const end = Promise.withResolvers<void>();
      const open = async (name: string) => {
        const clock = await databaseClock(db);
        const queue = new EmbeddedQueue({ db, clock, log, alone: false, lookMs: 50 });
        await queue.process(
          async () => {
            begun.push(name);
            await end.promise;
          },
          { concurrency: 2 },
        );
        return queue;
      };
      const one = await open('one');
      await one.add([job('page')]);
      await comesTrue(() => expect(begun).toEqual(['one']));
      jump(HOUR_MS);
      const two = await open('two');
      await two.add([job('another', { lane: 'incident-2' })]);
      await comesTrue(() => expect(begun).toHaveLength(2));
      expect((await two.stats()).running).toBe(2);
      end.resolve();
      await Promise.all([one.stop(), two.stop()]);
      expect(begun).toHaveLength(2);
    },
  );
});
