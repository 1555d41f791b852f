import { bold, code, type Inline, type Message } from '#src/chat/message.ts';
import type { Invocation, Outcome } from '#src/chat/platform.ts';
import { UserError } from '#src/errors.ts';

import { botRoom, place, PLATFORM, type Chat, type Visitor } from './chat.ts';
import { fitForm } from './fit.ts';
import type { Answer } from './protocol.ts';
import { messageView, spoken } from './render.ts';
import type { StoredRoom } from './store.ts';

/** What somebody wants of the engine. */
export interface Ask {
  /** The page's UUID: the same one is the same wish. */
  readonly id: string;
  readonly room: StoredRoom | null;
  readonly threadOf: number | null;
  readonly ask: Invocation['ask'];
  /** What the others read that this person did. */
  readonly told: { readonly verb: string; readonly what: string };
}

/**
 * Has the engine do what somebody wants. The engine does a repeat of an id only
 * once and says the same again; here that is then the same message.
 */
export async function grant(chat: Chat, who: Visitor, ask: Ask): Promise<Answer> {
  const outcome = await chat.inbox().invoked(invocationOf(who, ask));
  return outcome.type === 'form'
    ? { type: 'form', form: fitForm(outcome.form) }
    : await reply(chat, who, ask, outcome);
}

/** The reply to a wish that was granted before; null when there was none. */
export async function earlierReply({ store }: Chat, who: Visitor, id: string): Promise<Answer | null> {
  const message = await store.messageByKey(replyKey(who.id, id));
  return message && { type: 'posted', message: messageView(message) };
}

function invocationOf(who: Visitor, { id, room, ask }: Ask): Invocation {
  return {
    id: `${PLATFORM}:${who.id}:${id}`,
    person: { platform: PLATFORM, id: who.id },
    room: room && { platform: PLATFORM, id: room.id },
    ask,
  };
}

/** Below what the person did, so that the answer can be understood by everybody who reads it later. */
async function reply(
  chat: Chat,
  who: Visitor,
  { id, room, threadOf, told }: Ask,
  { message, visible }: Extract<Outcome, { type: 'reply' }>,
): Promise<Answer> {
  const isPrivate = visible === 'private' && room !== null;
  const did: readonly Inline[] = [isPrivate ? 'You' : bold(who.name), ` ${told.verb} `, code(told.what)];
  const whole: Message = { ...message, parts: [{ type: 'context', text: did }, ...message.parts] };
  const placed = await place(chat, {
    ...spoken(whole),
    room: room?.id ?? (await botRoom(chat, who.id)),
    key: replyKey(who.id, id),
    threadOf,
    author: null,
    onlyFor: isPrivate ? who.id : null,
    at: chat.now(),
    pinned: false,
  });
  if (!placed) throw new UserError('not_allowed', 'You are not known here.');
  return { type: 'posted', message: messageView(placed.message) };
}

function replyKey(person: string, id: string): string {
  return `reply:${PLATFORM}:${person}:${id}`;
}
