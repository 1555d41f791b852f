import { ChannelType, type APIGuildChannel, type APIOverwrite } from 'discord-api-types/v10';

import type { PlatformStore } from '#src/chat/store.ts';

import type { Api } from './api.ts';
import { MAX } from './limits.ts';
import { seenLike } from './overwrites.ts';

/** Under which heading rooms stand. */
export const INCIDENTS = 'Incidents';
export const ARCHIVED = 'Archived incidents';
type Heading = typeof INCIDENTS | typeof ARCHIVED;

interface Deps {
  readonly api: Api;
  readonly store: Pick<PlatformStore, 'inTurn'>;
  readonly guildId: string;
  readonly botId: () => Promise<string>;
  /** Where rooms go; where left out, a category is made. */
  readonly categoryId?: string | undefined;
}

interface Category {
  readonly id: string;
  /** Who may what in the first one of the heading. */
  readonly overwrites: readonly APIOverwrite[];
}

/** Categories of the server. One takes 50 channels, so that a heading may have several: `Incidents`, `Incidents 2` ... */
export interface Categories {
  /** Does something in a category of this heading that has room, one after the other: each takes a place. */
  within<T>(heading: Heading, work: (category: Category) => Promise<T>): Promise<T>;
  isIn(category: string | null, heading: Heading): Promise<boolean>;
  /** The channel of this name that this bot has made, if there is one. */
  channelOf(name: string, bot: string): Promise<{ readonly id: string; readonly name: string } | null>;
}

/** A room may bring a voice channel with it. */
const PLACES = 2;

export function makeCategories({ api, store, guildId, categoryId, botId }: Deps): Categories {
  const list = () => api.call('channels', { guild_id: guildId });

  function isOf(channel: Pick<APIGuildChannel, 'id' | 'name' | 'type'>, heading: Heading): boolean {
    if (channel.type !== ChannelType.GuildCategory) return false;
    if (heading === INCIDENTS && channel.id === categoryId) return true;
    return channel.name === heading || new RegExp(`^${heading} \\d+$`).test(channel.name);
  }

  async function withRoom(heading: Heading): Promise<Category> {
    const all = await list();
    const own = all.filter((it) => isOf(it, heading));
    const placeOf = ({ id, name }: APIGuildChannel) =>
      id === categoryId ? 0 : name === heading ? 1 : Number(name.slice(heading.length));
    const sorted = own.toSorted((a, b) => placeOf(a) - placeOf(b));
    const childrenOf = (id: string) => all.filter((it) => 'parent_id' in it && it.parent_id === id).length;
    const roomy = sorted.find(({ id }) => childrenOf(id) + PLACES <= MAX.inCategory);
    const first = sorted[0];
    const overwrites = (first && 'permission_overwrites' in first && first.permission_overwrites) || [];
    if (roomy) return { id: roomy.id, overwrites };
    const name = own.length === 0 ? heading : `${heading} ${own.length + 1}`;
    const like =
      overwrites.length === 0 ? {} : { permission_overwrites: seenLike(overwrites, await botId()) };
    const body = { name, type: ChannelType.GuildCategory, ...like };
    const { id } = await api.call('makeChannel', { guild_id: guildId }, { body });
    return { id, overwrites };
  }

  return {
    within: (heading, work) => store.inTurn('category', async () => await work(await withRoom(heading))),
    async isIn(category, heading) {
      if (category === null) return false;
      return (await list()).some((it) => it.id === category && isOf(it, heading));
    },
    async channelOf(name, bot) {
      const found = (await list()).find(
        (it) =>
          it.type === ChannelType.GuildText &&
          it.name === name &&
          (it.permission_overwrites ?? []).some(({ id }) => id === bot),
      );
      return found ? { id: found.id, name: found.name } : null;
    },
  };
}
