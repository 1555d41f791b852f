import { InteractionType as Kind } from 'discord-api-types/v10';

import type { OptionBody } from '#test/support/discord/checks/commands.ts';
import type { Command } from '#test/support/discord/commands.ts';
import type { Core } from '#test/support/discord/core.ts';
import { sees } from '#test/support/discord/permissions.ts';
import type { Channel } from '#test/support/discord/world.ts';

import type { Asking } from './asking.ts';
import { give, tokens, type Given } from './command-line.ts';
import { commandData, offeredIn } from './commanding.ts';
import { GROUP, isIncident, USER } from './fitting.ts';

interface Typing {
  readonly userId: string;
  readonly channel: Channel;
  /** What stands after `/incident `. */
  readonly typed: string;
}

/** What is offered for a line while it is typed: sub-commands first, then people, choices, and what the bot completes. */
export async function complete(core: Core, asking: Asking, typing: Typing): Promise<readonly string[]> {
  const { channel, typed } = typing;
  const [word, ...others] = tokens(typed);
  const lists = offeredIn(core, channel).filter(({ name }) => /^incident(?:-|$)/.test(name));
  const names = lists.flatMap(namesOf);
  if (others.length === 0 && !/\S\s$/.test(typed)) {
    return names.filter((it) => it.startsWith(word?.text ?? ''));
  }
  return names.includes(word?.text ?? '') ? await completeOption(core, asking, typing) : [];
}

function namesOf({ options: branches = [] }: Command): string[] {
  return branches.flatMap((it) =>
    it.type === GROUP ? (it.options ?? []).map(({ name }) => name) : [it.name],
  );
}

async function completeOption(
  core: Core,
  asking: Asking,
  { userId, channel, typed }: Typing,
): Promise<readonly string[]> {
  const { world } = core;
  const last = /\S*$/.exec(typed)?.[0] ?? '';
  const before = typed.slice(0, typed.length - last.length).trimEnd();
  const name = /\s--([\w-]+)$/.exec(before)?.[1];
  const done = name === undefined ? before : before.slice(0, -name.length - 3);
  const offered = offeredIn(core, channel).map(withoutRequired);
  const given = give({ world, userId }, offered, `incident ${done}`);
  const focused = focusedOf(given, name, last);
  if (!focused) return [];
  const begins = (it: string) => it.toLowerCase().startsWith(last.replace(/^@/, '').toLowerCase());
  if (focused.choices) return focused.choices.map((it) => it.name).filter(begins);
  if (focused.type === USER) {
    const members = [...world.members.keys()].filter((id) => sees(world, id, channel));
    return members.flatMap((id) => world.users.get(id)?.name ?? []).filter(begins);
  }
  const data = commandData(core, given, { of: focused, value: last });
  const answer = await asking.ask({ kind: Kind.ApplicationCommandAutocomplete, userId, channel, data });
  const choices = (answer?.callback?.data?.['choices'] ?? []) as readonly { readonly name: string }[];
  return choices.map((it) => it.name);
}

/** Which option somebody is in: the named one, that of an incident where it looks like one, else the next. */
function focusedOf(
  { path, command, options }: Given,
  name: string | undefined,
  last: string,
): OptionBody | undefined {
  const shape = (path.at(-1) ?? command).options ?? [];
  const helped = shape.filter((it) => it.autocomplete || it.choices || it.type === USER);
  if (name !== undefined) return helped.find((it) => it.name === name);
  const open = helped.filter((it) => !options.some(({ of }) => of.name === it.name));
  const incident = /^(?:IN|#|\d)/i.test(last) ? open.find(isIncident) : undefined;
  return incident ?? open[0];
}

function withoutRequired(command: Command): Command {
  const loose = (it: OptionBody): OptionBody => ({
    ...it,
    required: false,
    ...(it.options ? { options: it.options.map(loose) } : null),
  });
  return { ...command, ...(command.options ? { options: command.options.map(loose) } : null) };
}
