import { lookAtHeartbeat, watchHeartbeats } from '#src/engine/heartbeat.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Errand } from './reaction.ts';

/** A heartbeat that is not heard in time is an alert, and none any more when it is heard again. */
export const heartbeat: Errand<Deps> = {
  name: 'heartbeat',
  kinds: ['heartbeat'],
  priority: PRIORITY.paging,
  run: async ({ subject, dueAt }, { system }) => await lookAtHeartbeat(system, subject, dueAt),
};

/** Notices that nobody listened for a while, before heartbeats of that while are taken for missing. */
export const heartbeatWatch: Errand<Deps> = {
  name: 'heartbeat-watch',
  kinds: ['heartbeat-watch'],
  priority: PRIORITY.paging,
  run: async ({ dueAt }, { system }) => await watchHeartbeats(system, dueAt),
};
