import { UserError } from '#src/errors.ts';
import { nearest } from '#src/incident/nearest.ts';
import { clean } from '#src/incident/text.ts';

import { asksSomething } from './asks.ts';
import type { Command } from './command.ts';
import { tokenize, type Token } from './tokens.ts';
import { readTypedArgs } from './typed-args.ts';
import { incidentRef, isBareNumber } from './words.ts';

/** A command and its arguments as words; `read.ts` makes values of them. */
export interface Parsed {
  readonly command: Command;
  readonly args: Readonly<Record<string, string>>;
}

/** The longest line that is read: more than any argument may hold. */
export const LINE_MAX = 8000;

/**
 * What people type after `/incident`. A question in plain words is asked. `here` is the number of the incident in
 * whose room it was typed. Beside `ack INC-42`, also `INC-42 ack` is understood,
 * and an incident alone is shown. Throws UserError and nothing else; where it
 * has a guess, `details.instead` is the line that was probably meant.
 */
export function parse(text: string, commands: readonly Command[], here: number | null = null): Parsed {
  if (text.length > LINE_MAX) {
    throw new UserError('too_large', `That is too long for one command: at most ${LINE_MAX} characters.`);
  }
  const line = clean(text);
  const tokens = tokenize(line);
  const [first, second] = tokens;
  if (!first) return { command: named('help', commands) ?? unknown('', line, commands), args: {} };

  // `mute list` is `mute-list`.
  const pair = second && !second.quoted && named(`${first.text}-${second.text}`, commands);
  if (pair) return { command: pair, args: readTypedArgs(pair, line, tokens.slice(2), here) };
  const ask = asksSomething(tokens, commands) ? named('ask', commands) : undefined;
  if (ask) return { command: ask, args: { question: line.trim() } };
  const command = named(first.text, commands);
  if (command) return { command, args: readTypedArgs(command, line, tokens.slice(1), here) };
  if (isIncident(first)) return parseSubjectFirst(line, tokens, commands, here);
  return unknown(first.text, line.slice(second?.start ?? line.length), commands);
}

/** The command of this name or alias; undefined when there is none. */
export function named(word: string, commands: readonly Command[]): Command | undefined {
  const name = word.toLowerCase().replace(/^\//, '');
  return commands.find((it) => it.name === name || it.aliases?.includes(name));
}

function isIncident(token: Token): boolean {
  return !token.quoted && (incidentRef(token.text) !== null || isBareNumber(token.text));
}

/** `INC-42 ack`, `42 resolve rolled back`; `INC-42` alone is shown. */
function parseSubjectFirst(
  line: string,
  [subject, verb, ...others]: readonly Token[],
  commands: readonly Command[],
  here: number | null,
): Parsed {
  const incident = incidentRef(subject?.text ?? '') ?? subject?.text ?? '';
  const command = named(verb?.text ?? 'show', commands);
  if (!command || !Object.hasOwn(command.args, 'incident')) {
    throw new UserError('bad_arguments', `Say what to do with ${incident}, like \`ack ${incident}\`.`);
  }
  const args = readTypedArgs(command, line, others, here);
  return { command, args: { ...args, incident } };
}

function unknown(word: string, rest: string, commands: readonly Command[]): never {
  const shown = word.slice(0, 40);
  const names = commands.flatMap((it) => [it.name, ...(it.aliases ?? [])]);
  const [near] = nearest(word, names);
  if (near) {
    const meant = named(near, commands)?.name ?? near;
    const instead = `${meant} ${rest}`.trim();
    throw new UserError('bad_arguments', `There is no \`${shown}\`. Did you mean \`${meant}\`?`, { instead });
  }
  if (rest !== '') {
    const instead = `declare ${word} ${rest}`;
    throw new UserError(
      'bad_arguments',
      `There is no command \`${shown}\`. To open an incident, begin with \`declare\`; \`help\` lists the others.`,
      { instead },
    );
  }
  throw new UserError('bad_arguments', `There is no command \`${shown}\`. \`help\` lists what there is.`, {
    instead: 'help',
  });
}
