import type { MessageView } from '#adapters/web/protocol.ts';

/** What the reader has written and the server has not taken yet. Its id goes with every attempt, so it counts once. */
export interface Outgoing {
  readonly id: string;
  readonly room: string;
  readonly threadOf: number | null;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The newest message known when it was written: whatever comes of it is newer. */
  readonly after: number;
  readonly state: 'waiting' | 'sending' | 'failed';
  /** Why the server refused it; empty unless it failed. */
  readonly error: string;
}

/**
 * What to send next: the oldest that waits, of a room in which nothing is on
 * its way, so that what is written first arrives first. What failed waits for
 * its writer and holds up nobody.
 */
export function nextToSend(outbox: readonly Outgoing[]): Outgoing | undefined {
  const busy = new Set(outbox.filter((it) => it.state === 'sending').map((it) => it.room));
  return outbox.find((it) => it.state === 'waiting' && !busy.has(it.room));
}

export function changed(
  outbox: readonly Outgoing[],
  id: string,
  change: Partial<Outgoing>,
): readonly Outgoing[] {
  return outbox.map((it) => (it.id === id ? { ...it, ...change } : it));
}

/** True once the message it became has been seen, though its own request may not have been answered yet. */
export function hasArrived(outgoing: Outgoing, messages: readonly MessageView[], me: string): boolean {
  return messages.some(
    ({ id, author, body, threadOf }) =>
      id > outgoing.after &&
      author?.id === me &&
      threadOf === outgoing.threadOf &&
      body.type === 'words' &&
      body.text === outgoing.text,
  );
}

/** Kept over a reload of the page; what was on its way is sent again under its own id. */
export function stored(outbox: readonly Outgoing[]): string {
  return JSON.stringify(outbox);
}

export function restored(text: string | null): readonly Outgoing[] {
  if (text === null) return [];
  try {
    const outbox = JSON.parse(text) as readonly Outgoing[];
    return outbox.map((it) => (it.state === 'sending' ? { ...it, state: 'waiting' } : it));
  } catch {
    return [];
  }
}
