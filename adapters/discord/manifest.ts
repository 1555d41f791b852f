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

/** Under which word the commands stand for which there is no room at the top. */
const MORE = 'more';

/**
 * What people can say, as Discord lists it: `/incident` with a sub-command for
 * each, and the menu of a message. No option is required: for what is missing
 * there is a form. Descriptions are cut until all of it fits.
 */
export function discordCommands(commands: readonly CommandShape[]): RESTPostAPIApplicationCommandsJSONBody[] {
  const menus = commands.flatMap(({ onMessage }) =>
    onMessage
      ? [{ type: ApplicationCommandType.Message, name: cleanLine(onMessage.label, MAX.commandName) } as const]
      : [],
  );
  return [slashCommand(commands), ...menus];
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

function slashCommand(commands: readonly CommandShape[]): RESTPostAPIApplicationCommandsJSONBody {
  const drawn = DESCRIPTIONS.map((max) => draw(commands, max));
  const [first] = drawn;
  const fitting = drawn.find((it) => sizeOf(it) <= MAX.command) ?? drawn.at(-1) ?? first;
  if (!fitting) throw new Error('There is always a last one.');
  return fitting;
}

function draw(commands: readonly CommandShape[], max: number) {
  const { top, more } = split(commands);
  const options: APIApplicationCommandOption[] = top.map((it) => subcommand(it, max));
  for (let at = 0; at < more.length; at += MAX.options) {
    const count = at / MAX.options;
    options.push({
      type: Type.SubcommandGroup,
      name: count === 0 ? MORE : `${MORE}-${count + 1}`,
      description: 'Less often needed',
      options: more.slice(at, at + MAX.options).map((it) => subcommand(it, max)),
    });
  }
  return {
    type: ApplicationCommandType.ChatInput,
    name: 'incident',
    description: 'Declare, run and look up incidents',
    options,
  } as const;
}

/**
 * Discord lists 25. With more, those of the last groups go below `more`, from the
 * end: looking up and putting in order. How to begin and how to run an incident
 * stays at the top.
 */
function split(commands: readonly CommandShape[]): {
  readonly top: readonly CommandShape[];
  readonly more: readonly CommandShape[];
} {
  if (commands.length <= MAX.options) return { top: commands, more: [] };
  // Each 25 below `more` take a place at the top themselves.
  const places = Math.ceil((commands.length - MAX.options + 1) / (MAX.options - 1));
  const ranked = commands.toSorted((a, b) => rank(a.group) - rank(b.group));
  const top = new Set(ranked.slice(0, MAX.options - places));
  return { top: commands.filter((it) => top.has(it)), more: commands.filter((it) => !top.has(it)) };
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
