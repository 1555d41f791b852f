import type { MessageView } from '#adapters/web/protocol.ts';

/**
 * The id of the first of the `unread` newest messages that others wrote; null
 * when nothing is new, and also when everything is, since then there is
 * nothing to tell it from.
 */
export function firstUnread(messages: readonly MessageView[], unread: number, me: string): number | null {
  let left = unread;
  let first: number | null = null;
  for (const message of messages.toReversed()) {
    if (left <= 0) break;
    if (message.author?.id === me || message.threadOf !== null) continue;
    first = message.id;
    left -= 1;
  }
  return first === messages[0]?.id ? null : first;
}
