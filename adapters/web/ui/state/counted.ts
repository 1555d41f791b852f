import type { MessageView, RoomView, Text } from '#adapters/web/protocol.ts';

import { tokens } from '../words/tokens.ts';

/**
 * The room after a message came in. The server tells the counts again when
 * they are asked for; until then the page counts by itself. A push that only
 * changes an older message is no news.
 */
export function counted(room: RoomView, message: MessageView, me: string): RoomView {
  const isNews = message.postedAt > room.lastAt && !message.deleted && message.editedAt === null;
  if (!isNews) return room;
  const known = { ...room, lastAt: message.postedAt };
  if (message.author?.id === me) return known;
  const calls = mentions(message.body, me) ? 1 : 0;
  return { ...known, unread: room.unread + 1, mentions: room.mentions + calls };
}

export function mentions(body: MessageView['body'], me: string): boolean {
  if (body.type === 'words') {
    return tokens(body.text, (id) => id === me).some(({ type }) => type === 'person');
  }
  return body.message.parts.some((part) => {
    if (part.type === 'text' || part.type === 'context') return names(part.text, me);
    if (part.type === 'list') return part.items.some((it) => names(it, me));
    return part.type === 'fields' && part.fields.some(({ value }) => names(value, me));
  });
}

function names(text: Text, me: string): boolean {
  if (typeof text === 'string') return false;
  return text.some((it) => typeof it !== 'string' && it.type === 'person' && it.id === me);
}
