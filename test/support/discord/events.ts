import { GatewayDispatchEvents as Events, GatewayIntentBits as Intents } from 'discord-api-types/v10';

import { sees } from './permissions.ts';
import type { Channel, Message, World } from './world.ts';

/** Something that happened, as the gateway tells of it. */
export interface Event {
  readonly t: Events;
  readonly d: object;
  /** Only who sees this channel hears of it. */
  readonly channel?: Channel;
  /** The message in it, whose words not everybody is given. */
  readonly message?: Message;
  /** Done by people: may come late, twice, and in another order. What the guild is made of comes in order. */
  readonly byPeople?: boolean;
}

const GUILD_INTENTS: Readonly<Record<string, number>> = {
  [Events.GuildCreate]: Intents.Guilds,
  [Events.GuildUpdate]: Intents.Guilds,
  [Events.GuildDelete]: Intents.Guilds,
  [Events.GuildRoleCreate]: Intents.Guilds,
  [Events.GuildRoleUpdate]: Intents.Guilds,
  [Events.GuildRoleDelete]: Intents.Guilds,
  [Events.ChannelCreate]: Intents.Guilds,
  [Events.ChannelUpdate]: Intents.Guilds,
  [Events.ChannelDelete]: Intents.Guilds,
  [Events.ChannelPinsUpdate]: Intents.Guilds,
  [Events.ThreadCreate]: Intents.Guilds,
  [Events.ThreadUpdate]: Intents.Guilds,
  [Events.ThreadDelete]: Intents.Guilds,
  [Events.ThreadListSync]: Intents.Guilds,
  [Events.ThreadMemberUpdate]: Intents.Guilds,
  [Events.ThreadMembersUpdate]: Intents.Guilds,
  [Events.GuildMemberAdd]: Intents.GuildMembers,
  [Events.GuildMemberUpdate]: Intents.GuildMembers,
  [Events.GuildMemberRemove]: Intents.GuildMembers,
  [Events.MessageCreate]: Intents.GuildMessages,
  [Events.MessageUpdate]: Intents.GuildMessages,
  [Events.MessageDelete]: Intents.GuildMessages,
  [Events.MessageReactionAdd]: Intents.GuildMessageReactions,
  [Events.MessageReactionRemove]: Intents.GuildMessageReactions,
};

const DIRECT_INTENTS: Readonly<Record<string, number>> = {
  [Events.MessageCreate]: Intents.DirectMessages,
  [Events.MessageUpdate]: Intents.DirectMessages,
  [Events.MessageDelete]: Intents.DirectMessages,
  [Events.MessageReactionAdd]: Intents.DirectMessageReactions,
  [Events.MessageReactionRemove]: Intents.DirectMessageReactions,
  [Events.ChannelPinsUpdate]: Intents.DirectMessages,
};

/** Whether a session with these intents hears of it: it must have asked, and see the channel. */
export function allowed(world: World, { t, d, channel }: Event, intents: number): boolean {
  if (channel && !sees(world, world.botId, channel)) return false;
  const isDirect = channel !== undefined && channel.recipientId !== null;
  if (t === Events.ThreadMembersUpdate && !(intents & Intents.GuildMembers) && !isAboutBot(world, d)) {
    return false;
  }
  const needed = (isDirect ? DIRECT_INTENTS : GUILD_INTENTS)[t];
  return needed === undefined || (intents & needed) !== 0;
}

/** Whether the bot itself has come into a thread. */
function isAboutBot(world: World, d: object): boolean {
  const { added_members: added = [] } = d as { added_members?: readonly { user_id: string }[] };
  return added.some((it) => it.user_id === world.botId);
}

/**
 * Without the intent for it, the words of others are empty, unless they are said
 * to the bot directly or mention it; its own it always reads.
 */
export function redacted(world: World, { d, message, channel }: Event, intents: number): object {
  if (!message || intents & Intents.MessageContent || channel?.recipientId) return d;
  if (message.authorId === world.botId || message.mentions.users.includes(world.botId)) return d;
  return { ...d, content: '', embeds: [], attachments: [], components: [] };
}
