import { plainMessage, type Message, type Part, type Text } from '#src/chat/message.ts';

import { fit } from './fit.ts';
import type { MessageView, RoomView } from './protocol.ts';
import type { Body, FileInfo, RoomForReader, StoredMessage, Written } from './store.ts';

/** Who speaks in the conversation that a person has with nobody else. */
const BOT_NAME = 'Incident Manager';

/** What is left of a message whose author took it back. */
export const NOTHING: Written = { body: { type: 'words', text: '', mentions: [] }, plain: '' };

export function fileIdsOf({ body }: Pick<StoredMessage, 'body'>): readonly string[] {
  return (body.files ?? []).map(({ id }) => id);
}

/** More people than this are not notified by one message. */
const MENTIONS = 50;

export function roomView(room: RoomForReader): RoomView {
  return {
    id: room.id,
    kind: room.kind,
    name: nameOf(room.kind, room.name, room.others),
    topic: room.topic,
    members: room.members,
    archived: room.archivedAt !== null,
    private: room.isPrivate && room.kind === 'room',
    lastAt: room.lastAt.toISOString(),
    unread: room.unread,
    mentions: room.mentions,
  };
}

/** A direct room is called by those whom the reader talks to in it. */
export function nameOf(kind: 'room' | 'direct', name: string, others: string): string {
  if (kind === 'room') return name;
  return others === '' ? BOT_NAME : others;
}

/** The same for everybody who may see the message. */
export function messageView(message: StoredMessage): MessageView {
  return {
    id: message.id,
    room: message.room,
    threadOf: message.threadOf,
    replies: message.replies,
    author:
      message.author === null ? null : { id: message.author, name: message.authorName ?? message.author },
    private: message.onlyFor !== null,
    body: bodyView(message.body),
    postedAt: message.postedAt.toISOString(),
    editedAt: message.editedAt?.toISOString() ?? null,
    deleted: message.deletedAt !== null,
    pinned: message.pinnedAt !== null,
    reactions: message.reactions,
    files: message.body.files ?? [],
  };
}

function bodyView(body: Body): MessageView['body'] {
  return body.type === 'words'
    ? { type: 'words', text: body.text }
    : { type: 'message', message: body.message };
}

/** What a person wrote: nothing in it is markup, and only `@ana` notifies anybody. */
export function written(text: string, files: readonly FileInfo[] = []): Written {
  const found = [...text.matchAll(/(?<![\p{L}\p{N}_@./-])@([a-z0-9][a-z0-9_.-]{0,63})/giu)]
    .map(([, handle = '']) => handle.toLowerCase().replace(/[._-]+$/, ''))
    .filter((handle) => handle !== '');
  const words = { type: 'words', text, mentions: unique(found) } as const;
  const body = files.length > 0 ? { ...words, files } : words;
  return { body, plain: [text, ...files.map(({ name }) => name)].join('\n') };
}

/**
 * What the bot says: cleaned, cut to the limits of this chat, with the people
 * it mentions beside it. The search finds it by its words, but not by its
 * buttons, or a search for "resolve" would find every card.
 */
export function spoken(message: Message): Written {
  const fitted = fit(message);
  const parts = fitted.parts.filter((it) => it.type !== 'buttons' && it.type !== 'select');
  return {
    body: { type: 'message', message: fitted, mentions: unique(peopleIn(fitted)) },
    plain: plainMessage({ ...fitted, parts }),
  };
}

function peopleIn(message: Message): string[] {
  return message.parts.flatMap(textsOf).flatMap((text) => {
    if (typeof text === 'string') return [];
    return text.flatMap((it) => (typeof it !== 'string' && it.type === 'person' ? [it.id] : []));
  });
}

function textsOf(part: Part): readonly Text[] {
  if (part.type === 'text' || part.type === 'context') return [part.text];
  if (part.type === 'fields') return part.fields.map((it) => it.value);
  return part.type === 'list' ? part.items : [];
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)].slice(0, MENTIONS);
}
