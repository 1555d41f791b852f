import { Pending } from './chat/pending.ts';
import { makeMonths } from './db/event-months.ts';
import { keepHouse } from './db/housekeeping.ts';
import { forgetLeases } from './db/leases.ts';
import { renewListIndexes } from './db/list-indexes.ts';
import type { OpenDb } from './db/open.ts';
import { behindOthers } from './db/turns.ts';
import type { Clock } from './jobs/clock.ts';
import type { Log } from './log.ts';

const EVERY_MS = 3_600_000;
/** Not while people wait for the start. */
const SOON_MS = 60_000;

interface House {
  readonly opened: OpenDb;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Now and then, beginning soon: months for what comes in, anchors, retention, the vacuum that the built-in database
 * does not do by itself, and what migrations leave because it takes long. Answers how to leave off, which waits for
 * what is under way.
 */
export function housekeeping({ opened, retentionDays, clock, log }: House): () => Promise<void> {
  const keep = async () => {
    const faults: unknown[] = [];
    // One who reads a month, or incidents, for long keeps these from being done; all else is done all the same.
    const tried = async (work: Promise<void>) =>
      await work.catch((error: unknown) => void faults.push(error));
    await tried(makeMonths(opened.db, clock.now()));
    await tried(keepHouse(opened.db, clock.now(), retentionDays));
    await tried(forgetLeases(opened.db));
    await tried(opened.tidy());
    await tried(renewListIndexes(opened.db));
    if (faults.length > 0) throw new AggregateError(faults, 'Not all of it could be done');
  };
  const works = new Pending((error) => log.error({ err: error }, 'Housekeeping failed'));
  const begin = () => works.add(behindOthers(keep));
  const timer = setInterval(begin, EVERY_MS).unref();
  const first = setTimeout(begin, SOON_MS).unref();
  return async () => {
    clearInterval(timer);
    clearTimeout(first);
    await works.caughtUp();
  };
}
