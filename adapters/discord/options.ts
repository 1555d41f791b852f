import {
  ApplicationCommandOptionType as Type,
  type APIApplicationCommandAutocompleteInteraction,
  type APIChatInputApplicationCommandInteractionData,
  type APIApplicationCommandInteractionDataOption,
} from 'discord-api-types/v10';

import { clean } from '#src/chat/text.ts';

type Option = APIApplicationCommandInteractionDataOption;

/** The command that was given, whether in a group or not, and what was given with it. */
export function apart({ options = [] }: Pick<APIChatInputApplicationCommandInteractionData, 'options'>): {
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
} {
  const { command, given } = path(options);
  const args = given.map((it) => [it.name, valueOf(it)] as const).filter(([, value]) => value !== '');
  return { command, args: Object.fromEntries(args) };
}

/** The option that is being typed. */
export function focused({ options }: Pick<APIApplicationCommandAutocompleteInteraction['data'], 'options'>): {
  readonly command: string;
  readonly arg: string;
  readonly typed: string;
} {
  const { command, given } = path(options);
  const open = given.find((it) => 'focused' in it && it.focused);
  return { command, arg: open?.name ?? '', typed: open ? valueOf(open) : '' };
}

function path(options: readonly Option[]): { readonly command: string; readonly given: readonly Option[] } {
  const [first] = options;
  if (first?.type === Type.SubcommandGroup) return path(first.options);
  if (first?.type === Type.Subcommand) return { command: first.name, given: first.options ?? [] };
  return { command: '', given: [] };
}

function valueOf(option: Option): string {
  if (!('value' in option)) return '';
  if (option.type === Type.User) return `<@${option.value}>`;
  return clean(String(option.value)).trim();
}
