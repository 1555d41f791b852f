import { ChannelType, OverwriteType, type APIOverwrite } from 'discord-api-types/v10';

import { inOrder } from '#src/chat/in-order.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';
import { memberOverwrite, overwrites } from './overwrites.ts';

interface Deps {
  readonly api: Api;
  readonly botId: () => Promise<string>;
  readonly guildId: string;
  readonly voice: boolean;
  readonly report: (error: unknown) => void;
}

interface Beside {
  readonly name: string;
  readonly category: string | null;
  readonly isPrivate: boolean;
  /** Of the room it stands beside. */
  readonly invited: readonly APIOverwrite[];
}

/** A voice channel beside each room, where an operator wants them. */
export interface Voice {
  /** The one that is there, or a new one; null where none are wanted, or where Discord refuses it, which is no reason to have no room. */
  open(beside: Beside): Promise<string | null>;
  /** Takes it away; none is left of it. */
  close(voice: string | null): Promise<null>;
}

export function makeVoice({ api, botId, guildId, voice: isWanted, report }: Deps): Voice {
  const turns = inOrder();

  async function find(name: string, bot: string): Promise<string | null> {
    const all = await api.call('channels', { guild_id: guildId });
    const isOwn = (it: readonly APIOverwrite[] = []) => it.some(({ id }) => id === bot);
    const found = all.find(
      (it) => it.type === ChannelType.GuildVoice && it.name === name && isOwn(it.permission_overwrites),
    );
    return found?.id ?? null;
  }

  async function make({ name, category, isPrivate, invited }: Beside, bot: string): Promise<string> {
    const people = invited.filter(({ id, type }) => type === OverwriteType.Member && id !== bot);
    const body = {
      name,
      type: ChannelType.GuildVoice,
      parent_id: category,
      permission_overwrites: [
        ...overwrites({ guildId, bot, isPrivate, voice: true, like: invited }),
        ...(isPrivate ? people.map(({ id }) => memberOverwrite(id, true)) : []),
      ],
    };
    return (await api.call('makeVoice', { guild_id: guildId }, { body })).id;
  }

  return {
    async open(beside) {
      if (!isWanted) return null;
      const bot = await botId();
      try {
        return await turns(
          beside.name,
          async () => (await find(beside.name, bot)) ?? (await make(beside, bot)),
        );
      } catch (error) {
        if (!(error instanceof ProviderError) || error.retry) throw error;
        report(error);
        return null;
      }
    },
    async close(voice) {
      if (voice === null) return null;
      try {
        await api.call('dropChannel', { channel_id: voice });
      } catch (error) {
        if (!(error instanceof ProviderError) || error.gone === undefined) throw error;
      }
      return null;
    },
  };
}
