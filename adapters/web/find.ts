import type { Ref } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './chat.ts';
import type { StoredMessage, StoredRoom, WebStore } from './store.ts';

/** @throws ProviderError gone: 'room' */
export async function roomOf(store: WebStore, room: Ref): Promise<StoredRoom> {
  const found = await store.findRoom(room.id);
  if (!found) throw gone(`there is no room ${room.id}`, 'room');
  return found;
}

/** @throws ProviderError gone: 'message' */
export async function messageOf(store: WebStore, posted: Ref): Promise<StoredMessage> {
  const found = await foundMessage(store, posted);
  if (!found) throw gone(`there is no message ${posted.id}`, 'message');
  return found;
}

export async function foundMessage(store: WebStore, { id }: Ref): Promise<StoredMessage | null> {
  return /^\d{1,15}$/.test(id) ? await store.findMessage(Number(id)) : null;
}

/** What is not there will not be there the next time. */
export function gone(why: string, what?: ProviderError['gone']): ProviderError {
  return new ProviderError(PLATFORM, why, { retry: false, ...(what ? { gone: what } : {}) });
}
