import { commands } from '#commands/index.ts';
import type { Form, FormField } from '#src/chat/message.ts';
import { parse } from '#src/chat/parse.ts';
import type { Ask } from '#src/chat/platform.ts';
import { formOf as plainFormOf } from '#test/support/form.ts';

import type { Seen } from './chat-platform-seen.ts';

/** The same wish, whether a platform hands over a line or has taken it apart already. */
export function meant(ask: Ask | undefined): { command: string; args: Readonly<Record<string, string>> } {
  if (!ask) throw new Error('The engine heard nothing.');
  if (ask.type !== 'typed') return { command: ask.command, args: ask.args };
  const { command, args } = parse(ask.text, commands);
  return { command: command.name, args };
}

export function lastOf(seen: Seen) {
  const invocation = seen.heard.invocations.at(-1);
  return { ...invocation, meant: meant(invocation?.ask) };
}

/** With help at each field, so that every platform has to draw it. */
export function formOf(...fields: readonly Partial<FormField>[]): Form {
  return plainFormOf(...fields.map((it) => ({ help: 'One line', ...it })));
}
