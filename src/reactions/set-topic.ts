import { findIncident } from '#src/db/incidents.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { topicOf } from './refresh-card.ts';
import { eachRoom } from './rooms.ts';

/** The topic says the severity and the state, so that a list of rooms can be read at a glance. */
export const setTopic: Reaction<Deps> = {
  name: 'set-topic',
  on: [
    'incident.acknowledged',
    'incident.started',
    'incident.escalated',
    'incident.deescalated',
    'incident.resolved',
    'incident.closed',
    'incident.reopened',
    'incident.severity_changed',
    'incident.edited',
    'incident.room_opened',
  ],
  async run({ incident: number }, deps) {
    const incident = await findIncident(deps.db, number);
    await eachRoom(number, deps, (platform, room) =>
      platform.setTopic(room, topicOf(incident, platform.limits.topic)),
    );
  },
};
