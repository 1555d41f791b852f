import type { Ref } from '#src/chat/platform.ts';
import { changeRoom } from '#src/db/rooms.ts';
import type { RoomRow } from '#src/db/schema.ts';

import { isGone, type ChatReaction, type Here } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { inRoom, refOf } from './rooms.ts';

/** Whoever has work in an incident is in its room. They are invited once: who leaves it has a reason. */
export const invite: ChatReaction = {
  name: 'invite',
  whole: true,
  priority: PRIORITY.around,
  on: [
    'incident.room_opened',
    'incident.acknowledged',
    'incident.started',
    'incident.assigned',
    'incident.role_set',
    'incident.invited',
  ],
  run: async (here) =>
    await inRoom(here, async ({ room, incident: { assignee, roles, insiders } }) => {
      const people = new Set([...(assignee ? [assignee] : []), ...Object.values(roles), ...insiders]);
      const { db, refOf: find } = here.deps;
      const known = await here.call(({ name }) => Promise.all([...people].map((it) => find(it, name))));
      const missing = known.filter((it) => it !== null).filter(({ id }) => !room.invited.includes(id));
      if (missing.length === 0) return;
      await inviteAll(here, room, missing);
      await changeRoom(db, room, { invited: [...room.invited, ...missing.map(({ id }) => id)] });
    }),
};

/** Somebody who is not there any more does not keep the others out. */
async function inviteAll(here: Here, room: RoomRow, people: readonly Ref[]): Promise<void> {
  try {
    await here.call((it) => it.invite(refOf(room), people));
  } catch (error) {
    if (!isGone(error, 'person')) throw error;
    if (people.length > 1) for (const person of people) await inviteAll(here, room, [person]);
  }
}
