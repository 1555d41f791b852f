import type { OptionBody } from '#test/support/discord/checks/commands.ts';
import type { Command } from '#test/support/discord/commands.ts';

import {
  fits,
  GROUP,
  isFree,
  isIncident,
  isIncidentRef,
  isSeverityCode,
  SUBCOMMAND,
  TEXT,
  USER,
  valueOf,
  type Filler,
} from './fitting.ts';

/** A command that is being given, and what has been filled in. */
export interface Given {
  readonly command: Command;
  /** Sub-command, or group and sub-command. */
  readonly path: readonly OptionBody[];
  readonly options: readonly Option[];
}

export interface Option {
  readonly of: OptionBody;
  readonly value: string | number | boolean;
}

interface Token {
  readonly text: string;
  readonly raw: string;
  /** The blanks before it. */
  readonly gap: string;
}

interface Filling {
  readonly filler: Filler;
  readonly shape: readonly OptionBody[];
  readonly filled: Map<string, string>;
  /** Words that have not found their place yet. */
  readonly left: Token[];
  /** What takes the rest of a line. */
  readonly rest: OptionBody | undefined;
}

/**
 * What a person picks and fills in when they mean this line: each word goes where it
 * fits, `--name value` by name, and the rest into the first free text. Throws where
 * Discord has nothing of the kind to pick, or does not send it so.
 */
