import { UserError } from '#src/errors.ts';

import type { Command } from './command.ts';
import { code, marked, say, withTone, type Message, type Part } from './message.ts';
import { parse } from './parse.ts';
import type { Ref } from './platform.ts';

/** What went wrong, word for word, with a button for what was probably meant. */
export function refusal(error: UserError, commands: readonly Command[]): Message {
  const text = marked(error.message);
  const message = say(text, ...insteadOf(error, commands));
  return withTone({ ...message, summary: error.message }, 'warn');
}

/** Somebody we do not know is told how to become somebody we do. */
export function stranger({ platform, id }: Ref, isKnown = false): Message {
  if (isKnown) {
    return withTone(
      say('You are not active here any more. An admin of the incident manager can change that.'),
      'warn',
    );
  }
  const text = [
    'I do not know you yet, so I cannot do that for you. If the incident manager knows you from somewhere else, type ',
    code('/incident link'),
    ' here: you get a code that says who you are. If not, ask an admin to add you; you are ',
    code(id),
    ` on ${platform}.`,
  ];
  const button = { label: 'Get a code', command: 'link', args: {}, style: 'primary' } as const;
  return withTone(say(text, { type: 'buttons', buttons: [button] }), 'warn');
}

/** A bug, or the outside failing: the number finds it in the log, and nothing else is told. */
export function apology(id: string, isOutside: boolean): Message {
  const what = isOutside ? 'A system this needs did not answer.' : 'Something went wrong here.';
  const text = [
    what,
    ' Try it again; if it stays, tell an admin the number ',
    code(id),
    ', which finds it in the log.',
  ];
  return withTone(say(text), 'warn');
}

function insteadOf({ details }: UserError, commands: readonly Command[]): Part[] {
  const line = details['instead'];
  if (typeof line !== 'string') return [];
  const meant = tryParse(line, commands);
  if (!meant) return [];
  const label =
    `/incident ${line}`.length <= LABEL_MAX ? `/incident ${line}` : `/incident ${meant.command.name} …`;
  const button = { label, command: meant.command.name, args: meant.args, style: 'primary' } as const;
  return [{ type: 'buttons', buttons: [button] }];
}

/** Buttons of every platform hold this much. */
const LABEL_MAX = 75;

/** A guess that cannot be read either is no help. */
function tryParse(line: string, commands: readonly Command[]) {
  try {
    return parse(line, commands);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
