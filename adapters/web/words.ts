import { z } from 'zod';

import type { Said } from '#src/chat/platform.ts';
import { UserError } from '#src/errors.ts';

import { idOf, parse, wordsOf, type Call } from './call.ts';
import { botRoom, directId, PLATFORM } from './chat.ts';
import type { MessageView, RoomView } from './protocol.ts';
import { fileIdsOf, messageView, NOTHING, roomView, written } from './render.ts';
import type { StoredMessage, StoredRoom } from './store.ts';
import { isStorable, visibleMessage } from './visible.ts';

const editSchema = z.object({ text: z.string() });
const pinSchema = z.object({ on: z.boolean() });
const directSchema = z.object({ person: z.string().min(1).max(64) });
const reactSchema = z.object({
  emoji: z.string().min(1).max(32).refine(isEmoji, 'must be one emoji'),
  on: z.boolean(),
});

export async function edit(call: Call): Promise<MessageView> {
  const { chat, body } = call;
  const { message, room } = await ownMessage(call);
  if (room.archivedAt !== null) throw new UserError('conflict', 'This room is archived.');
  const text = wordsOf(parse(editSchema, body).text);
  const at = chat.now();
  const changed = await chat.store.rewrite(message.id, { ...written(text, message.body.files), at });
  if (changed && room.kind === 'room') {
    const done = doneTo(call, room, message, `edited:${at.getTime()}`);
    chat.later(chat.inbox().said({ ...done, kind: 'edited', text }));
  }
  return shown(call, room, message, changed);
}

/** What somebody wrote can always be taken back, also from an archived room. */
export async function remove(call: Call): Promise<MessageView> {
  const { chat } = call;
  const { message, room } = await ownMessage(call);
  const changed = await chat.store.wipe(message.id, { ...NOTHING, at: chat.now() });
  await chat.store.removeFiles(fileIdsOf(message));
  if (changed && room.kind === 'room') {
    chat.later(chat.inbox().said({ ...doneTo(call, room, message, 'deleted'), kind: 'deleted' }));
  }
  return shown(call, room, message, changed);
}

export async function react(call: Call): Promise<MessageView> {
  const { chat, who, body } = call;
  const { message, room } = await present(call);
  const reaction = { ...parse(reactSchema, body), person: who.id, at: chat.now() };
  const changed = await chat.store.react(message.id, reaction);
  if (changed && room.kind === 'room' && message.onlyFor === null) {
    const { emoji, on, at } = reaction;
    const when = `${who.id}:${emoji}:${on ? 'on' : 'off'}:${at.getTime()}`;
    const done = doneTo(call, room, message, `reacted:${when}`);
    chat.later(chat.inbox().said({ ...done, kind: 'reacted', emoji, on, ...wordsIn(message) }));
  }
  return shown(call, room, message, changed);
}

/**
 * A person's words that are pinned go into the incident's story, so the engine
 * hears of it first: when it refuses, nothing is pinned.
 */
export async function pin(call: Call): Promise<MessageView> {
  const { chat, body } = call;
  const { message, room } = await present(call);
  const { on } = parse(pinSchema, body);
  if (message.onlyFor !== null) {
    throw new UserError('conflict', 'Only you see this message, so it cannot be pinned.');
  }
  if (on && message.pinnedAt === null && message.body.type === 'words' && room.kind === 'room') {
    const said = doneTo(call, room, message, 'pinned');
    await chat.inbox().said({ ...said, kind: 'pinned', ...wordsIn(message) });
  }
  return shown(call, room, message, await chat.store.pin(message.id, on ? chat.now() : null));
}

type Done = Pick<Said, 'id' | 'person' | 'room' | 'message'>;

/** What somebody did to a message, as the engine hears of it. */
function doneTo({ who }: Call, room: StoredRoom, message: StoredMessage, how: string): Done {
  return {
    id: `${PLATFORM}:${how}:${message.id}`,
    person: { platform: PLATFORM, id: who.id },
    room: { platform: PLATFORM, id: room.id },
    message: { platform: PLATFORM, id: String(message.id) },
  };
}

function wordsIn({ body, author }: StoredMessage) {
  const text = body.type === 'words' ? body.text : '';
  return { text, by: author === null ? null : { platform: PLATFORM, id: author } };
}

/** The conversation with one other person; with oneself it is the one with the bot. */
export async function openDirect({ chat, who, body }: Call): Promise<RoomView> {
  const { person } = parse(directSchema, body);
  const id = person === who.id ? await botRoom(chat, who.id) : await conversation();
  const [view] = await chat.store.roomFor(id, [who.id]);
  if (!view) throw new UserError('not_found', 'There is no such conversation.');
  return roomView(view);

  async function conversation(): Promise<string> {
    const other = isStorable(person) ? await chat.store.findPerson(person) : null;
    if (!other?.active) throw new UserError('not_found', 'There is nobody of that name here.');
    const members = [who.id, other.id];
    const room = { id: directId(members), kind: 'direct', name: directId(members), topic: '' } as const;
    const { fresh } = await chat.store.openRoom({ ...room, members, isPrivate: true, at: chat.now() });
    if (fresh) chat.later(chat.live.showRoom(room.id));
    return room.id;
  }
}

/** A message as it now is, shown to all when it was changed. */
function shown(
  { chat }: Call,
  room: StoredRoom,
  before: StoredMessage,
  changed: StoredMessage | null,
): MessageView {
  if (changed) chat.live.showMessage(changed, room);
  return messageView(changed ?? before);
}

async function present({ chat, who, param }: Call) {
  const found = await visibleMessage(chat.store, who.id, idOf(param, 'The message'));
  if (found.message.deletedAt !== null) throw new UserError('conflict', 'This message has been deleted.');
  return found;
}

async function ownMessage(call: Call) {
  const found = await present(call);
  if (found.message.author !== call.who.id || found.message.body.type !== 'words') {
    throw new UserError('not_allowed', 'Only those who wrote a message may change it.');
  }
  return found;
}

/** One emoji as keyboards send it, with or without the mark that asks for colour. */
function isEmoji(text: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(text) || /^\p{RGI_Emoji}$/v.test(`${text}\uFE0F`);
}
