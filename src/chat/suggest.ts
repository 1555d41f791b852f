import { UserError } from '#src/errors.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import { nearest } from '#src/incident/nearest.ts';
import { allows, type Person } from '#src/incident/person.ts';

import type { Arg } from './args.ts';
import type { Command } from './command.ts';
import type { Directory } from './directory.ts';
import { severityName } from './names.ts';
import { named } from './parse.ts';
import type { Suggestion } from './platform.ts';
import { tokenize, type Token } from './tokens.ts';
import { readTypedArgs } from './typed-args.ts';
import { labelOf } from './usage.ts';
import { ON_CALL } from './who.ts';

export interface Asking {
  readonly person: Person;
  readonly here: number | null;
}

export interface Known {
  readonly commands: readonly Command[];
  readonly directory: Directory;
  readonly testSources: readonly string[];
}

/** The most completions shown at once. */
const MOST = 10;

/**
 * What a line may become, best first: a command this person may use, then what
 * can stand where the line breaks off. Nothing where there is nothing to say.
 */
export async function suggestions(typed: string, asking: Asking, known: Known): Promise<Suggestion[]> {
  if (typed.length > 500) return [];
  const text = typed.trimStart();
  const partial = /\S*$/.exec(text)?.[0] ?? '';
  const head = text.slice(0, text.length - partial.length);
  const commands = known.commands.filter(({ allow }) => allows(asking.person.role, allow));
  const [first, ...others] = tokenize(head);
  if (!first) return commandsLike(partial, commands);
  const command = named(first.text, commands);
  if (!command) return commandsLike(first.text, commands);

  const words = await wordsFor({ command, head, tokens: others, partial }, asking, known);
  const wanted = partial.toLowerCase();
  return words
    .filter(({ keys }) => keys.some((key) => key.toLowerCase().startsWith(wanted)))
    .slice(0, MOST)
    .map(({ word, help }) => ({ line: `${head}${word}`, help }));
}

function commandsLike(partial: string, commands: readonly Command[]): Suggestion[] {
  const wanted = partial.toLowerCase();
  const begins = (it: Command) => it.name.startsWith(wanted);
  const isAlias = (it: Command) => it.aliases?.some((alias) => alias.startsWith(wanted)) ?? false;
  const near = nearest(
    partial,
    commands.map(({ name }) => name),
  );
  const found = new Set([
    ...commands.filter(begins),
    ...commands.filter(isAlias),
    ...commands.filter(({ name }) => near.includes(name)),
  ]);
  return [...found].map(({ name, summary }) => ({ line: name, help: summary }));
}

/** A word that may stand next; it is offered to whoever begins to type one of `keys`. */
interface Word {
  readonly word: string;
  readonly keys: readonly string[];
  readonly help: string;
}

interface Line {
  readonly command: Command;
  readonly head: string;
  readonly tokens: readonly Token[];
  readonly partial: string;
}

/** What can be said after `contact`. */
const CONTACT_WORDS: readonly Word[] = [
  wordOf('add', 'Add one: sms +4915112345678'),
  wordOf('verify', 'Prove it by the code that you were sent'),
  wordOf('test', 'Send yourself a test: sms'),
  wordOf('remove', 'Be told by it no more: sms'),
];

async function wordsFor(line: Line, asking: Asking, known: Known): Promise<Word[]> {
  const { command, tokens, partial } = line;
  if (command.name === 'help') return known.commands.map(({ name, summary }) => wordOf(name, summary));
  if (command.name === 'test-alert') return known.testSources.map((name) => wordOf(name, 'Send its sample'));
  if (command.name === 'contact' && tokens.length === 0) return [...CONTACT_WORDS];
  const last = tokens.at(-1);
  const led = last && ledTo(command, last);
  const filled = readSoFar(line, led ? tokens.slice(0, -1) : tokens, asking.here);
  if (!filled) return [];
  if (led) return await valuesOf(led, asking, known);

  const open = Object.entries(command.args).filter(([name]) => !(name in filled));
  const names = open.map(([name, { help }]) => wordOf(`--${name}`, help));
  if (partial.startsWith('-')) return names;
  const isTextBegun = Object.entries(command.args).some(([name, of]) => name in filled && isText(of));
  if (isTextBegun) return [];
  const values: Word[] = [];
  for (const [name, of] of open) {
    const isKnown = of.kind === 'incident' && name === 'incident' && asking.here !== null;
    const lead = of.kind === 'incident' && of.lead[0] ? `${of.lead[0]} ` : '';
    const words = isKnown ? [] : await valuesOf(of, asking, known);
    values.push(
      ...words.map((it) => ({ ...it, word: `${lead}${it.word}`, keys: [...it.keys, `${lead}${it.word}`] })),
    );
  }
  return [...values, ...(partial === '' ? names.filter((_, index) => !open[index]?.[1].required) : [])];
}

