import type { Message } from '#src/chat/message.ts';
import type { ChatPlatform, Ref, WantedRoom } from '#src/chat/platform.ts';
import { clean } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import { channelRooms, type Channels, type Named } from './channels.ts';
import type { Core } from './core.ts';
import { LIMITS, LOBBY, PLATFORM } from './limits.ts';
import type { People } from './people.ts';
import { channelOf, type Place } from './places.ts';
import type { Sending } from './sending.ts';
import type { TeamsSettings } from './settings.ts';
import { openThread, placeFor, showHead, topicLine } from './threads.ts';
import { Refused } from './wire.ts';

type Rooms = Pick<ChatPlatform, 'openRoom' | 'setTopic' | 'archiveRoom' | 'reviveRoom' | 'invite'>;

/** A room as it was opened under a name; `n` counts how often that was, because rooms are deleted by hand. */
type Opened = { readonly id: string; readonly name: string; readonly url: string; readonly n: number };

/**
 * A room is a channel of the team, made through Graph. Where we have no team, or
 * no right to make channels in it, it is a thread of the configured channel.
 */
export function makeRooms(core: Core, sending: Sending, people: People): Rooms {
  const { settings, places, turns } = core;
  const channels = settings.teamId === undefined ? null : channelRooms(core, settings.teamId);

  /** What is remembered of a room changes with it. */
  async function change(
    room: Ref,
    to: Partial<Pick<Place, 'topic' | 'isArchived'>>,
    inChannel: (it: Channels) => Promise<void>,
  ): Promise<void> {
    await turns(`place ${room.id}`, async () => {
      const place = await places.find(room.id);
      if (place) await places.save(room.id, { ...place, ...to });
      if (place?.kind === 'thread') await showHead(core, room.id);
      else if (channels && channelOf(room.id) === room.id) await inChannel(channels);
      else throw new ProviderError(PLATFORM, `there is no room ${room.id}`, { retry: false, gone: 'room' });
    });
  }

  return {
    openRoom: (wanted) => openOnce(core, channels, wanted),
    setTopic: (room, topic) => {
      const line = topicLine(topic);
      return change(room, { topic: line }, async (it) => await it.describe(room.id, line));
    },
    async archiveRoom(room) {
      await core.answered();
      await change(room, { isArchived: true }, async (it) => await it.archive(room.id, true));
    },
    reviveRoom: (room) => change(room, { isArchived: false }, async (it) => await it.archive(room.id, false)),
    async invite(room, refs) {
      const ids = [...new Set(refs.filter((it) => it.platform === PLATFORM).map((it) => it.id))];
      await turns(`place ${room.id}`, async () => {
        const place = await places.find(room.id);
        const fresh = ids.filter((id) => !place?.invited.includes(id));
        const isClosed = place?.isPrivate === true && channels !== null;
        const before = place?.invited ?? [];
        const invited = isClosed
          ? await channels.add(room.id, fresh)
          : await callIn({ sending, people }, room, fresh, before.length);
        if (place && invited.length > 0) {
          await places.save(room.id, { ...place, invited: [...before, ...invited] });
        }
      });
    },
  };
}

async function openOnce(core: Core, channels: Channels | null, wanted: WantedRoom) {
  const { settings, store, places, turns } = core;
  const key = roomName(wanted.name);
  if (key === LOBBY) return { platform: PLATFORM, name: key, ...lobbyOf(settings) };
  return await turns(`room ${key}`, async () => {
    const known = await store.find<Opened>(`room:${key}`);
    const stays = known !== null && (await isThere(core, channels, known));
    const opened = stays ? known : await open(core, channels, wanted, { key, n: (known?.n ?? 0) + 1 });
    const { id, name, url } = opened;
    const place = await places.find(id);
    // Above a private channel a team's owner cannot let us put anything; the card says the links too.
    if (place?.kind === 'channel' && !place.isPrivate) await channels?.addLinks(id, wanted.links);
    return { platform: PLATFORM, id, name, url };
  });
}

