import { viewOf } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import { roomsOf } from '#src/db/rooms.ts';
import type { EventType } from '#src/incident/events.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import { shorten } from '#src/incident/text.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';

/** Everything but the opening, which draws the card itself. */
const CARD_EVENTS: readonly EventType[] = [
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
  'incident.alerts_joined',
  'incident.alerts_refired',
  'incident.alerts_cleared',
  'incident.sla_breached',
];

/** The card in every room shows the incident as it now is: edited in place, never posted again. */
export const refreshCard: Reaction<Deps> = {
  name: 'refresh-card',
  on: CARD_EVENTS,
  timers: ['card-refresh'],
  async run({ incident }, deps) {
    await drawCard(incident, deps);
  },
};

export async function drawCard(number: number, deps: Deps): Promise<void> {
  const rooms = (await roomsOf(deps.db, number)).filter((room) => room.card !== null);
  if (rooms.length === 0) return;
  const message = card(await viewOf(deps.db, number, deps.settings.publicUrl, deps.now()));
  for (const { platform: name, card: id } of rooms) {
    const platform = deps.chat.find((it) => it.name === name);
    if (platform && id !== null) {
      await deps.calling(name, () => platform.edit({ platform: name, id }, message));
    }
  }
}

/** One line above the room: `P1 · In progress · checkout is down`. */
export function topicOf({ number, severity, status, title }: Incident, max: number): string {
  const state = status.charAt(0) + status.slice(1).toLowerCase().replace('_', ' ');
  return shorten(`${shortName(number)} · ${severity} · ${state} · ${title}`, max);
}
