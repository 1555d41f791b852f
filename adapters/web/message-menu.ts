import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { idOf, parse, uuid, type Call } from './call.ts';
import { PLATFORM } from './chat.ts';
import { grant } from './invoking.ts';
import type { Answer, MenuView } from './protocol.ts';
import { visibleMessage } from './visible.ts';

const commandSchema = z.object({ id: uuid, command: z.string().max(64) });

/** What can be done with a message beside what the chat itself can do. */
export async function menu({ chat }: Call): Promise<MenuView> {
  const entries = chat.commands().flatMap(({ name, onMessage }) => {
    return onMessage ? [{ command: name, label: onMessage.label }] : [];
  });
  return { entries };
}

/** A command that takes the words of somebody's message. */
export async function commandOnMessage({ chat, who, param, body }: Call): Promise<Answer> {
  const { id, command } = parse(commandSchema, body);
  const { message, room } = await visibleMessage(chat.store, who.id, idOf(param, 'The message'));
  const onMessage = chat.commands().find(({ name }) => name === command)?.onMessage;
  if (!onMessage) throw new UserError('not_found', 'There is no such entry in the menu any more.');
  if (message.body.type !== 'words' || message.body.text === '') {
    throw new UserError('conflict', 'There are no words of a person in this message.');
  }
  const args = { [onMessage.arg]: message.body.text };
  const told = { verb: 'chose', what: onMessage.label };
  const by = message.author === null ? null : { platform: PLATFORM, id: message.author };
  const ask = { type: onMessage.asks, command, args, by } as const;
  return await grant(chat, who, { id, room, threadOf: message.threadOf, told, ask });
}
