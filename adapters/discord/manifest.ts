import {
  ApplicationCommandOptionType as Type,
  ApplicationCommandType,
  PermissionFlagsBits,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandOption,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord-api-types/v10';

import { GROUPS } from '#src/chat/command.ts';
import type { ArgShape, CommandShape } from '#src/chat/shapes.ts';
import { cleanLine } from '#src/chat/text.ts';

import { CALLS, type Spec } from './calls.ts';
import { MAX } from './limits.ts';

/**
 * What people can say, as Discord lists it: `/incident` with a sub-command for each, beside it `/incident-duty` and
 * the like for what has no room there, and the menu of a message. No option is required: for what is missing
 * there is a form. Descriptions are cut until all of it fits.
 */
export function discordCommands(commands: readonly CommandShape[]): RESTPostAPIApplicationCommandsJSONBody[] {
  const menus = commands.flatMap(({ onMessage }) =>
    onMessage
      ? [{ type: ApplicationCommandType.Message, name: cleanLine(onMessage.label, MAX.commandName) } as const]
      : [],
  );
  return [...lists(commands).map(slashCommand), ...menus];
}

/** After which word of Discord's list a command is found: `incident`, or `incident-duty`. */
export function discordPath(commands: readonly CommandShape[], name: string): string {
  const list = lists(commands).find(({ members }) => members.some((it) => it.name === name));
  return `/${list?.name ?? MAIN} ${name}`;
}

/** The address at which somebody invites the bot into their server, with the rights that it uses and no other. */
export function inviteUrl(applicationId: string): string {
  const url = new URL('https://discord.com/oauth2/authorize');
  url.searchParams.set('client_id', applicationId);
  url.searchParams.set('scope', 'bot applications.commands');
  url.searchParams.set('permissions', String(permissions()));
  return url.href;
}

/** As bits: what the calls need that this program makes. */
export function permissions(): bigint {
  const specs: readonly Spec[] = Object.values(CALLS);
  const names = new Set(specs.flatMap(({ needs }) => needs));
  return [...names].reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);
}

/** The longest description that leaves room for all. */
const DESCRIPTIONS = [MAX.description, 80, 60, 45, 30, 20, 10, 1];

function slashCommand(list: List): RESTPostAPIApplicationCommandsJSONBody {
  const drawn = DESCRIPTIONS.map((max) => draw(list, max));
  const [first] = drawn;
  const fitting = drawn.find((it) => sizeOf(it) <= MAX.command) ?? drawn.at(-1) ?? first;
  if (!fitting) throw new Error('There is always a last one.');
  return fitting;
}

function draw({ name, description, members }: List, max: number) {
  const options: APIApplicationCommandOption[] = members.map((it) => subcommand(it, max));
  return { type: ApplicationCommandType.ChatInput, name, description, options } as const;
}

/** One slash command, with what stands below it. */
interface List {
  readonly name: string;
  readonly description: string;
  readonly members: readonly CommandShape[];
}

const MAIN = 'incident';

/** What stands for a heading beside the main list; all others are `more`. */
const WORDS: Readonly<Record<string, string>> = {
  'Be on call': 'duty',
  'Look deeper': 'look',
  'Put in order': 'order',
};
const MORE = 'more';

/**
 * Discord lists 25 below a word. With more, what comes last by its heading stands beside it: what is about shifts,
 * looking deeper, and putting in order. How to begin and how to run an incident is `/incident`, and whoever types
 * that is shown the others too.
 */
function lists(commands: readonly CommandShape[]): List[] {
  const ranked = commands.toSorted((a, b) => rank(a.group) - rank(b.group));
  const top = new Set(ranked.slice(0, MAX.options));
  const main = {
    name: MAIN,
    description: 'Declare, run and look up incidents',
    members: commands.filter((it) => top.has(it)),
  };
  const others = Map.groupBy(
    commands.filter((it) => !top.has(it)),
    (it) => WORDS[it.group] ?? MORE,
  );
  return [main, ...[...others].flatMap(([word, all]) => pagesOf(word, all))];
}

function pagesOf(word: string, all: readonly CommandShape[]): List[] {
  const description = word === MORE ? 'Less often needed' : (all[0]?.group ?? word);
  return Array.from({ length: Math.ceil(all.length / MAX.options) }, (_, index) => ({
    name: `${MAIN}-${word}${index === 0 ? '' : `-${index + 1}`}`,
    description,
    members: all.slice(index * MAX.options, (index + 1) * MAX.options),
  }));
}

const BEGINNING = 'Get started';

function rank(group: string): number {
  if (group === BEGINNING) return -1;
  const index = (GROUPS as readonly string[]).indexOf(group);
  return index === -1 ? GROUPS.length : index;
}

function subcommand(
  { name, summary, args }: CommandShape,
  max: number,
): APIApplicationCommandSubcommandOption {
  const asked = args.toSorted((a, b) => weight(a) - weight(b)).slice(0, MAX.options);
  return {
    type: Type.Subcommand,
    name,
    description: cleanLine(summary, max),
    options: asked.map((it) => optionOf(it, max, args.length === 1)),
  };
}

/** What has to be said comes first; the incident is mostly the one of the room. */
function weight({ required, kind, name }: ArgShape): number {
  if (kind === 'incident' && name === 'incident') return 1;
  return required ? 0 : 2;
}

/** Kinds for which this program knows what may be said. */
const COMPLETED: ReadonlySet<ArgShape['kind']> = new Set([
  'incident',
  'assignee',
  'schedule',
  'when',
  'duration',
]);

function optionOf(arg: ArgShape, max: number, isOnly: boolean): APIApplicationCommandBasicOption {
  const { name, kind, help, choices, offers } = arg;
  const described = { name, description: cleanLine(help, max) || name };
  if (kind === 'person') return { ...described, type: Type.User };
  if (choices.length > 0 && choices.length <= MAX.options) {
    return { ...described, type: Type.String, choices: choices.map((it) => ({ name: it, value: it })) };
  }
  // Over free text a list of completions that is always empty would only be in the way.
  const isWord = kind === 'text' && (offers.length > 0 || isOnly);
  const autocomplete = COMPLETED.has(kind) || isWord;
  return { ...described, type: Type.String, ...(autocomplete ? { autocomplete } : null) };
}

/** As Discord counts: names, descriptions and values, at every depth. */
export function sizeOf(it: {
  readonly name: string;
  readonly description?: string;
  readonly options?: readonly unknown[];
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
}): number {
  const inner = (it.options ?? []) as readonly Parameters<typeof sizeOf>[0][];
  const choices = (it.choices ?? []).reduce(
    (sum, { name, value }) => sum + name.length + String(value).length,
    0,
  );
  return inner.reduce(
    (sum, option) => sum + sizeOf(option),
    it.name.length + (it.description ?? '').length + choices,
  );
}
