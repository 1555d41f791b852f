import { ChannelType, OverwriteType, type APIChannel, type APIOverwrite } from 'discord-api-types/v10';

import { inOrder } from '#src/chat/in-order.ts';
import type { ChatPlatform, OpenedRoom, Ref, WantedRoom } from '#src/chat/platform.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { clean, cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import { isServerFull, type Api } from './api.ts';
import { ARCHIVED, INCIDENTS, makeCategories, type Categories } from './categories.ts';
import { LIMITS, LOBBY, PLATFORM } from './limits.ts';
import { channelOf, inOpenThread } from './messages.ts';
import { memberOverwrite, overwrites, WRITING } from './overwrites.ts';
import { isThere, isThread, type Places } from './places.ts';
import { isSnowflake } from './text.ts';
import { makeVoice, type Voice } from './voice.ts';

export interface RoomsDeps {
  readonly api: Api;
  readonly store: PlatformStore;
  readonly places: Places;
  readonly botId: () => Promise<string>;
  readonly guildId: string;
  readonly categoryId?: string | undefined;
  readonly rooms: 'channel' | 'thread';
  readonly voice: boolean;
  readonly report: (error: unknown) => void;
}

type Rooms = Pick<ChatPlatform, 'openRoom' | 'setTopic' | 'archiveRoom' | 'reviveRoom' | 'invite'>;

/** A room under its name; `turn` counts the rooms of this name, the deleted ones included. */
type Known = { readonly id: string; readonly name: string; readonly turn: number };

/** Minutes without a word after which a thread falls asleep: Discord's longest. */
const SLEEPS_AFTER = 10_080;

interface Parts extends RoomsDeps {
  readonly categories: Categories;
  readonly voices: Voice;
}

export function makeRooms(deps: RoomsDeps): Rooms {
  const parts: Parts = {
    ...deps,
    categories: makeCategories(deps),
    voices: makeVoice(deps),
  };
  return {
    openRoom: makeOpenRoom(parts),
    async setTopic(room) {
      // It stays as it was opened: Discord lets it change twice in ten minutes, and it has to be right.
      await deps.api.call('channel', { channel_id: channelOf(room) });
    },
    archiveRoom: (room) => shut(parts, room, true),
    reviveRoom: (room) => shut(parts, room, false),
    invite: (room, people) => invite(parts, room, people),
  };
}

function makeOpenRoom(parts: Parts): Rooms['openRoom'] {
  const { api, store, places, rooms } = parts;
  const byName = inOrder();

  async function known(name: string): Promise<Known | null> {
    return await store.find<{ [K in keyof Known]: Known[K] }>(`room:${name}`);
  }

  async function open(name: string, wanted: WantedRoom): Promise<Known> {
    const before = await known(name);
    if (before && (await isThere(api, before.id))) return before;
    const turn = (before?.turn ?? 0) + 1;
    const made = await make(wanted, name, `open:${name}:${turn}`);
    const { isPrivate } = wanted;
    const channel = await api.call('channel', { channel_id: made.id });
    const voice = name === LOBBY ? null : await voiceBeside(parts, channel, name, isPrivate);
    await places.keepOpened(made.id, { isPrivate, voice });
    const opened = { ...made, turn };
    await store.keep(`room:${name}`, opened);
    return opened;
  }

  async function make(wanted: WantedRoom, name: string, key: string): Promise<Made> {
    if (name !== LOBBY && rooms === 'thread') return await makeInLobby(wanted, name, key);
    try {
      return await store.once(key, (isRepeat) => makeChannel(parts, name, wanted, isRepeat));
    } catch (error) {
      if (name === LOBBY || !isServerFull(error)) throw error;
      return await makeInLobby(wanted, name, `${key}:thread`);
    }
  }

  async function makeInLobby(wanted: WantedRoom, name: string, key: string): Promise<Made> {
    const lobby = await openRoom({ ...wanted, ...LOBBY_ROOM });
    return await store.once(key, (isRepeat) => makeThread(parts, lobby, name, wanted, isRepeat));
  }

  async function openRoom(wanted: WantedRoom): Promise<OpenedRoom> {
    const name = roomName(wanted.name);
    const { id, name: shown } = await byName(name, () => open(name, wanted));
    return {
      platform: PLATFORM,
      id,
      name: shown,
      url: `https://discord.com/channels/${parts.guildId}/${id}`,
    };
  }

  return openRoom;
}

const LOBBY_ROOM = { name: LOBBY, topic: 'Every incident, one line each', isPrivate: false };

type Made = { readonly id: string; readonly name: string };

async function makeChannel(
  { api, guildId, botId, categories }: Parts,
  name: string,
  { topic, title, isPrivate }: WantedRoom,
  isRepeat: boolean,
): Promise<Made> {
  const bot = await botId();
  const before = isRepeat ? await categories.channelOf(name, bot) : null;
  if (before) return before;
  return await categories.within(INCIDENTS, async ({ id: parent_id, overwrites: like }) => {
    const body = {
      name,
      type: ChannelType.GuildText,
      topic: cleanLine(topic === '' ? title : topic, LIMITS.topic),
      parent_id,
      permission_overwrites: overwrites({ guildId, bot, isPrivate, like }),
    };
    const made = await api.call('makeChannel', { guild_id: guildId }, { body });
    return { id: made.id, name: made.name };
  });
}

