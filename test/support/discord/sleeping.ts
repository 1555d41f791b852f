import { GatewayDispatchEvents as Events } from 'discord-api-types/v10';

import type { Core } from './core.ts';
import { channelJson } from './views.ts';
import type { Channel } from './world.ts';

/** A thread in which nobody has written for as long as it was told is archived by itself. */
export function fallAsleep(core: Core, channel: Channel): void {
  const { world } = core;
  const { thread } = channel;
  if (!thread || thread.archived) return;
  const last =
    [...world.messagesIn(channel.id).map(({ at }) => at), thread.archivedAt].toSorted().at(-1) ?? '';
  if (world.now().getTime() - Date.parse(last) < thread.autoArchive * 60_000) return;
  thread.archived = true;
  thread.archivedAt = world.timestamp();
  core.emit({ t: Events.ThreadUpdate, d: channelJson(world, channel), channel });
}
