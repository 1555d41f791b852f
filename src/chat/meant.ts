import { UserError } from '#src/errors.ts';

import type { Command } from './command.ts';
import { named, parse, type Parsed } from './parse.ts';
import type { Ask } from './platform.ts';

/** The command somebody wants and its arguments as words. `here` is the incident of the room. Throws UserError. */
export function commandOf(ask: Ask, commands: readonly Command[], here: number | null): Parsed {
  if (ask.type === 'typed') return parse(ask.text, commands, here);
  const command = named(ask.command, commands);
  if (command) return { command, args: ask.args };
  throw new UserError(
    'not_found',
    `There is no \`${ask.command.slice(0, 40)}\` any more. \`help\` lists what there is.`,
  );
}

/** Null for what cannot be read. */
export function tryCommandOf(ask: Ask, commands: readonly Command[]): Command | null {
  try {
    return commandOf(ask, commands, null).command;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
