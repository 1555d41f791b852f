import { say, withTone } from '#src/chat/message.ts';
import { alertCounts } from '#src/db/alerts.ts';
import { findIncident } from '#src/db/incidents.ts';
import { resolveCleared } from '#src/engine/clear.ts';
import { isOpen, shortName } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { eachRoom } from './rooms.ts';

/** When every alert of an incident is resolved it is resolved too, or its room is told; a setting says which. */
export const alertsCleared: Reaction<Deps> = {
  name: 'alerts-cleared',
  on: ['incident.alerts_cleared'],
  async run({ incident: number, event }, deps) {
    if (deps.settings.whenAlertsClear === 'resolve') {
      await resolveCleared(deps.system, number);
      return;
    }
    const incident = await findIncident(deps.db, number);
    const counts = (await alertCounts(deps.db, [number])).get(number);
    // One of them may have fired again since.
    if (!isOpen(incident) || !counts || counts.firing > 0) return;
    const words = `All ${counts.total} alerts of ${shortName(number)} are resolved. Is it over?`;
    const message = withTone(
      say(words, {
        type: 'buttons',
        buttons: [
          { label: 'Resolve', command: 'resolve', args: { incident: String(number) }, style: 'primary' },
        ],
      }),
      'good',
    );
    await eachRoom(number, deps, (platform, room) =>
      platform.post(room, message, { key: `cleared-${number}-${event?.seq ?? 0}` }),
    );
  },
};