async function makeThread(
  { api, guildId, botId }: Parts,
  lobby: Ref,
  name: string,
  { isPrivate }: WantedRoom,
  isRepeat: boolean,
): Promise<Made> {
  if (isRepeat) {
    const bot = await botId();
    const { threads } = await api.call('threads', { guild_id: guildId });
    const before = threads.find(
      (it) =>
        it.name === name &&
        'owner_id' in it &&
        it.owner_id === bot &&
        'parent_id' in it &&
        it.parent_id === lobby.id,
    );
    if (before) return { id: before.id, name };
  }
  const body = {
    name,
    type: isPrivate ? ChannelType.PrivateThread : ChannelType.PublicThread,
    auto_archive_duration: SLEEPS_AFTER,
    ...(isPrivate ? { invitable: false } : null),
  };
  const made = await api.call('makeThread', { channel_id: lobby.id }, { body });
  return { id: made.id, name: made.name ?? name };
}

/** Closed: nobody writes in it any more, and it stands among the closed ones. */
async function shut(parts: Parts, room: Ref, isShut: boolean): Promise<void> {
  const { api, places, voices } = parts;
  const id = channelOf(room);
  const channel = await api.call('channel', { channel_id: id });
  if (isThread(channel.type)) {
    await api.call('changeChannel', { channel_id: id }, { body: { archived: isShut, locked: isShut } });
  } else {
    await lock(parts, channel, isShut);
    await move(parts, channel, isShut);
  }
  const opened = await places.opened(id);
  if (!opened) return;
  const { voice, isPrivate } = opened;
  const besideIt = async () => {
    // It may have moved.
    const there = await api.call('channel', { channel_id: id });
    return await voiceBeside(parts, there, there.name ?? '', isPrivate);
  };
  const now = isShut ? await voices.close(voice) : (voice ?? (await besideIt()));
  await places.keepOpened(id, { ...opened, voice: now });
}

/** A private thread has none: who is in it is not told. */
async function voiceBeside(
  { api, voices }: Parts,
  channel: APIChannel,
  name: string,
  isPrivate: boolean,
): Promise<string | null> {
  const parent = 'parent_id' in channel ? (channel.parent_id ?? null) : null;
  const invited = overwritesOf(channel);
  if (!isThread(channel.type)) return await voices.open({ name, category: parent, isPrivate, invited });
  if (isPrivate || parent === null) return null;
  const lobby = await api.call('channel', { channel_id: parent });
  const category = 'parent_id' in lobby ? (lobby.parent_id ?? null) : null;
  return await voices.open({ name, category, isPrivate, invited: overwritesOf(lobby) });
}

async function lock({ api, guildId }: Parts, channel: APIChannel, isShut: boolean): Promise<void> {
  const everyone = overwritesOf(channel).find((it) => it.id === guildId);
  const allow = BigInt(everyone?.allow ?? 0);
  const deny = BigInt(everyone?.deny ?? 0);
  const next = isShut ? { allow: allow & ~WRITING, deny: deny | WRITING } : { allow, deny: deny & ~WRITING };
  if (next.allow === allow && next.deny === deny) return;
  const { allow: allowed, deny: denied } = next;
  const type = OverwriteType.Role;
  await letIn(api, channel.id, { id: guildId, type, allow: String(allowed), deny: String(denied) });
}

async function move({ api, categories }: Parts, channel: APIChannel, isShut: boolean): Promise<void> {
  const parent = 'parent_id' in channel ? channel.parent_id : null;
  const to = isShut ? ARCHIVED : INCIDENTS;
  if (await categories.isIn(parent ?? null, to)) return;
  try {
    await categories.within(to, async ({ id: parent_id }) => {
      await api.call('changeChannel', { channel_id: channel.id }, { body: { parent_id } });
    });
  } catch (error) {
    // There is no place for another category: it stays where it stands.
    if (!isServerFull(error)) throw error;
  }
}

async function invite(parts: Parts, room: Ref, people: readonly Ref[]): Promise<void> {
  const { api, places } = parts;
  const id = channelOf(room);
  const ids = [
    ...new Set(people.filter((it) => it.platform === PLATFORM && isSnowflake(it.id)).map((it) => it.id)),
  ];
  const channel = await api.call('channel', { channel_id: id });
  const opened = await places.opened(id);
  const there = new Set(overwritesOf(channel).map((it) => it.id));
  for (const person of ids.filter((it) => !there.has(it))) {
    if (!(await isMember(parts, person))) continue;
    const join = () => api.call('joinThread', { channel_id: id, user_id: person });
    if (isThread(channel.type)) await inOpenThread(api, id, join);
    else await letIn(api, id, memberOverwrite(person, false));
    if (opened?.isPrivate && opened.voice !== null) {
      await letIn(api, opened.voice, memberOverwrite(person, true));
    }
  }
}

async function letIn(api: Api, channel: string, { id, ...body }: APIOverwrite): Promise<void> {
  await api.call('letIn', { channel_id: channel, overwrite_id: id }, { body });
}

async function isMember({ api, guildId }: Parts, person: string): Promise<boolean> {
  try {
    await api.call('member', { guild_id: guildId, user_id: person });
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.gone === 'person') return false;
    throw error;
  }
}

function overwritesOf(channel: APIChannel): readonly APIOverwrite[] {
  return 'permission_overwrites' in channel ? (channel.permission_overwrites ?? []) : [];
}

/** As Discord writes names of text channels: small letters, digits, hyphens and underscores. Throws ProviderError for a name without any. */
export function roomName(name: string): string {
  const words = clean(name)
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+/, '');
  const fitting = words
    .slice(0, LIMITS.roomName)
    .toWellFormed()
    .replace(/[-\uFFFD]+$/, '');
  if (fitting !== '') return fitting;
  throw new ProviderError(PLATFORM, 'a room needs a name with a letter or a digit in it', { retry: false });
}
