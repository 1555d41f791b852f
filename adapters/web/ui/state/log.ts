import type { MessagesView, MessageView } from '#adapters/web/protocol.ts';

/** The most messages that are kept and drawn: three pages. A room of thousands is as quick as a small one. */
export const KEPT = 300;

/**
 * A run of a room's messages without holes, by rising id. `older` and `newer`
 * say whether the server has more before and after it.
 */
export interface Log {
  readonly messages: readonly MessageView[];
  readonly older: boolean;
  readonly newer: boolean;
}

/** The newest messages, as first loaded. */
export function logOf(page: MessagesView): Log {
  return { messages: inOrder(page.messages), older: page.more, newer: false };
}

/** With messages that overlap or adjoin the run. Of two versions of a message the incoming one stays. */
export function joined(log: Log, incoming: readonly MessageView[]): Log {
  if (incoming.length === 0) return log;
  const byId = new Map(log.messages.map((it) => [it.id, it]));
  for (const message of incoming) byId.set(message.id, message);
  return { ...log, messages: inOrder([...byId.values()]) };
}

/**
 * With the page that lies before its message `before`. What is too much falls
 * off at the other end. When the run begins elsewhere by now, something would
 * be missing between the two: it stays as it is.
 */
export function withOlder(log: Log, before: number, page: MessagesView): Log {
  if (log.messages[0]?.id !== before) return log;
  const { messages, newer } = joined(log, page.messages);
  return { messages: messages.slice(0, KEPT), older: page.more, newer: newer || messages.length > KEPT };
}

/** With the page that lies after its message `after`; as with an older one. */
export function withNewer(log: Log, after: number, page: MessagesView): Log {
  if (lastId(log) !== after) return log;
  const { messages, older } = joined(log, page.messages);
  return { messages: messages.slice(-KEPT), older: older || messages.length > KEPT, newer: page.more };
}

/** For a reader at the end of a room in which much is said: without what they have long passed. */
export function shortened(log: Log): Log {
  const { messages, newer } = log;
  if (newer || messages.length <= KEPT + 100) return log;
  return { messages: messages.slice(-KEPT), older: true, newer };
}

/** With the newest page of the room; null when there are messages between that are still unknown. */
export function withNewest(log: Log, page: MessagesView): Log | null {
  const first = page.messages[0];
  const touches = !page.more || first === undefined || first.id <= lastId(log);
  return touches ? { ...joined(log, page.messages), newer: false } : null;
}

/** With one message that the server pushed: new, or changed. What lies outside the run is left out. */
export function withPushed(log: Log, message: MessageView): Log {
  const { messages } = log;
  const at = messages.findLastIndex((it) => it.id <= message.id);
  if (messages[at]?.id === message.id) return { ...log, messages: messages.with(at, message) };
  if (at === -1 && log.older) return log;
  if (at === messages.length - 1 && log.newer) return log;
  return { ...log, messages: messages.toSpliced(at + 1, 0, message) };
}

/** 0 when it is empty. */
export function lastId(log: Log): number {
  return log.messages.at(-1)?.id ?? 0;
}

function inOrder(messages: readonly MessageView[]): MessageView[] {
  return messages.toSorted((a, b) => a.id - b.id);
}
