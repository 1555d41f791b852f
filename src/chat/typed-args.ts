import { UserError } from '#src/errors.ts';
import { nearest } from '#src/incident/nearest.ts';

import type { Arg } from './args.ts';
import type { Command } from './command.ts';
import type { Token } from './tokens.ts';
import { isText, recognised } from './typed-kinds.ts';
import { usage } from './usage.ts';
import { isBareNumber, severityCode } from './words.ts';

/** A line that is being read: its command, its tokens, and what has been understood of it. */
interface Reading {
  readonly command: Command;
  readonly line: string;
  readonly tokens: readonly Token[];
  /** The number of the incident in whose room it was typed. */
  readonly here: number | null;
  readonly args: Map<string, string>;
  /** The argument that takes what is left of the line, and the places of the tokens it has taken. */
  readonly restName: string | undefined;
  readonly rest: number[];
  inRest: boolean;
}

/**
 * What each token of a typed line is. In this order:
 *
 * 1. `--name value`, `name=value`, `name:value`, where the command has an argument of that name.
 *    A value is one word, or all that is in quotes; a text goes on to the next name.
 * 2. A word that leads to an argument: `into INC-3`, `to payments`, and at the end of a text `next 30m`.
 * 3. What can only be one thing: an incident, a severity, a person with an @, a choice.
 * 4. What the command cannot do without, in the order of its arguments.
 * 5. Everything else is the command's text, word for word.
 *
 * Throws UserError when something is left over.
 */
export function readTypedArgs(
  command: Command,
  line: string,
  tokens: readonly Token[],
  here: number | null,
): Record<string, string> {
  const restName = restArg(command);
  const reading: Reading = {
    command,
    line,
    tokens,
    here,
    args: new Map(),
    restName,
    rest: [],
    inRest: false,
  };
  let index = 0;
  let namesCount = true;
  while (index < tokens.length) {
    const token = tokens[index];
    if (!token) break;
    if (token.text === '--' && namesCount && !token.quoted && restName) {
      namesCount = false;
      index += 1;
      continue;
    }
    index += (namesCount ? named(reading, token, index) : 0) || placed(reading, token, index);
  }
  const text = restText(reading);
  if (restName && text !== '' && !reading.args.has(restName)) reading.args.set(restName, text);
  return Object.fromEntries(reading.args);
}

/** The argument that takes the rest of the line: the first text that is more than a word. */
function restArg(command: Command): string | undefined {
  return Object.entries(command.args).find(([, it]) => isText(it))?.[0];
}

/** Reads a named argument and answers how many tokens it is; 0 when it is none. */
function named(reading: Reading, token: Token, index: number): number {
  const { command, args } = reading;
  if (token.name === null) return 0;
  const name = nameIn(command, token.name);
  const of = name === undefined ? undefined : command.args[name];
  if (name === undefined || !of) {
    if (token.dashed) refuseUnknownName(reading, token.name);
    return 0;
  }
  if (!token.dashed && reading.inRest && name === reading.restName) return 0;
  const [only, ...others] = of.choices;
  if (token.value === null && only !== undefined && others.length === 0) {
    // What can be nothing else need not be said.
    args.set(name, only);
    return isWord(reading.tokens[index + 1], only) ? 2 : 1;
  }
  if (token.value) {
    args.set(name, token.value);
    return 1;
  }
  const count = token.value === null ? valueLength(reading, of, index + 1) : 0;
  if (count === 0) throw new UserError('bad_arguments', `Say a value after \`--${token.name}\`: ${of.help}.`);
  args.set(name, textOf(reading, index + 1, count));
  return 1 + count;
}

/** The argument of this name; a word that leads to it may stand before it, so that `--even-critical` is `--critical`. */
function nameIn({ args }: Command, typed: string): string | undefined {
  if (Object.hasOwn(args, typed)) return typed;
  return Object.keys(args).find((name) => args[name]?.lead.some((lead) => `${lead}-${name}` === typed));
}

/** A name that is nearly one of ours is a slip; any other belongs to the text, if the command takes one. */
function refuseUnknownName({ command, restName }: Reading, name: string): void {
  const names = Object.keys(command.args);
  const [near] = nearest(name, names);
  if (near) {
    throw new UserError(
      'bad_arguments',
      `\`${command.name}\` has no \`--${name}\`. Did you mean \`--${near}\`?`,
    );
  }
  if (restName) return;
  throw new UserError(
    'bad_arguments',
    `\`${command.name}\` has no \`--${name}\`. It goes: \`${usage(command)}\``,
  );
}

/** How many tokens from `from` are the value of a named argument. */
function valueLength(reading: Reading, of: Arg, from: number): number {
  const { tokens } = reading;
  if (!tokens[from] || isKnownName(reading, from)) return 0;
  if (tokens[from].quoted) return 1;
  if (!isText(of)) return Math.max(1, recognised(reading, of, from, true));
  let end = from;
  while (end < tokens.length && !isKnownName(reading, end)) end += 1;
  return end - from;
}

function isKnownName({ command, tokens }: Reading, index: number): boolean {
  const name = tokens[index]?.name;
  return name !== undefined && name !== null && nameIn(command, name) !== undefined;
}

/** Puts a token that has no name where it belongs and answers how many tokens were used. */
function placed(reading: Reading, token: Token, index: number): number {
  if (reading.inRest) return endOfRest(reading, token, index) || intoRest(reading, index);
  return led(reading, token, index) || strong(reading, index) || needed(reading, token, index);
}

