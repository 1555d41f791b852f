import { resolveCleared } from '#src/engine/clear.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';

/** When every alert of an incident is resolved it is resolved too, where the setting says so; see `ask-if-over.ts`. */
export const alertsCleared: Reaction<Deps> = {
  name: 'alerts-cleared',
  on: ['incident.alerts_cleared'],
  async run({ incident }, { settings, system }) {
    if (settings.whenAlertsClear === 'resolve') await resolveCleared(system, incident);
  },
};
