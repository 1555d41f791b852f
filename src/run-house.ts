import type { Settings } from './config.ts';
import type { OpenDb } from './db/open.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { housekeeping } from './housekeeping.ts';
import type { Clock } from './jobs/clock.ts';
import { untilAborted, type Lease } from './jobs/lease.ts';
import type { Log } from './log.ts';
import type { Neighbours } from './neighbours.ts';

interface House {
  readonly settings: Settings;
  readonly opened: OpenDb;
  readonly clock: Clock;
  readonly log: Log;
  readonly neighbours: Neighbours;
}

/** What is done now and then, by one process of all: housekeeping, and the heartbeat to outside. */
export function keepHouse({ settings, opened, clock, log, neighbours }: House): Lease {
  const { retentionDays, heartbeat } = settings;
  const lease = neighbours.lease('house', async (signal) => {
    const leaveHouse = housekeeping({ opened, retentionDays, clock, log });
    const silence = sendHeartbeat({ heartbeat, db: opened.db, clock, log });
    await untilAborted(signal);
    silence();
    await leaveHouse();
  });
  lease.start();
  return lease;
}
