import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { roomsOf } from '#src/db/rooms.ts';
import type { RoomRow } from '#src/db/schema.ts';

import type { Deps } from './deps.ts';

/** Does something in every room of an incident, each under its platform's breaker. */
export async function eachRoom(
  number: number,
  deps: Deps,
  act: (platform: ChatPlatform, room: Ref, row: RoomRow) => Promise<unknown>,
): Promise<void> {
  for (const row of await roomsOf(deps.db, number)) {
    const platform = deps.chat.find((it) => it.name === row.platform);
    if (platform) {
      await deps.calling(platform.name, () => act(platform, { platform: row.platform, id: row.room }, row));
    }
  }
}
