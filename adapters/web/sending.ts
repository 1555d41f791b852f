import { z } from 'zod';

import type { Part } from '#src/chat/message.ts';
import { clean, cleanLine } from '#src/chat/text.ts';
import { UserError } from '#src/errors.ts';

import { idOf, messageId, parse, uuid, WORDS, wordsOf, type Call } from './call.ts';
import { place, PLATFORM } from './chat.ts';
import { typedAfter } from './command-line.ts';
import { earlierReply, grant, type Ask } from './invoking.ts';
import type { Answer } from './protocol.ts';
import { messageView, written } from './render.ts';
import type { StoredRoom } from './store.ts';
import { visibleMessage, visibleRoom } from './visible.ts';

const sendSchema = z.object({ id: uuid, text: z.string(), threadOf: messageId.optional() });

const pressSchema = z.object({
  id: uuid,
  part: z.number().int().min(0).max(1000),
  button: z.number().int().min(0).max(1000).optional(),
  value: z.string().max(1000).optional(),
  label: z.string().max(1000).optional(),
});

const argName = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/i, 'is no name of a field');

const formSchema = z.object({
  id: uuid,
  room: z.string().max(200).nullable(),
  command: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/i, 'is no command'),
  args: z
    .record(argName, z.string().max(WORDS, `may have at most ${WORDS} characters`).transform(clean))
    .refine((it) => Object.keys(it).length <= 50, 'are too many'),
});

/** Words for the room, or a command when they begin with `/incident`. */
export async function send(call: Call): Promise<Answer> {
  const { chat, who, param, body } = call;
  const { id, text, threadOf } = parse(sendSchema, body);
  const words = wordsOf(text);
  const room = await visibleRoom(chat.store, who.id, param);
  const root = threadOf === undefined ? null : await rootIn(call, room, threadOf);
  const typed = typedAfter(words);
  if (typed === null) return await say(call, room, { id, words, root });
  const told = { verb: 'typed', what: cleanLine(words, 200) };
  return await grant(chat, who, { id, room, threadOf: root, told, ask: { type: 'typed', text: typed } });
}

/** A button or an option of a message that is still there, as it now is: the page only says which. */
export async function press({ chat, who, param, body }: Call): Promise<Answer> {
  const pressed = parse(pressSchema, body);
  const { message, room } = await visibleMessage(chat.store, who.id, idOf(param, 'The message'));
  const part = message.body.type === 'message' ? message.body.message.parts[pressed.part] : undefined;
  const chosen = part && choiceOf(part, pressed);
  if (!chosen) {
    const earlier = await earlierReply(chat, who, pressed.id);
    if (earlier) return earlier;
    throw new UserError('conflict', 'This message has changed meanwhile. Look at it again.');
  }
  const { told, ask } = chosen;
  return await grant(chat, who, { id: pressed.id, room, threadOf: message.threadOf, told, ask });
}

export async function sendForm({ chat, who, body }: Call): Promise<Answer> {
  const { id, room: roomId, command, args } = parse(formSchema, body);
  const room = roomId === null ? null : await visibleRoom(chat.store, who.id, roomId);
  const told = { verb: 'sent', what: `/incident ${command}` };
  return await grant(chat, who, { id, room, threadOf: null, told, ask: { type: 'form', command, args } });
}

async function say(
  { chat, who }: Call,
  room: StoredRoom,
  { id, words, root }: { id: string; words: string; root: number | null },
): Promise<Answer> {
  if (room.archivedAt !== null) {
    throw new UserError('conflict', 'This room is archived: nobody can write in it. Commands still work.');
  }
  const placed = await place(chat, {
    ...written(words),
    room: room.id,
    key: `${PLATFORM}:${who.id}:${id}`,
    threadOf: root,
    author: who.id,
    onlyFor: null,
    at: chat.now(),
    pinned: false,
  });
  if (!placed) throw new UserError('not_allowed', 'You are not known here.');
  if (placed.fresh && room.kind === 'room') {
    const ref = { platform: PLATFORM, id: room.id };
    chat.later(
      chat.inbox().said({
        id: `${PLATFORM}:${placed.message.id}`,
        person: { platform: PLATFORM, id: who.id },
        room: ref,
        message: { platform: PLATFORM, id: String(placed.message.id) },
        kind: 'message',
        text: words,
        files: [],
        below: root === null ? null : { platform: PLATFORM, id: String(root) },
      }),
    );
  }
  return { type: 'posted', message: messageView(placed.message) };
}

/** The first message of the thread that an answer belongs to. */
export async function rootIn(
  { chat, who }: Pick<Call, 'chat' | 'who'>,
  room: StoredRoom,
  id: number,
): Promise<number> {
  const { message } = await visibleMessage(chat.store, who.id, id);
  if (message.room !== room.id) throw new UserError('bad_arguments', 'That message is in another room.');
  if (message.onlyFor !== null) {
    throw new UserError('conflict', 'Only you see that message, so nobody can answer below it.');
  }
  return message.threadOf ?? message.id;
}

/** Null when there is no such button or option, or it now says something else than what was pressed. */
function choiceOf(part: Part, pressed: z.output<typeof pressSchema>): Pick<Ask, 'told' | 'ask'> | null {
  if (part.type === 'buttons') {
    const button = pressed.button === undefined ? undefined : part.buttons[pressed.button];
    if (!button || (pressed.label !== undefined && pressed.label !== button.label)) return null;
    const { command, args } = button;
    return { told: { verb: 'pressed', what: button.label }, ask: { type: 'saved', command, args } };
  }
  if (part.type !== 'select') return null;
  const { command, args, arg, options } = part.select;
  const option = options.find((it) => it.value === pressed.value);
  if (!option) return null;
  const ask = { type: 'saved', command, args: { ...args, [arg]: option.value } } as const;
  return { told: { verb: 'chose', what: option.label }, ask };
}
