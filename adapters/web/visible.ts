import { clean } from '#src/chat/text.ts';
import { UserError } from '#src/errors.ts';

import type { StoredMessage, StoredRoom, WebStore } from './store.ts';

type Rooms = Pick<WebStore, 'findRoom'>;
type Messages = Pick<WebStore, 'findRoom' | 'findMessage'>;

/** Rooms are for everybody; a conversation and a private room are for their members. */
export function mayEnter(person: string, room: StoredRoom): boolean {
  return isOpen(room) || room.members.includes(person);
}

export function isOpen({ kind, isPrivate }: Pick<StoredRoom, 'kind' | 'isPrivate'>): boolean {
  return kind === 'room' && !isPrivate;
}

/** @throws UserError not_found also for what is there but not for this person: they cannot tell the difference */
export async function visibleRoom(store: Rooms, person: string, id: string): Promise<StoredRoom> {
  const room = isStorable(id) ? await store.findRoom(id) : null;
  if (!room || !mayEnter(person, room)) throw new UserError('not_found', 'There is no such room.');
  return room;
}

export async function visibleMessage(
  store: Messages,
  person: string,
  id: number,
): Promise<{ readonly message: StoredMessage; readonly room: StoredRoom }> {
  const message = await store.findMessage(id);
  const room = message && (await store.findRoom(message.room));
  const isFor = message && (message.onlyFor === null || message.onlyFor === person);
  if (!isFor || !room || !mayEnter(person, room)) {
    throw new UserError('not_found', 'There is no such message.');
  }
  return { message, room };
}

/** The database refuses some characters, so nothing with them in its name can exist. */
export function isStorable(text: string): boolean {
  return clean(text) === text;
}
