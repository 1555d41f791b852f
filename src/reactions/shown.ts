import { createHash } from 'node:crypto';

import type { Message } from '#src/chat/message.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import { shorten } from '#src/incident/text.ts';

/** What a message shows, in 22 characters: to tell whether it would say anything new. */
export function digest(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('base64url').slice(0, 22);
}

/**
 * One line above the room: `INC-42 · P1 · In progress · checkout is down`. It may be seen by
 * those who may not see the room, as its name: of a private incident it does not say what is wrong.
 */
export function topicOf({ number, severity, status, title, isPrivate }: Incident, max: number): string {
  const state = status.charAt(0) + status.slice(1).toLowerCase().replace('_', ' ');
  const what = isPrivate ? '' : ` · ${title}`;
  return shorten(`${shortName(number)} · ${severity} · ${state}${what}`, max);
}

/** Of the first card `card-42`; others for the cards of later rooms, and for those that replace a lost one. */
export function cardKey(number: number, formerRooms: number, cardsLost: number): string {
  const room = formerRooms === 0 ? '' : `-room-${formerRooms + 1}`;
  return `card-${number}${room}${cardsLost === 0 ? '' : `-again-${cardsLost}`}`;
}
