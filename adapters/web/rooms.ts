import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { clean, cleanLine } from '#src/chat/text.ts';

import { PLATFORM, type Chat } from './chat.ts';
import { gone, roomOf } from './find.ts';
import { LIMITS } from './limits.ts';

type Rooms = Pick<ChatPlatform, 'openRoom' | 'setTopic' | 'archiveRoom' | 'reviveRoom' | 'invite'>;

/** A room is known by its name: its id says what it is about, in addresses as well. */
export function rooms({ store, live, later, now }: Chat, publicUrl: string): Rooms {
  async function change(room: Ref, to: { topic: string } | { archivedAt: Date | null }): Promise<void> {
    await roomOf(store, room);
    if (await store.changeRoom(room.id, to)) later(live.showRoom(room.id));
  }

  return {
    async openRoom(wanted) {
      const id = roomName(wanted.name);
      const topic = cleanLine(wanted.topic === '' ? wanted.title : wanted.topic, LIMITS.topic);
      const at = now();
      const { fresh } = await store.openRoom({
        id,
        kind: 'room',
        name: id,
        topic,
        members: [],
        isPrivate: wanted.isPrivate,
        at,
      });
      if (fresh) later(live.showRoom(id));
      return { platform: PLATFORM, id, name: id, url: `${publicUrl}/rooms/${encodeURIComponent(id)}` };
    },
    setTopic: (room, topic) => change(room, { topic: cleanLine(topic, LIMITS.topic) }),
    archiveRoom: (room) => change(room, { archivedAt: now() }),
    reviveRoom: (room) => change(room, { archivedAt: null }),
    async invite(room, people) {
      await roomOf(store, room);
      const ids = people.filter((it) => it.platform === PLATFORM).map((it) => it.id);
      if ((await store.addMembers(room.id, ids)).length > 0) later(live.showRoom(room.id));
    },
  };
}

/** Lower-case letters, digits, hyphens and underscores, so that it can be typed and stand in an address. */
function roomName(name: string): string {
  const words = clean(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
  const fitting = words.replace(/^-+/, '').slice(0, LIMITS.roomName).toWellFormed();
  const id = fitting.replace(/[-\uFFFD]+$/, '');
  if (id === '') throw gone('a room needs a name with a letter or a digit in it');
  return id;
}