function intoRest(reading: Reading, index: number): number {
  reading.rest.push(index);
  reading.inRest = true;
  return 1;
}

/** At the end of a text: `next 30m`, `into INC-3`, a lone `sev1`. In its middle they are words like any other. */
function endOfRest(reading: Reading, token: Token, index: number): number {
  if (token.quoted) return 0;
  for (const [name, of] of unfilled(reading)) {
    const lead = isText(of) ? 0 : leadLength(reading, of, index);
    const count = lead > 0 ? recognised(reading, of, index + lead, false) : 0;
    if (count > 0 && isEnd(reading, index + lead + count)) return fill(reading, name, index, count, lead);
    if (of.kind === 'severity' && severityCode(token.text) && isEnd(reading, index + 1)) {
      return fill(reading, name, index, 1, 0);
    }
  }
  return 0;
}

function isEnd(reading: Reading, index: number): boolean {
  return index >= reading.tokens.length || isKnownName(reading, index);
}

/** `into INC-3`, `to payments`, `because ...`: a leading word and what it leads to. */
function led(reading: Reading, token: Token, index: number): number {
  if (token.quoted) return 0;
  for (const [name, of] of unfilled(reading)) {
    const lead = leadLength(reading, of, index);
    if (lead === 0 || !reading.tokens[index + lead]) continue;
    if (name === reading.restName) {
      reading.inRest = true;
      return lead;
    }
    const count = recognised(reading, of, index + lead, true);
    if (count > 0) return fill(reading, name, index, count, lead);
  }
  return 0;
}

/** How many tokens from `index` are words that lead to this argument, most first; 0 for none. */
function leadLength({ tokens }: Reading, of: Arg, index: number): number {
  const lengths = of.lead
    .map((phrase) => phrase.split(' '))
    .filter((words) => words.every((word, at) => isWord(tokens[index + at], word)))
    .map((words) => words.length);
  return Math.max(0, ...lengths);
}

function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && !token.quoted && token.text.toLowerCase() === word;
}

/** What can be only one thing, whichever argument is next. */
function strong(reading: Reading, index: number): number {
  for (const [name, of] of unfilled(reading)) {
    if (of.kind === 'choice' && !of.required && reading.restName) continue;
    if (!of.required && (of.kind === 'when' || of.kind === 'duration')) continue;
    const count = recognised(reading, of, index, false);
    if (count > 0 && !isAmbiguousNumber(reading, name, index)) return fill(reading, name, index, count, 0);
  }
  return 0;
}

/**
 * `note 42 users cannot pay`, typed in the room of INC-7, is about 42 users. A
 * bare number before a text is the incident only where it cannot be a word of it.
 */
function isAmbiguousNumber(reading: Reading, name: string, index: number): boolean {
  const { here, tokens, command, restName } = reading;
  const token = tokens[index];
  const isIncident = command.args[name]?.kind === 'incident';
  if (!isIncident || here === null || !token || !isBareNumber(token.text)) return false;
  if (Number(token.text) === here || isEnd(reading, index + 1)) return false;
  const incidents = Object.values(command.args).filter(({ kind }) => kind === 'incident').length;
  const next = unfilled(reading).find(([it, of]) => it !== name && takesAnyWord(of, it === restName));
  return incidents === 1 && next?.[0] === restName;
}

function takesAnyWord(of: Arg, isRest: boolean): boolean {
  return isRest || (of.required && of.kind !== 'incident' && (!isText(of) || of.isWord));
}

/** What the command cannot do without takes the next word, whatever it is: what is wrong with it is said later. */
function needed(reading: Reading, token: Token, index: number): number {
  const open = unfilled(reading);
  for (const [name, of] of open) {
    if (name === reading.restName) return intoRest(reading, index);
    if (takesAnyWord(of, false)) {
      return fill(reading, name, index, Math.max(1, recognised(reading, of, index, false)), 0);
    }
  }
  const incident = open.find(([, { kind }]) => kind === 'incident');
  if (incident) return fill(reading, incident[0], index, 1, 0);
  throw new UserError(
    'bad_arguments',
    `I do not understand \`${token.text.slice(0, 60)}\` here. It goes: \`${usage(reading.command)}\``,
  );
}

function unfilled({ command, args }: Reading): [string, Arg][] {
  return Object.entries(command.args).filter(([name]) => !args.has(name));
}

/** Sets the argument to `count` tokens after `skipped` leading ones; answers how many were used. */
function fill(reading: Reading, name: string, index: number, count: number, skipped: number): number {
  reading.args.set(name, textOf(reading, index + skipped, count));
  return skipped + count;
}

/** Tokens as they were typed, white space between them included; one alone without its quotes. */
function textOf({ line, tokens }: Reading, from: number, count: number): string {
  const first = tokens[from];
  const last = tokens[from + count - 1];
  if (!first || !last) return '';
  return count === 1 ? first.text : line.slice(first.start, last.end);
}

/** The text as it was typed, without the names that stood in it. */
function restText(reading: Reading): string {
  const { rest } = reading;
  const [only] = rest;
  if (only !== undefined && rest.length === 1) return textOf(reading, only, 1);
  const pieces: string[] = [];
  let from = 0;
  for (const [at, index] of rest.entries()) {
    if (rest[at + 1] === index + 1) continue;
    const piece = rest.slice(from, at + 1);
    pieces.push(textOf(reading, piece[0] ?? 0, piece.length));
    from = at + 1;
  }
  return pieces.join(' ');
}
