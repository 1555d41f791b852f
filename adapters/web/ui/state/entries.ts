import type { MessageView } from '#adapters/web/protocol.ts';

import { dayKey, type Place } from '../times.ts';

/** The rows of a room: messages, and what stands between them. */
export type Entry =
  | { readonly type: 'day'; readonly key: string; readonly at: number }
  | { readonly type: 'unread'; readonly key: string }
  | {
      readonly type: 'message';
      readonly key: string;
      readonly message: MessageView;
      /** Follows close upon one of the same author, and needs no name again. */
      readonly follows: boolean;
    };

/** Messages of one author within this time, in milliseconds, stand together. */
const TOGETHER = 5 * 60_000;

/** `unreadFrom`: the id of the first message that is new to the reader, or null. */
export function entriesOf(
  messages: readonly MessageView[],
  unreadFrom: number | null,
  place: Place = {},
): Entry[] {
  const entries: Entry[] = [];
  let day = '';
  let before: MessageView | null = null;
  for (const message of messages) {
    const at = Date.parse(message.postedAt);
    const today = dayKey(at, place);
    if (today !== day) entries.push({ type: 'day', key: `day ${today}`, at });
    if (message.id === unreadFrom) entries.push({ type: 'unread', key: 'unread' });
    const follows =
      today === day && message.id !== unreadFrom && before !== null && isFollowing(before, message);
    entries.push({ type: 'message', key: `m${message.id}`, message, follows });
    day = today;
    before = message;
  }
  return entries;
}

/** What only the reader sees, and what is pinned, says so in a head of its own. */
function isFollowing(before: MessageView, message: MessageView): boolean {
  return (
    before.author?.id === message.author?.id &&
    !before.private &&
    !message.private &&
    !message.pinned &&
    Date.parse(message.postedAt) - Date.parse(before.postedAt) < TOGETHER
  );
}
