import { Pending } from './chat/pending.ts';
import { makeMonths } from './db/event-months.ts';
import { keepHouse } from './db/housekeeping.ts';
import { forgetLeases } from './db/leases.ts';
import type { OpenDb } from './db/open.ts';
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
 * Months for what comes in at once. Now and then, beginning soon: anchors, retention, and the vacuum that the
 * built-in database does not do by itself. Answers how to leave off, which waits for what is under way.
 */
export function housekeeping({ opened, retentionDays, clock, log }: House): () => Promise<void> {
  const ahead = async () => await makeMonths(opened.db, clock.now());
  const keep = async () => {
    // One who reads a month for long keeps the next from being made; all else is done all the same.
    const made = await ahead().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await keepHouse(opened.db, clock.now(), retentionDays);
    await forgetLeases(opened.db);
    await opened.tidy();
    if (made) throw made.error;
  };
  const works = new Pending((error) => log.error({ err: error }, 'Housekeeping failed'));
  works.add(ahead());
  const timer = setInterval(() => works.add(keep()), EVERY_MS).unref();
  const first = setTimeout(() => works.add(keep()), SOON_MS).unref();
  return async () => {
    clearInterval(timer);
    clearTimeout(first);
    await works.caughtUp();
  };
}
