import { InteractionType as Kind } from 'discord-api-types/v10';

import type { Command } from '#test/support/discord/commands.ts';
import type { Core } from '#test/support/discord/core.ts';
import { messageJson } from '#test/support/discord/message-view.ts';
import { channelBits } from '#test/support/discord/permissions.ts';
import { memberWithoutUser, userJson } from '#test/support/discord/views.ts';
import type { Channel, Json, Message } from '#test/support/discord/world.ts';

import type { Asking } from './asking.ts';
import { give, type Given, type Option } from './command-line.ts';
import { USER } from './fitting.ts';

/** Gives the command that a line means. */
export async function giveCommand(
  core: Core,
  asking: Asking,
  asked: { userId: string; channel: Channel; line: string; delivery: string | undefined },
) {
  const { userId, channel, line, delivery } = asked;
  const given = give({ world: core.world, userId }, offeredIn(core, channel), line);
  return await asking.ask(
    { kind: Kind.ApplicationCommand, userId, channel, data: commandData(core, given) },
    delivery,
  );
}

/** In a direct channel only what is registered everywhere is offered. */
export function offeredIn({ commands }: Core, channel: Channel): readonly Command[] {
  return channel.recipientId === null ? commands.offered : commands.in(null);
}

/** Picks an entry of a message's own menu. */
export async function pickEntry(
  core: Core,
  asking: Asking,
  asked: { userId: string; channel: Channel; message: Message; label: string; delivery: string | undefined },
) {
  const { userId, channel, message, label, delivery } = asked;
  const command = offeredIn(core, channel).find((it) => it.type === 3 && it.name === label);
  if (!command) throw new Error(`Discord offers no \`${label}\` on messages`);
  const data = {
    id: command.id,
    name: command.name,
    type: 3,
    ...(command.guildId === null ? null : { guild_id: command.guildId }),
    target_id: message.id,
    resolved: { messages: { [message.id]: messageJson(core.world, core.cdn, message) } },
  };
  return await asking.ask({ kind: Kind.ApplicationCommand, userId, channel, data, isMenu: true }, delivery);
}

/** A command as an interaction carries it; `focused` is what is being typed at the moment. */
export function commandData(core: Core, { command, path, options }: Given, focused?: Option): Json {
  const values: Json[] = [
    ...options.map(({ of, value }) => ({ name: of.name, type: of.type, value })),
    ...(focused
      ? [{ name: focused.of.name, type: focused.of.type, value: focused.value, focused: true }]
      : []),
  ];
  const nested = path
    .toReversed()
    .reduce<Json[]>((inner, { name, type }) => [{ name, type, options: inner }], values);
  const users = options.flatMap(({ of, value }) => (of.type === USER ? [String(value)] : []));
  return {
    id: command.id,
    name: command.name,
    type: 1,
    ...(command.guildId === null ? null : { guild_id: command.guildId }),
    ...(nested.length > 0 ? { options: nested } : null),
    ...(users.length > 0 ? { resolved: resolvedUsers(core, users) } : null),
  };
}

/** Users as they stand beside an option or a choice that names them by id. */
export function resolvedUsers({ world }: Core, ids: readonly string[]): Json {
  const users = ids.flatMap((id) => world.users.get(id) ?? []);
  const members = ids.flatMap((id) => world.members.get(id) ?? []);
  const channel = world.guildChannels()[0];
  return {
    users: Object.fromEntries(users.map((it) => [it.id, userJson(it)])),
    members: Object.fromEntries(
      members.map((it) => [
        it.userId,
        {
          ...memberWithoutUser(it),
          permissions: channel ? String(channelBits(world, it.userId, channel)) : '0',
        },
      ]),
    ),
  };
}
