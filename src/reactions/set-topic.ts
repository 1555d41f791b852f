import { changeRoom } from '#src/db/rooms.ts';

import { isRefused, type ChatReaction, type Here } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { inRoom, refOf, type InRoom } from './rooms.ts';
import { topicOf } from './shown.ts';

/** The topic says the severity and the state, so that a list of rooms can be read at a glance. */
export const setTopic: ChatReaction = {
  name: 'set-topic',
  whole: true,
  priority: PRIORITY.around,
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
  run: async (here) => await inRoom(here, async (it) => await drawTopic(here, it)),
};

/** Calls the platform only where the topic would say something else. */
export async function drawTopic({ platform, deps, call }: Here, { room, incident }: InRoom): Promise<void> {
  const topic = topicOf(incident, platform.limits.topic);
  if (!platform.limits.liveTopic || room.topicShown === topic) return;
  try {
    await call((it) => it.setTopic(refOf(room), topic));
    await changeRoom(deps.db, room, { topicShown: topic });
  } catch (error) {
    // It may have been changed all the same.
    await changeRoom(deps.db, room, { topicShown: null });
    // In a room that was put away it is changed when that comes back.
    if (!room.archivedAt || !isRefused(error)) throw error;
  }
}
