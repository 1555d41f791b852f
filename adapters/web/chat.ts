import type { Inbox } from '#src/chat/platform.ts';
import type { CommandShape } from '#src/chat/shapes.ts';

import type { Live } from './live.ts';
import type { NewMessage, StoredMessage, WebStore } from './store.ts';

export const PLATFORM = 'web';
/** Who reacts when the bot does. */
export const BOT = 'incident-manager';

/** What every part of this adapter works with. */
export interface Chat {
  readonly store: WebStore;
  readonly live: Live;
  readonly now: () => Date;
  /** @throws UserError busy before the start and after the stop */
  inbox(): Inbox;
  /** What people can say; empty before the start. */
  commands(): readonly CommandShape[];
  /** Work that nobody waits for: its failure is reported, and the stop waits for its end. */
  readonly later: (work: Promise<unknown>) => void;
}

/** Who asks, as the web server has made sure of. */
export interface Visitor {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'responder' | 'admin';
}

/**
 * Puts a message into its room and shows it on all pages. Under a key that was
 * used before it finds that message, and shows nothing. Null when there is no
 * such room or person.
 */
export async function place(
  { store, live, later }: Chat,
  message: NewMessage,
): Promise<{ readonly message: StoredMessage; readonly fresh: boolean } | null> {
  const room = await store.findRoom(message.room);
  const added = room && (await store.add(message));
  if (!room || !added?.fresh) return added;
  live.showMessage(added.message, room);
  if (message.threadOf !== null && message.onlyFor === null) later(showRoot(message.threadOf));
  const { author } = message;
  if (author !== null && !room.members.includes(author)) later(live.showRoom(room.id));
  return added;

  async function showRoot(id: number): Promise<void> {
    const root = await store.findMessage(id);
    if (root && room) live.showMessage(root, room);
  }
}

/** The conversation that somebody has with the bot alone: its id. Made when it is first needed. */
export async function botRoom({ store, live, later, now }: Chat, person: string): Promise<string> {
  const id = directId([person]);
  const opened = await store.openRoom({
    id,
    kind: 'direct',
    name: id,
    topic: '',
    members: [person],
    isPrivate: true,
    at: now(),
  });
  if (opened.fresh) later(live.showRoom(id));
  return id;
}

/** A name cannot have a colon in it, so this is never the id of a room. */
export function directId(people: readonly string[]): string {
  return `direct:${people.toSorted().join(':')}`;
}
