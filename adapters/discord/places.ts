import { ChannelType, type APIChannel } from 'discord-api-types/v10';

import { Kept } from '#src/chat/kept.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';
import { PLATFORM } from './limits.ts';

/** What is remembered of a room that this program has opened. */
export interface Opened {
  readonly isPrivate: boolean;
  readonly voice: string | null;
}

/** Where something was said: the room, and the message it stands below. */
export interface Place {
  readonly room: Ref;
  readonly below: Ref | null;
}

/** What channels are: rooms, threads below a message of a room, or rooms that are threads. */
export interface Places {
  opened(channel: string): Promise<Opened | null>;
  keepOpened(channel: string, opened: Opened): Promise<void>;
  /** Whether a thread can stand below the messages of this channel. */
  hasThreads(channel: string): Promise<boolean>;
  /** `known`: what came with the event. */
  placeOf(
    channel: string,
    known?: Partial<Pick<APIChannel, 'type'>> & { readonly parent_id?: string | null },
  ): Promise<Place>;
}

interface Kind {
  readonly type: ChannelType;
  readonly parent: string | null;
}

export function makePlaces({ api, store }: { readonly api: Api; readonly store: PlatformStore }): Places {
  const kinds = new Kept<Kind>(5000);
  const rooms = new Kept<Opened>(2000);

  async function kindOf(channel: string): Promise<Kind> {
    const known = kinds.get(channel);
    if (known) return known;
    const found = await api.call('channel', { channel_id: channel });
    const kind = { type: found.type, parent: parentOf(found) };
    kinds.set(channel, kind);
    return kind;
  }

  async function opened(channel: string): Promise<Opened | null> {
    const known = rooms.get(channel);
    if (known) return known;
    const found = await store.find<{ [K in keyof Opened]: Opened[K] }>(`opened:${channel}`);
    if (found) rooms.set(channel, found);
    return found;
  }

  return {
    opened,
    async keepOpened(channel, room) {
      await store.keep(`opened:${channel}`, { ...room });
      rooms.set(channel, room);
    },
    async hasThreads(channel) {
      const { type } = await kindOf(channel);
      return type === ChannelType.GuildText || type === ChannelType.GuildAnnouncement;
    },
    async placeOf(channel, known) {
      const here = { room: { platform: PLATFORM, id: channel }, below: null };
      if (known?.type !== undefined && !isThread(known.type)) return here;
      const { type, parent } =
        known?.type === undefined
          ? await kindOf(channel)
          : { type: known.type, parent: known.parent_id ?? null };
      if (!isThread(type) || parent === null || (await opened(channel))) return here;
      return {
        room: { platform: PLATFORM, id: parent },
        // A thread below a message has the message's id.
        below: { platform: PLATFORM, id: `${parent}:${channel}` },
      };
    },
  };
}

export function isThread(type: ChannelType): boolean {
  return (
    type === ChannelType.PublicThread ||
    type === ChannelType.PrivateThread ||
    type === ChannelType.AnnouncementThread
  );
}

/** Whether what is there can be used; false when it was deleted, or hidden from us. */
export async function isThere(api: Api, channel: string): Promise<boolean> {
  try {
    await api.call('channel', { channel_id: channel });
    return true;
  } catch (error) {
    if (error instanceof ProviderError && !error.retry) return false;
    throw error;
  }
}

function parentOf(channel: APIChannel): string | null {
  return 'parent_id' in channel ? (channel.parent_id ?? null) : null;
}
