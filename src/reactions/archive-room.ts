import { changeRoom } from '#src/db/rooms.ts';

import type { ChatReaction } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { drawCard } from './refresh-card.ts';
import { inRoom, refOf } from './rooms.ts';
import { drawTopic } from './set-topic.ts';

/**
 * A closed incident's room is put away, after everything else that is to be done
 * in it: some platforms let nothing be changed there then. It comes back when
 * its incident is opened again; so it does wherever anything is done in it, see `inRoom`.
 */
export const archiveRoom: ChatReaction = {
  name: 'archive-room',
  whole: true,
  on: ['incident.closed', 'incident.reopened', 'incident.room_opened'],
  priority: PRIORITY.tidying,
  run: async (here) =>
    await inRoom(here, async (it) => {
      const { room, incident } = it;
      if (incident.status !== 'CLOSED' || room.archivedAt) return;
      await drawCard(here, it);
      await drawTopic(here, it);
      await here.call((platform) => platform.archiveRoom(refOf(room)));
      await changeRoom(here.deps.db, room, { archivedAt: here.deps.now() });
    }),
};
