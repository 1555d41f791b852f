import { OverwriteType, PermissionFlagsBits as Bits, type APIOverwrite } from 'discord-api-types/v10';

/** What is taken from everybody in a room that is closed. */
export const WRITING =
  Bits.SendMessages |
  Bits.SendMessagesInThreads |
  Bits.CreatePublicThreads |
  Bits.CreatePrivateThreads |
  Bits.AddReactions;

/** What the bot needs in its rooms, also in those that others cannot see or write in. */
const BOTS =
  Bits.ViewChannel |
  Bits.ReadMessageHistory |
  Bits.SendMessages |
  Bits.SendMessagesInThreads |
  Bits.CreatePublicThreads |
  Bits.AddReactions |
  Bits.AttachFiles;

/** What somebody is given who is invited; writing they have from the server, so that a closed room is closed for them too. */
const MEMBERS = Bits.ViewChannel | Bits.ReadMessageHistory;
const SPEAKERS = Bits.ViewChannel | Bits.Connect;

interface Wanted {
  readonly guildId: string;
  readonly bot: string;
  readonly isPrivate: boolean;
  readonly voice?: boolean;
  /** Of the channel that an open one is seen like. */
  readonly like: readonly APIOverwrite[];
}

/** Who may what in a new channel. The bot's is also what tells its channels from others of the same name. */
export function overwrites({ guildId, bot, isPrivate, voice = false, like }: Wanted): APIOverwrite[] {
  const own = overwrite(bot, OverwriteType.Member, voice ? SPEAKERS : BOTS, 0n);
  if (isPrivate) return [overwrite(guildId, OverwriteType.Role, 0n, Bits.ViewChannel), own];
  return [...othersSeeing(like, bot), own];
}

/** For a category that follows a full one. */
export function seenLike(like: readonly APIOverwrite[], bot: string): APIOverwrite[] {
  return [...othersSeeing(like, bot), overwrite(bot, OverwriteType.Member, BOTS, 0n)];
}

function othersSeeing(like: readonly APIOverwrite[], bot: string): APIOverwrite[] {
  return like.filter(({ id }) => id !== bot).flatMap(seeing);
}

/**
 * Discord hands nothing down from a category to a channel that is made with overwrites. Of the others only
 * who sees is taken over: writing is taken away when a room closes, and the bot can give only what it has itself.
 */
function seeing({ id, type, allow, deny }: APIOverwrite): APIOverwrite[] {
  const [allowed, denied] = [BigInt(allow) & MEMBERS, BigInt(deny) & MEMBERS];
  return (allowed | denied) === 0n ? [] : [overwrite(id, type, allowed, denied)];
}

/** For somebody who is invited. */
export function memberOverwrite(person: string, voice: boolean): APIOverwrite {
  return overwrite(person, OverwriteType.Member, voice ? SPEAKERS : MEMBERS, 0n);
}

function overwrite(id: string, type: OverwriteType, allow: bigint, deny: bigint): APIOverwrite {
  return { id, type, allow: String(allow), deny: String(deny) };
}