function lobbyOf({ channelId, tenantId, teamId }: TeamsSettings) {
  const query = new URLSearchParams({ tenantId, ...(teamId === undefined ? {} : { groupId: teamId }) });
  const url = `https://teams.microsoft.com/l/channel/${encodeURIComponent(channelId)}/${LOBBY}?${query.toString()}`;
  return { id: channelId, url };
}

async function open(
  core: Core,
  channels: Channels | null,
  wanted: WantedRoom,
  { key, n }: { readonly key: string; readonly n: number },
): Promise<Opened> {
  const { store, places } = core;
  const opened = await store.once<Opened>(`room:${key}:${n}`, async (isRepeat) => ({
    ...(await make(core, channels, wanted, { key, n, isRepeat })),
    n,
  }));
  if ((await places.find(opened.id)) === null) {
    const kind = channelOf(opened.id) === opened.id ? 'channel' : 'thread';
    await places.save(opened.id, placeFor(wanted, opened.name, kind));
  }
  await store.keep(`room:${key}`, opened);
  return opened;
}

async function make(
  core: Core,
  channels: Channels | null,
  wanted: WantedRoom,
  { key, ...how }: { readonly key: string; readonly n: number; readonly isRepeat: boolean },
): Promise<Named> {
  try {
    if (channels) return await channels.make(wanted, key, how);
  } catch (error) {
    const mayNot = error instanceof Refused && error.status === 403;
    if (!mayNot || wanted.isPrivate) throw error;
    core.report(error);
  }
  if (!wanted.isPrivate) return await openThread(core, wanted, key);
  const why = 'a private room needs a team with private channels; threads are seen by the whole team';
  throw new ProviderError(PLATFORM, why, { retry: false });
}

async function isThere(core: Core, channels: Channels | null, { id }: Opened): Promise<boolean> {
  try {
    if ((await core.places.find(id))?.kind === 'thread') await showHead(core, id);
    else await channels?.find(id);
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.gone === 'room') return false;
    throw error;
  }
}

/** Whoever is in the team is in its open channels: to be called in is to be mentioned there. */
async function callIn(
  { sending, people }: { readonly sending: Sending; readonly people: People },
  room: Ref,
  ids: readonly string[],
  before: number,
): Promise<readonly string[]> {
  const known = (await Promise.all(ids.map((id) => people.whois({ id })))).filter((it) => it !== null);
  if (known.length === 0) return [];
  const names = known.flatMap(({ id, name }, index) => [
    index === 0 ? '' : ', ',
    { type: 'person', id, name } as const,
  ]);
  const message: Message = {
    parts: [{ type: 'context', text: ['Called in: ', ...names] }],
    summary: `Called in: ${known.map(({ name }) => name).join(', ')}`,
    tone: 'info',
  };
  await sending.say(room.id, message, { key: `invited:${room.id}:${before}` });
  return known.map(({ id }) => id);
}

/** Characters that a channel's name cannot have, and those that separate names: "Limits and specifications for Teams". */
const FORBIDDEN = /[\s~#%&*{}+/\\:<>?|'",]+/gu;

/** @throws ProviderError for a name without a letter or a digit */
export function roomName(name: string): string {
  const words = clean(name)
    .replaceAll(FORBIDDEN, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/-{2,}/g, '-');
  const fitting = words
    .replace(/^[-_.]+/, '')
    .slice(0, LIMITS.roomName)
    .toWellFormed();
  const shown = fitting.replace(/[-_.\uFFFD]+$/, '');
  if (!/[\p{L}\p{N}]/u.test(shown)) {
    throw new ProviderError(PLATFORM, 'a room needs a name with a letter or a digit in it', { retry: false });
  }
  // Every team has a channel of this name.
  return shown.toLowerCase() === 'general' ? `${shown}-1` : shown;
}
