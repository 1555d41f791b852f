import { findIncident } from '#src/db/incidents.ts';
import { identityOf } from '#src/db/people.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { eachRoom } from './rooms.ts';

/** Whoever has work in an incident is in its room. */
export const invite: Reaction<Deps> = {
  name: 'invite',
  on: [
    'incident.room_opened',
    'incident.acknowledged',
    'incident.started',
    'incident.assigned',
    'incident.role_set',
  ],
  async run({ incident: number }, deps) {
    const { assignee, roles } = await findIncident(deps.db, number);
    const people = [...new Set([...(assignee ? [assignee] : []), ...Object.values(roles)])];
    if (people.length === 0) return;
    await eachRoom(number, deps, async (platform, room) => {
      const known = await Promise.all(people.map((person) => identityOf(deps.db, person, platform.name)));
      await platform.invite(
        room,
        known.filter((it) => it !== null),
      );
    });
  },
};
