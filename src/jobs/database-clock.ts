import type { Db } from '#src/db/schema.ts';
import { timeThere } from '#src/db/time.ts';

import { clockBy, realClock, type Clock } from './clock.ts';

/** How often it is asked what time it is, in milliseconds. */
const ASK_MS = 2000;
/** By so much it may be wrong before it is put right: it need not go to and fro. By more where the answer took long. */
const WRONG_MS = 50;

/**
 * The time of the database, which is the same for all its processes: it goes on here by a clock that nobody
 * sets, and is asked for again every two seconds. So timers fire and leases end at one time for all of them,
 * though the clocks of their machines differ or jump. Begins with this machine's own where the database does not answer.
 */
export async function databaseClock(db: Db): Promise<Clock> {
  let aheadMs = realClock.now().getTime() - performance.now();
  const ask = async () => {
    const sent = performance.now();
    const there = await timeThere(db);
    const took = performance.now() - sent;
    const found = there.getTime() - (sent + took / 2);
    if (Math.abs(found - aheadMs) > Math.max(WRONG_MS, took / 2)) aheadMs = found;
  };
  // While it is away nothing is claimed either.
  const askPatiently = async () => await ask().catch(() => {});
  await askPatiently();
  setInterval(() => void askPatiently(), ASK_MS).unref();
  return clockBy(() => new Date(performance.now() + aheadMs));
}
