import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { idOf, messageId, parse, type Call } from './call.ts';
import { PLATFORM } from './chat.ts';
import { typedAfter } from './command-line.ts';
import type { MessagesView, RoomsView, SearchView, SuggestView } from './protocol.ts';
import { messageView, nameOf, roomView } from './render.ts';
import type { Page, StoredMessage } from './store.ts';
import { isStorable, visibleMessage, visibleRoom } from './visible.ts';

const PAGE = 100;
const FOUND = 50;
const QUERY = 200;
const LINE = 500;

const readSchema = z.object({ last: messageId });

export async function rooms({ chat, who }: Call): Promise<RoomsView> {
  return { rooms: (await chat.store.roomsOf(who.id)).map(roomView) };
}

export async function page({ chat, who, param, query }: Call): Promise<MessagesView> {
  const room = await visibleRoom(chat.store, who.id, param);
  const where = whereOf(query);
  // Of archived rooms the list has the last ones alone: who opens another one is shown that it is there.
  if (room.archivedAt !== null) chat.later(chat.live.showRoom(room.id, [who.id]));
  const found = await chat.store.page(room.id, who.id, where);
  return cut(found, where.after === undefined ? 'oldest' : 'newest');
}

/** All of them: people pin by hand. */
export async function pins({ chat, who, param }: Call): Promise<MessagesView> {
  const room = await visibleRoom(chat.store, who.id, param);
  return { messages: (await chat.store.pins(room.id, who.id)).map(messageView), more: false };
}

export async function thread({ chat, who, param, query }: Call): Promise<MessagesView> {
  const { message } = await visibleMessage(chat.store, who.id, idOf(param, 'The message'));
  const root = message.threadOf ?? message.id;
  return cut(await chat.store.thread(root, who.id, whereOf(query)), 'newest');
}

export async function markRead({ chat, who, param, body }: Call): Promise<undefined> {
  const room = await visibleRoom(chat.store, who.id, param);
  await chat.store.markRead(room.id, who.id, parse(readSchema, body).last);
  chat.later(chat.live.showRoom(room.id, [who.id]));
}

export async function search({ chat, who, query }: Call): Promise<SearchView> {
  const words = (query.get('q') ?? '').trim();
  if (words === '') throw new UserError('bad_arguments', 'Say what to search for.');
  if (words.length > QUERY || !isStorable(words)) {
    throw new UserError('bad_arguments', `Search for at most ${QUERY} ordinary characters.`);
  }
  const found = await chat.store.search(who.id, words, FOUND);
  return {
    messages: found.map((it) => ({
      ...messageView(it),
      roomName: nameOf(it.roomKind, it.roomName, it.others),
    })),
  };
}

/** Every line it suggests can stand where the typed one stands. */
export async function suggest({ chat, who, query }: Call): Promise<SuggestView> {
  const line = query.get('line') ?? '';
  const typed = line.length > LINE ? null : typedAfter(line);
  if (typed === null) return { suggestions: [] };
  const id = query.get('room');
  const room = id ? await visibleRoom(chat.store, who.id, id) : null;
  const person = { platform: PLATFORM, id: who.id };
  const found = await chat.inbox().suggest(typed, person, room && { platform: PLATFORM, id: room.id });
  return { suggestions: found.map(({ line: rest, help }) => ({ line: whole(rest), help })) };
}

function whole(line: string): string {
  return typedAfter(line) === null ? `/incident ${line}` : line;
}

/** One more than a page is asked for, to know whether there is more. */
function whereOf(query: URLSearchParams): Page {
  const before = query.get('before');
  const after = query.get('after');
  return {
    before: before === null ? undefined : idOf(before, 'before'),
    after: after === null ? undefined : idOf(after, 'after'),
    limit: PAGE + 1,
  };
}

/** Takes the surplus message off the end where there is more. */
function cut(found: readonly StoredMessage[], end: 'oldest' | 'newest'): MessagesView {
  const more = found.length > PAGE;
  const kept = end === 'newest' ? found.slice(0, PAGE) : found.slice(-PAGE);
  return { messages: kept.map(messageView), more };
}