/** What has been understood of the words before; null when they make no sense yet. */
function readSoFar({ command, head }: Line, tokens: readonly Token[], here: number | null) {
  try {
    return readTypedArgs(command, head, tokens, here);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** The argument that the last word leads to: `--severity`, `into`, `next`. */
function ledTo(command: Command, last: Token): Arg | undefined {
  if (last.quoted) return undefined;
  return Object.entries(command.args).find(
    ([name, { lead }]) =>
      (last.dashed && last.name === name && last.value === null) || lead.includes(last.text.toLowerCase()),
  )?.[1];
}

function isText({ kind, isWord }: Arg): boolean {
  return (kind === 'text' || kind === 'paragraph') && !isWord;
}

/** What people could say for this argument. */
export async function valuesOf(of: Arg, { person }: Asking, { directory }: Known): Promise<Word[]> {
  switch (of.kind) {
    case 'incident':
      return (await directory.incidents(of.among, 50, person)).map(incidentWord);
    case 'severity':
      return of.choices.map((it) => wordOf(it, severityName(it)));
    case 'choice':
      return of.choices.map((it) => wordOf(it, of.help));
    case 'person':
      return [...nobody(of), ...(await peopleWords(person, directory))];
    case 'assignee':
      return [
        ...(await peopleWords(person, directory)),
        ...(await directory.teams()).map((it) => namedWord(it, `${it.name} (team)`)),
        ...(of.mayBeSchedule ? (await directory.schedules()).map(onCallWord) : []),
        ...nobody(of),
      ];
    case 'schedule':
      return (await directory.schedules()).map((it) => namedWord(it, it.name));
    case 'when':
      return ['30m', '1h', 'tomorrow 9:00'].map((it) => wordOf(it, of.help));
    case 'duration':
      return ['30m', '1h', '1d'].map((it) => wordOf(it, of.help));
    case 'text':
    case 'paragraph':
      return of.offers.map((it) => wordOf(it, of.help));
  }
}

async function peopleWords(me: Person, directory: Directory): Promise<Word[]> {
  const people = (await directory.people()).filter((it) => it.active);
  const others = people.filter(({ id }) => id !== me.id);
  return [me, ...others].map(({ id, name }) => ({
    word: `@${id}`,
    keys: [`@${id}`, id, name, ...name.split(/\s+/), ...(id === me.id ? ['me'] : [])],
    help: id === me.id ? `${name} (you)` : name,
  }));
}

function namedWord({ id, name }: { readonly id: string; readonly name: string }, help: string): Word {
  return { ...wordOf(id, help), keys: [id, name] };
}

function onCallWord({ id, name }: { readonly id: string; readonly name: string }): Word {
  const word = `${ON_CALL}${id}`;
  return { word, keys: [word, id, name], help: `${name} (on call now)` };
}

function nobody({ mayBeNobody }: Arg): Word[] {
  return mayBeNobody ? [wordOf('nobody', 'Takes the name off')] : [];
}

function incidentWord({ number, severity, title, status }: Incident): Word {
  const word = shortName(number);
  const state = isOpen({ status }) ? '' : ` (${labelOf(status.toLowerCase())})`;
  return { word, keys: [word, String(number), `#${number}`, title], help: `${severity} ${title}${state}` };
}

function wordOf(word: string, help: string): Word {
  return { word, keys: [word], help };
}
