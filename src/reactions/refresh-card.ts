import { viewFor } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import { changeRoom, formerRooms } from '#src/db/rooms.ts';

import { bringUpToDate } from './living.ts';
import { isRefused, type ChatReaction, type Here } from './on-platform.ts';
import { inRoom, refOf, type InRoom } from './rooms.ts';
import { cardKey } from './shown.ts';

/** The card in the room shows the incident as it now is: edited in place, never posted again while it is there. */
export const refreshCard: ChatReaction = {
  name: 'refresh-card',
  whole: true,
  on: [
    'incident.acknowledged',
    'incident.started',
    'incident.escalated',
    'incident.level_raised',
    'incident.deescalated',
    'incident.resolved',
    'incident.closed',
    'incident.reopened',
    'incident.assigned',
    'incident.severity_changed',
    'incident.edited',
    'incident.update_posted',
    'incident.update_overdue',
    'incident.merged',
    'incident.duplicate_absorbed',
    'incident.linked',
    'incident.unlinked',
    'incident.role_set',
    'incident.tagged',
    'incident.alerts_cleared',
    'incident.muted',
    'incident.unmuted',
    'incident.sla_breached',
    // It names the rooms on all platforms.
    'incident.room_opened',
  ],
  timers: ['card-refresh'],
  run: async (here) => await inRoom(here, async (it) => await drawCard(here, it)),
};

/** Calls the platform only where the card would show something else. */
export async function drawCard(here: Here, { room, incident }: InRoom): Promise<void> {
  const { number, platform, deps } = here;
  try {
    await bringUpToDate(here, {
      message: card(await viewFor(deps.db, incident, deps.settings.publicUrl, deps.now())),
      known: { id: room.card, shown: room.cardShown, lost: room.cardsLost },
      key: async (lost) => cardKey(number, (await formerRooms(deps.db, number, platform.name)).length, lost),
      post: async (key, message) =>
        await here.call((it) => it.post(refOf(room), message, { key, pin: true })),
      save: async ({ id, shown, lost }) =>
        await changeRoom(deps.db, room, { card: id, cardShown: shown, cardsLost: lost }),
      isLostWith: ['message'],
    });
  } catch (error) {
    // Some platforms let nothing be changed in a room that was put away; it is done when that comes back.
    if (!room.archivedAt || !isRefused(error)) throw error;
  }
}
