import { commands } from '#commands/index.ts';
import type { Form, FormField } from '#src/chat/message.ts';
import { parse } from '#src/chat/parse.ts';
import type { Ask } from '#src/chat/platform.ts';

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

const FIELD: FormField = {
  name: 'how',
  label: 'What was done?',
  help: 'One line',
  kind: 'line',
  required: true,
  choices: [],
  searchable: false,
  value: '',
  error: '',
};

export function formOf(...fields: readonly Partial<FormField>[]): Form {
  return {
    title: 'Resolve INC-1',
    submit: 'Resolve',
    command: 'resolve',
    known: { incident: 'INC-1' },
    fields: fields.map((it) => ({ ...FIELD, ...it })),
  };
}
