import { breachSla, missUpdate } from '#src/engine/promises.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';

/** A promised time has come: the engine looks whether the promise was kept. */
export const acknowledgmentDue: Reaction<Deps> = {
  name: 'acknowledgment-due',
  on: [],
  timers: ['sla-acknowledgment'],
  async run({ incident }, { system }) {
    await breachSla(system, incident, 'acknowledgment');
  },
};

export const resolutionDue: Reaction<Deps> = {
  name: 'resolution-due',
  on: [],
  timers: ['sla-resolution'],
  async run({ incident }, { system }) {
    await breachSla(system, incident, 'resolution');
  },
};

export const updateDue: Reaction<Deps> = {
  name: 'update-due',
  on: [],
  timers: ['update-due'],
  async run({ incident }, { system }) {
    await missUpdate(system, incident);
  },
};
