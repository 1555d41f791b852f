import { keepHouse } from './db/housekeeping.ts';
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

/** Now and then, beginning soon: anchors, retention, and the vacuum that the built-in database does not do by itself. Answers how to leave off. */
export function housekeeping({ opened, retentionDays, clock, log }: House): () => void {
  const keep = async () => {
    await keepHouse(opened.db, clock.now(), retentionDays);
    await opened.tidy();
  };
  const tell = (error: unknown) => log.error({ err: error }, 'Housekeeping failed');
  const timer = setInterval(() => void keep().catch(tell), EVERY_MS).unref();
  const first = setTimeout(() => void keep().catch(tell), SOON_MS).unref();
  return () => {
    clearInterval(timer);
    clearTimeout(first);
  };
}
