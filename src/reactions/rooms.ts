import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { roomsOf } from '#src/db/rooms.ts';
import type { RoomRow } from '#src/db/schema.ts';
import { ProviderError } from '#src/errors.ts';

import type { Deps } from './deps.ts';

/**
 * Does something in every room of an incident, each under its platform's breaker.
 * Then a platform where the room is not open yet makes the job wait for it; what
 * was done in the others must be safe to do again.
 */
export async function eachRoom(
  number: number,
  deps: Deps,
  act: (platform: ChatPlatform, room: Ref, row: RoomRow) => Promise<unknown>,
): Promise<void> {
  const rows = await roomsOf(deps.db, number);
  for (const row of rows) {
    const platform = deps.chat.find((it) => it.name === row.platform);
    if (platform) {
      await deps.calling(platform.name, () => act(platform, { platform: row.platform, id: row.room }, row));
    }
  }
  const missing = deps.chat.find(({ name }) => !rows.some((row) => row.platform === name));
  if (missing) {
    throw new ProviderError(missing.name, 'the room is not open yet', { retry: true, retryAfterMs: 1000 });
  }
}
