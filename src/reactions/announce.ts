import { toneOf } from '#src/chat/card.ts';
import { bold, link, withTone, type Message } from '#src/chat/message.ts';
import type { Ref, WantedRoom } from '#src/chat/platform.ts';
import { changeRoom } from '#src/db/rooms.ts';
import type { RoomRow } from '#src/db/schema.ts';
import { ProviderError } from '#src/errors.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';

import { bringUpToDate } from './living.ts';
import { isGone, type ChatReaction, type Here } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { inRoom, type InRoom } from './rooms.ts';

/** The room that everybody is in. */
export const LOBBY: WantedRoom = {
  name: 'incidents',
  topic: 'Every incident, one line each',
  title: 'Incidents',
  isPrivate: false,
  links: [],
};

/**
 * One line for each incident in the room that everybody is in, with the way to
 * its own room; edited as the incident goes on, never posted twice.
 */
export function announce(): ChatReaction {
  const lobby = new Lobby();
  return {
    name: 'announce',
    whole: true,
    priority: PRIORITY.around,
    on: [
      'incident.room_opened',
      'incident.acknowledged',
      'incident.started',
      'incident.escalated',
      'incident.deescalated',
      'incident.resolved',
      'incident.closed',
      'incident.reopened',
      'incident.severity_changed',
      'incident.edited',
      'incident.merged',
    ],
    run: async (here) =>
      await inRoom(here, async (it) => {
        if (!it.incident.isPrivate) await drawLine(here, lobby, it);
      }),
  };
}

async function drawLine(here: Here, lobby: Lobby, { room, incident }: InRoom): Promise<void> {
  await bringUpToDate(here, {
    message: lineFor(incident, room),
    known: { id: room.line, shown: room.lineShown, lost: room.linesLost },
    key: async (lost) => `announce-${here.number}${lost === 0 ? '' : `-again-${lost}`}`,
    post: async (key, message) => await lobby.post(here, message, key),
    save: async ({ id, shown, lost }) =>
      await changeRoom(here.deps.db, room, { line: id, lineShown: shown, linesLost: lost }),
    isLostWith: ['message', 'room'],
  });
}

/** Knows where the room that everybody is in is, on one platform. */
class Lobby {
  #known: Ref | null = null;

  async post(here: Here, message: Message, key: string): Promise<Ref> {
    this.#known ??= await here.call((it) => it.openRoom(LOBBY));
    const lobby = this.#known;
    try {
      return await here.call((it) => it.post(lobby, message, { key }));
    } catch (error) {
      if (!isGone(error, 'room')) throw error;
      this.#known = null;
      // Not the incident's own room: the next try opens this one again, where the platform lets us open it.
      throw new ProviderError(here.platform.name, `the room ${LOBBY.name} was deleted`, {
        retry: true,
        cause: error,
      });
    }
  }
}

function lineFor(incident: Incident, { name, url }: RoomRow): Message {
  const { number, severity, status, title, duplicateOf } = incident;
  const state = duplicateOf
    ? `duplicate of ${shortName(duplicateOf)}`
    : status.toLowerCase().replace('_', ' ');
  const text = [bold(`${shortName(number)} ${severity}`), ` ${title} · ${state} · `, link(`#${name}`, url)];
  const summary = `${shortName(number)} ${severity} ${title}: ${state}`;
  return withTone({ parts: [{ type: 'text', text }], summary, tone: 'info' }, toneOf(incident));
}
