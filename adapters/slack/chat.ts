import type { Inbox, Ref } from '#src/chat/platform.ts';
import type { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';

export const PLATFORM = 'slack';

/** What all parts of this adapter share. */
export interface Chat {
  readonly api: Api;
  readonly store: PlatformStore;
  readonly presses: Presses;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
  /** Where files of this workspace are, beside the API's own host. */
  readonly fileHost: string;
  /** Work that nobody waits for; `stop` does. */
  later(work: Promise<unknown>): void;
  /** Waits, for a while at most, until those who asked for something before now were answered. */
  answered(): Promise<void>;
  /** Aborted when the program stops. */
  readonly stopping: AbortSignal;
  /** Null before the start and after the stop. */
  inbox(): Inbox | null;
  commands(): readonly CommandShape[];
}

/** Where a message stands: its channel, its time, which is its name, and the message it stands below. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | null;
}

const CHANNEL = /^[CGD][A-Z0-9]{1,30}$/;
const MESSAGE = /^([CGD][A-Z0-9]{1,30}):([0-9F][A-Z0-9]*\.?\d*)(?::(\d+\.\d+))?$/;

export function roomRef(channel: string): Ref {
  return { platform: PLATFORM, id: channel };
}

export function personRef(user: string): Ref {
  return { platform: PLATFORM, id: user };
}

export function messageRef({ channel, ts, thread }: Place): Ref {
  return {
    platform: PLATFORM,
    id: thread === null || thread === ts ? `${channel}:${ts}` : `${channel}:${ts}:${thread}`,
  };
}

/** @throws ProviderError for what is no room of Slack's */
export function channelOf(room: Ref): string {
  if (CHANNEL.test(room.id)) return room.id;
  throw new ProviderError(PLATFORM, `there is no room ${room.id}`, { retry: false, gone: 'room' });
}

/** Null for what is no message of Slack's. */
export function findPlace(posted: Ref): Place | null {
  const [, channel, ts, thread = null] = MESSAGE.exec(posted.id) ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts, thread };
}

/** @throws ProviderError for what is no message of Slack's */
export function placeOf(posted: Ref): Place {
  const place = findPlace(posted);
  if (place) return place;
  throw new ProviderError(PLATFORM, `there is no message ${posted.id}`, { retry: false, gone: 'message' });
}

/** Conversations between the bot and one person are no rooms. */
export function isDirect(channel: string): boolean {
  return channel.startsWith('D');
}
