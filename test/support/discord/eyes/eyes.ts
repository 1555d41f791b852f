import {
  ChannelType,
  ComponentType as Type,
  MessageFlags as Flags,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import { inputsOf, optionsOf } from '#test/support/discord/checks/modal.ts';
import type { Core } from '#test/support/discord/core.ts';
import { textOf, listOf } from '#test/support/discord/json.ts';
import { can, rawBits, sees } from '#test/support/discord/permissions.ts';
import type { Channel, Json, Message, World } from '#test/support/discord/world.ts';
import type {
  FakePerson,
  FakePlatform,
  SeenForm,
  SeenMessage,
  SeenRoom,
} from '#test/support/fake-platform.ts';

import { readMarkdown } from './markdown.ts';
import { namesOf } from './names.ts';
import { seen } from './seen.ts';

export type Eyes = Pick<FakePlatform, 'messages' | 'below' | 'direct' | 'form' | 'home' | 'room' | 'rooms'>;

/** Lines that Discord writes itself: that something was pinned, that a thread has begun. */
const NOTICES: readonly number[] = [6, 18, 21];

export function makeEyes({ world, interactions }: Core, home: (reader: FakePerson) => Message | null): Eyes {
  return {
    messages: (reader, room) => {
      const channel = world.channels.get(room);
      return channel ? visible(world, reader.id, channel).map((it) => seen(world, it)) : [];
    },
    below: (reader, id) => {
      const message = world.messages.get(id);
      const parent = world.channels.get(message?.channelId ?? '');
      const thread = world.channels.get(message?.threadId ?? '');
      const inThread = thread ? visible(world, reader.id, thread) : [];
      const answers = parent
        ? visible(world, reader.id, parent).filter((it) => it.type === 19 && it.reference?.messageId === id)
        : [];
      return [...inThread, ...answers].map((it) => seen(world, it));
    },
    direct: (reader) => {
      const channel = world.directWith(reader.id);
      return channel ? visible(world, reader.id, channel).map((it) => seen(world, it)) : [];
    },
    form: (reader) => {
      const open = interactions.modals.get(reader.id);
      return open ? formOf(world, open.modal) : null;
    },
    home: (reader) => {
      const message = home(reader);
      return message && !(message.flags & Flags.Loading) ? seen(world, message) : null;
    },
    room: (id) => {
      const channel = world.channels.get(id);
      return channel ? roomOf(world, channel) : null;
    },
    rooms: (reader) =>
      [...world.channels.values()]
        .filter(
          (it) =>
            it.recipientId === null && it.type !== ChannelType.GuildCategory && sees(world, reader.id, it),
        )
        .map((it) => roomOf(world, it)),
  };
}

/** What is in a channel for this reader, without what Discord writes itself, and what is still being thought about. */
export function visible(world: World, reader: string, channel: Channel): Message[] {
  if (!can(world, reader, channel, Bits.ReadMessageHistory)) return [];
  return world
    .messagesIn(channel.id)
    .filter((it) => it.onlyFor === null || it.onlyFor === reader)
    .filter((it) => !NOTICES.includes(it.type) && !(it.flags & Flags.Loading));
}

/** The lines that Discord writes itself in a channel. */
export function notices(world: World, channelId: string): readonly SeenMessage[] {
  return world
    .messagesIn(channelId)
    .filter((it) => NOTICES.includes(it.type))
    .map((it) => seen(world, it));
}

function formOf(
  world: World,
  { title, components }: { readonly title: string; readonly components: readonly Json[] },
): SeenForm {
  const texts = components.filter((it) => it['type'] === Type.TextDisplay);
  const error = texts.map((it) => readMarkdown(textOf(it, 'content'), namesOf(world)).text).join('\n');
  const fields = inputsOf(components).map(({ input, label }) => ({
    name: textOf(input, 'custom_id'),
    label,
    value: valueOf(input),
    error: '',
    choices: optionsOf(input).map((it) => textOf(it, 'label')),
  }));
  return { title, error, fields };
}

/** What is in a field when the form opens. */
export function valueOf(input: Json): string {
  if (input['type'] === Type.TextInput) return textOf(input, 'value');
  if (input['type'] === Type.StringSelect || input['type'] === Type.RadioGroup) {
    return optionsOf(input)
      .filter((it) => it['default'] === true)
      .map((it) => textOf(it, 'value'))
      .join(',');
  }
  const preset = listOf(input, 'default_values');
  return preset.map((it) => textOf(it, 'id')).join(',');
}

function roomOf(world: World, channel: Channel): SeenRoom {
  return {
    id: channel.id,
    name: channel.name,
    topic: channel.topic ?? '',
    archived: isClosed(world, channel),
    private: isPrivate(world, channel),
    members: membersOf(world, channel),
    bookmarks: [],
  };
}

function membersOf(world: World, channel: Channel): string[] {
  const ids = channel.thread
    ? [...channel.thread.members.keys()]
    : channel.overwrites
        .filter(({ type, allow }) => type === 1 && allow & Bits.ViewChannel)
        .map(({ id }) => id);
  return ids.filter((id) => id !== world.botId && world.members.has(id));
}

/** No ordinary member can write in it, whether or not they see it. */
function isClosed(world: World, channel: Channel): boolean {
  if (channel.thread) return channel.thread.locked;
  const people = [...world.members.keys()].filter((id) => id !== world.botId && id !== world.ownerId);
  return !people.some((id) => rawBits(world, id, channel) & Bits.SendMessages);
}

function isPrivate(world: World, channel: Channel): boolean {
  if (channel.type === ChannelType.PrivateThread) return true;
  const parent = channel.thread ? (world.channels.get(channel.parentId ?? '') ?? channel) : channel;
  const everyone = parent.overwrites.find(({ id }) => id === world.guildId);
  return Boolean((everyone?.deny ?? 0n) & Bits.ViewChannel);
}
