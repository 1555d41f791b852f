import { createHash } from 'node:crypto';

import type { ChatPlatform, OpenedRoom, Ref, WantedRoom } from '#src/chat/platform.ts';
import { clean } from '#src/chat/text.ts';
import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { Above } from './above.ts';
import { channelOf, PLATFORM, type Chat } from './chat.ts';
import { LIMITS } from './limits.ts';
import { forgetRoom, inRoom } from './members.ts';
import { isUserId } from './text.ts';
import { unless, wordOf } from './trouble.ts';

type Rooms = Pick<ChatPlatform, 'openRoom' | 'setTopic' | 'archiveRoom' | 'reviveRoom' | 'invite'>;

/** What we remember of a room under the name that was asked for, and whether all stands above it. */
type Known = { readonly id: string; readonly name: string; readonly isDressed: boolean };

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly creator?: string;
  readonly is_archived?: boolean;
}

export function rooms(chat: Chat): Rooms {
  const { api } = chat;
  const opening = new Map<string, Promise<OpenedRoom>>();
  const above = new Above(chat);

  return {
    async openRoom(wanted) {
      const key = roomKey(wanted);
      const under = opening.get(key);
      if (under) return await under;
      const opened = open(chat, wanted, above).finally(() => opening.delete(key));
      opening.set(key, opened);
      return await opened;
    },
    setTopic: async (room, topic) => await above.setTopic(channelOf(room), topic),
    async archiveRoom(room) {
      await chat.answered();
      const channel = channelOf(room);
      const archive = () => api.call('conversations.archive', { channel }, { urgency: 'rest' });
      await unless(['already_archived'], () => inRoom(chat, channel, archive));
    },
    async reviveRoom(room) {
      await revive(chat, channelOf(room));
    },
    async invite(room, people) {
      const channel = channelOf(room);
      const users = [...new Set(people.filter(isOurs).map(({ id }) => id))];
      for (let start = 0; start < users.length; start += INVITED_AT_ONCE) {
        await inviteSome(chat, channel, users.slice(start, start + INVITED_AT_ONCE));
      }
    },
  };
}

/**
 * Slack puts bots out of a channel that is archived, and lets them neither in nor
 * open it again; only a person can. Unless one has, the room is as good as gone: the
 * next one of its name is a new one, which takes up from there.
 */
async function revive(chat: Chat, channel: string): Promise<void> {
  try {
    await unless(['not_archived'], () => chat.api.call('conversations.unarchive', { channel }));
  } catch (error) {
    if (wordOf(error) !== 'not_in_channel') throw error;
    await forgetRoom(chat, channel);
    const why = 'only a person can take a channel out of the archive';
    throw new ProviderError(PLATFORM, why, { retry: false, gone: 'room', cause: error });
  }
}

/** So long an open room waits for what stands above it, which takes its time when many are opened at once. */
const DRESSING_MS = 3000;

async function open(chat: Chat, wanted: WantedRoom, above: Above): Promise<OpenedRoom> {
  const { api, store } = chat;
  const key = roomKey(wanted);
  const found = await store.find<Known>(key);
  const known = found ?? { ...(await create(chat, wanted)), isDressed: false };
  const { id, name } = known;
  if (!found) {
    await store.keep(`room-of:${id}`, key);
    await store.keep(key, known);
  }
  if (!known.isDressed) {
    const dressed = above.dress(id, wanted).then(() => store.keep(key, { ...known, isDressed: true }));
    chat.later(dressed);
    await within(
      DRESSING_MS,
      dressed.catch(() => null),
    );
  }
  const { url } = await api.me();
  return { platform: PLATFORM, id, name, url: `${url}archives/${id}` };
}

function roomKey({ name, isPrivate }: WantedRoom): string {
  return `${isPrivate ? 'private-room' : 'room'}:${roomName(name)}`;
}

/** So many names are tried when others have taken them. */
const NAMES = 20;

/**
 * Slack itself keeps names unique, so a room is not made twice, whoever asks and
 * when. One of that name that this bot did not make belongs to somebody else, and
 * one that is archived is over.
 */
async function create(chat: Chat, wanted: WantedRoom): Promise<Pick<Known, 'id' | 'name'>> {
  const base = roomName(wanted.name);
  for (let number = 1; number <= NAMES; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = `${base.slice(0, LIMITS.roomName - suffix.length)}${suffix}`;
    const args = { name, is_private: wanted.isPrivate };
    const made = await unless(['name_taken'], () =>
      chat.api.call<{ channel: Channel }>('conversations.create', args),
    );
    const found = made?.channel ?? (await findOwn(chat, name, wanted.isPrivate));
    if (found) return { id: found.id, name: found.name };
  }
  throw new ProviderError(PLATFORM, `other people's rooms have all names like ${base}`, { retry: false });
}

interface ChannelPage {
  readonly channels: readonly Channel[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

async function findOwn(chat: Chat, name: string, isPrivate: boolean): Promise<Channel | null> {
  const me = await chat.api.me();
  const types = isPrivate ? 'private_channel' : 'public_channel';
  for (let cursor = ''; ;) {
    const args = { types, limit: 1000, exclude_archived: false, ...(cursor === '' ? {} : { cursor }) };
    const page = await chat.api.call<ChannelPage>('conversations.list', args);
    const found = page.channels.find((it) => it.name === name);
    if (found) return found.creator === me.user && !found.is_archived ? found : null;
    cursor = page.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
}

/** Latin letters, digits and hyphens; a name without any has one made of it. */
function roomName(name: string): string {
  const words = clean(name)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, LIMITS.roomName)
    .replace(/[-_]+$/, '');
  return words === '' ? `room-${createHash('sha256').update(name).digest('hex').slice(0, 12)}` : words;
}

/** Slack takes up to 100 in one call. Forced, it leaves out those who cannot come; where it refuses all the same, each is asked alone. */
const INVITED_AT_ONCE = 100;

const LEFT_OUT = [
  'already_in_channel',
  'cant_invite',
  'cant_invite_self',
  'no_user',
  'user_disabled',
  'user_is_restricted',
  'user_not_found',
  'users_not_found',
  'user_team_not_in_channel',
  'ura_max_channels',
];

async function inviteSome(chat: Chat, channel: string, users: readonly string[]): Promise<void> {
  const invite = async (some: readonly string[]) =>
    await inRoom(chat, channel, () =>
      chat.api.call(
        'conversations.invite',
        { channel, users: some.join(','), force: true },
        { urgency: 'rest' },
      ),
    );
  const done = await unless(LEFT_OUT, () => invite(users));
  if (done !== null || users.length === 1) return;
  for (const user of users) await unless(LEFT_OUT, () => invite([user]));
}

function isOurs({ platform, id }: Ref): boolean {
  return platform === PLATFORM && isUserId(id);
}