export function give(filler: Filler, offered: readonly Command[], line: string): Given {
  const [first, ...words] = tokens(line.replace(/^\//, ''));
  const name = first?.text.toLowerCase();
  const command = listWith(offered, name ?? '', words);
  if (!command) throw new Error(`Discord offers no command /${name}`);
  const { path, rest } = subcommand(command, words);
  return { command, path, options: fill(filler, (path.at(-1) ?? command).options ?? [], rest, line) };
}

/** The picker shows whatever begins with what is typed, so a sub-command is found in `/incident-duty` too. */
function listWith(offered: readonly Command[], name: string, words: readonly Token[]): Command | undefined {
  const lists = offered.filter((it) => (it.type ?? 1) === 1);
  const [first = '', second = ''] = words.map(({ text }) => text);
  const has = ({ options = [] }: Command) =>
    within(options, `${first}-${second}`) !== null ||
    within(options, first) !== null ||
    options.some((it) => it.name === first);
  const alike = lists.filter((it) => it.name === name || it.name.startsWith(`${name}-`));
  return alike.find(has) ?? lists.find((it) => it.name === name);
}

/** Words, with what stands in quotes as one. */
export function tokens(line: string): Token[] {
  return [...line.matchAll(/(\s*)("((?:\\"|[^"])*)"(?=\s|$)|\S+)/g)].map(
    ([, gap = '', raw = '', quoted]) => ({
      gap,
      raw,
      text: quoted?.replaceAll('\\"', '"') ?? raw,
    }),
  );
}

function within(branches: readonly OptionBody[], name: string): readonly OptionBody[] | null {
  const own = branches.find((it) => it.type === SUBCOMMAND && it.name === name);
  if (own) return [own];
  const group = branches.find((it) => it.type === GROUP && it.options?.some((one) => one.name === name));
  const found = group?.options?.find((it) => it.name === name);
  return group && found ? [group, found] : null;
}

/** The picker finds a sub-command by its name, in whatever group it is. */
function subcommand(
  command: Command,
  words: readonly Token[],
): { path: readonly OptionBody[]; rest: readonly Token[] } {
  const branches = (command.options ?? []).filter(({ type }) => type <= GROUP);
  if (branches.length === 0) return { path: [], rest: words };
  const [first = '', second = ''] = words.map(({ text }) => text);
  const twoWords = within(branches, `${first}-${second}`);
  if (twoWords) return { path: twoWords, rest: words.slice(2) };
  const own = branches.find((it) => it.name === first);
  if (own?.type === SUBCOMMAND) return { path: [own], rest: words.slice(1) };
  const inner = own?.options?.find((it) => it.name === second);
  if (own && inner) return { path: [own, inner], rest: words.slice(2) };
  const grouped = within(branches, first);
  if (grouped) return { path: grouped, rest: words.slice(1) };
  const all = branches.flatMap((it) => (it.type === GROUP ? (it.options ?? []) : [it])).map((it) => it.name);
  throw new Error(
    `Discord offers no sub-command \`${first}\` of /${command.name}; there are: ${all.join(', ')}`,
  );
}

function fill(filler: Filler, shape: readonly OptionBody[], words: readonly Token[], line: string): Option[] {
  const filled = new Map<string, string>();
  const left = named(shape, words, filled);
  const rest = shape.find((it) => isFree(it) && !filled.has(it.name));
  const filling: Filling = { filler, shape, filled, left, rest };
  while (left.length > 0 && (takeLed(filling) || takeWord(filling)));
  if (left.length > 0) throw new Error(`Discord has no option for \`${textOf(left)}\` in \`${line}\``);
  const missing = shape.filter((it) => it.required && !filled.has(it.name)).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`Discord does not send \`${line}\` without ${missing.join(', ')}`);
  return shape.flatMap((of) => {
    const word = filled.get(of.name);
    return word === undefined ? [] : [{ of, value: valueOf(filler, of, word) }];
  });
}

/** Takes `--name value` out of the words. A text goes on to the next name, unless it is in quotes. */
function named(shape: readonly OptionBody[], words: readonly Token[], filled: Map<string, string>): Token[] {
  const left: Token[] = [];
  const rest = [...words];
  const isName = (it: Token | undefined) => /^--[\w-]+$/.test(it?.raw ?? '');
  for (let word = rest.shift(); word; word = rest.shift()) {
    if (!isName(word)) {
      left.push(word);
      continue;
    }
    const of = shape.find((it) => `--${it.name}` === word?.raw);
    if (!of) {
      const names = shape.map((it) => it.name).join(', ');
      throw new Error(`Discord has no option ${word.raw.slice(2)} here; there are: ${names}`);
    }
    const isLong = isFree(of) && rest[0]?.raw === rest[0]?.text;
    const end = isLong ? rest.findIndex(isName) : 1;
    filled.set(of.name, textOf(rest.splice(0, end < 0 ? rest.length : end)));
  }
  return left;
}

/** Words that say which option follows. */
const LEADS: Readonly<Record<string, readonly string[]>> = {
  into: ['into', 'in', 'to', 'of'],
  from: ['from'],
  to: ['to', 'until'],
  until: ['until', 'for'],
  schedule: ['on'],
  person: ['to', 'is'],
  reason: ['because', 'since'],
};

/** `into INC-3`, `to @bo`, `because it is the same`. */
function takeLed({ shape, filled, left, rest }: Filling): boolean {
  const [lead, ...others] = left;
  const open = shape.filter((it) => !filled.has(it.name));
  const somebody = lead?.text === 'to' && /^<?@/.test(others[0]?.text ?? '');
  const whom = somebody ? open.find((it) => it.type === USER) : undefined;
  const of = whom ?? open.find((it) => LEADS[it.name]?.includes(lead?.text ?? ''));
  if (!of || others.length === 0) return false;
  left.shift();
  filled.set(of.name, textOf(left.splice(0, of === rest ? left.length : 1)));
  return true;
}

function takeWord(filling: Filling): boolean {
  const { shape, filled, left, rest } = filling;
  const of = optionFor(filling, left[0]?.text ?? '');
  if (!of) return false;
  if (of === rest) takeNext(filling);
  const isAll = of === rest || (shape.length === 1 && of.type === TEXT);
  filled.set(of.name, textOf(left.splice(0, isAll ? left.length : 1)));
  return true;
}

/** What a word is for: what surely means it, else the first that takes any word, else the text. */
function optionFor({ filler, shape, filled, left, rest }: Filling, word: string): OptionBody | undefined {
  const open = shape.filter((it) => !filled.has(it.name));
  const others = open.filter(isIncident);
  const isOneOfTwo = left.filter(({ text }) => isIncidentRef(text)).length > 1;
  const incident = (isOneOfTwo && others.find((it) => it.name === 'incident')) || others[0];
  if (incident && isIncidentRef(word)) return incident;
  // After a text has begun a choice is said by its name, but for how bad it is.
  const begins = rest ? shape.indexOf(rest) : shape.length;
  // What completes what is typed, and is asked for first, may know the word too.
  const first = open.find((it) => it.autocomplete && !isIncident(it));
  const sure = open.find((it) => {
    if (word === 'me' && first && shape.indexOf(first) < shape.indexOf(it)) return false;
    const mayBeSaid = !it.choices || shape.indexOf(it) < begins || isSeverityCode(it, word);
    return mayBeSaid && (it.choices || it.type !== TEXT) && fits(filler, it, word);
  });
  return sure ?? open.find((it) => it === rest || it === first);
}

/** `next 30m` or `by 14:45` at the end of a text. */
function takeNext({ shape, filled, left }: Filling): void {
  const of = shape.find((it) => it.name === 'next' && !filled.has(it.name));
  const [lead, time] = left.slice(-2).map(({ text }) => text);
  const isTime = /^(?:\d+[mhd]|\d{1,2}:\d{2})$/.test(time ?? '');
  if (!of || left.length < 3 || !isTime || (lead !== 'next' && lead !== 'by')) return;
  filled.set(of.name, time ?? '');
  left.splice(-2);
}

/** One word as it is meant; several as they were written. */
function textOf(words: readonly Token[]): string {
  const [only, ...others] = words;
  if (others.length === 0) return only?.text ?? '';
  return words.map(({ gap, raw }, index) => (index === 0 ? raw : gap + raw)).join('');
}
