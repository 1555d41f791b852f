import { viewOf } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { eventsOf } from '#src/db/events.ts';
import { roomsOf } from '#src/db/rooms.ts';
import { recordRoom } from '#src/engine/rooms.ts';
import { shortName } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { drawCard, topicOf } from './refresh-card.ts';

/** An incident gets a room on every platform, with its card pinned in it. */
export const openRoom: Reaction<Deps> = {
  name: 'open-room',
  on: ['incident.declared'],
  async run({ incident: number }, deps) {
    const known = await roomsOf(deps.db, number);
    for (const platform of deps.chat) {
      if (known.some((room) => room.platform === platform.name)) continue;
      await deps.calling(platform.name, () => openOn(platform, number, deps));
    }
    // The incident may have moved on while its rooms were being opened.
    await drawCard(number, deps);
  },
};

/** Every step finds what an earlier try left: the room by its name, the card by its key. */
async function openOn(platform: ChatPlatform, number: number, deps: Deps): Promise<void> {
  const view = await viewOf(deps.db, number, deps.settings.publicUrl, deps.now());
  const name = roomName(number, await firstTitle(number, deps), platform.limits.roomName);
  const topic = topicOf(view.incident, platform.limits.topic);
  const room = await platform.openRoom({ name, topic, title: view.incident.title });
  const posted = await platform.post(room, card(view), { key: `card-${number}`, pin: true });
  const { id, name: shown, url } = room;
  await recordRoom(deps.system, number, {
    platform: platform.name,
    room: id,
    name: shown,
    url,
    card: posted.id,
  });
}

/** The title it was opened with: a later change of it must not make a second room. */
async function firstTitle(number: number, { db }: Deps): Promise<string> {
  const [declared] = await eventsOf(db, number, { types: ['incident.declared'], limit: 1 });
  return declared?.type === 'incident.declared' ? declared.data.title : shortName(number);
}

/** `inc-42-checkout-is-down`: what every platform takes as a channel's name. */
export function roomName(number: number, title: string, max: number): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `inc-${number}-${words}`.slice(0, Math.min(max, 60)).replace(/-+$/, '');
}
