import { toneOf } from '#src/chat/card.ts';
import { bold, link, withTone, type Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { findIncident } from '#src/db/incidents.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { eachRoom } from './rooms.ts';

/** The room that everybody is in. */
export const LOBBY = { name: 'incidents', topic: 'Every incident, one line each', title: 'Incidents' };

/**
 * One line for each incident in the room that everybody is in, with the way to
 * its own room; edited as the incident goes on, never posted twice.
 */
export const announce: Reaction<Deps> = {
  name: 'announce',
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
  async run({ incident: number }, deps) {
    const incident = await findIncident(deps.db, number);
    await eachRoom(number, deps, (platform, _, { name, url }) =>
      announceOn(platform, incident, { roomName: name, url }),
    );
  },
};

async function announceOn(
  platform: ChatPlatform,
  incident: Incident,
  room: { readonly roomName: string; readonly url: string },
): Promise<void> {
  const lobby = await platform.openRoom(LOBBY);
  const message = lineFor(incident, room);
  const posted = await platform.post(lobby, message, { key: `announce-${incident.number}` });
  await platform.edit(posted, message);
}

function lineFor(incident: Incident, { roomName, url }: { roomName: string; url: string }): Message {
  const { number, severity, status, title, duplicateOf } = incident;
  const state = duplicateOf
    ? `duplicate of ${shortName(duplicateOf)}`
    : status.toLowerCase().replace('_', ' ');
  const text = [
    bold(`${shortName(number)} ${severity}`),
    ` ${title} · ${state} · `,
    link(`#${roomName}`, url),
  ];
  const summary = `${shortName(number)} ${severity} ${title}: ${state}`;
  return withTone({ parts: [{ type: 'text', text }], summary, tone: 'info' }, toneOf(incident));
}
