import { findIncident } from '#src/db/incidents.ts';
import { markArchived } from '#src/db/rooms.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { eachRoom } from './rooms.ts';

/** A closed incident's rooms are put away, and come back when it is opened again. */
export const archiveRoom: Reaction<Deps> = {
  name: 'archive-room',
  on: ['incident.closed', 'incident.reopened', 'incident.room_opened'],
  async run({ incident: number }, deps) {
    const { status } = await findIncident(deps.db, number);
    await eachRoom(number, deps, async (platform, room, row) => {
      if (status === 'CLOSED' && !row.archivedAt) {
        await platform.archiveRoom(room);
        await markArchived(deps.db, row, deps.now());
      } else if (status !== 'CLOSED' && row.archivedAt) {
        await platform.reviveRoom(room);
        await markArchived(deps.db, row, null);
      }
    });
  },
};
