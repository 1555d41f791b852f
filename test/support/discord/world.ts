import type { ChannelType } from 'discord-api-types/v10';
import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly isBot: boolean;
  takesDirect: boolean;
}

export interface Member {
  readonly userId: string;
  readonly roles: string[];
  readonly joinedAt: string;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly position: number;
  readonly managed: boolean;
  permissions: bigint;
}

export interface Overwrite {
  readonly id: string;
  /** 0 a role, 1 a member. */
  readonly type: 0 | 1;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface Thread {
  readonly ownerId: string;
  readonly createdAt: string;
  readonly members: Map<string, string>;
  archived: boolean;
  locked: boolean;
  invitable: boolean;
  autoArchive: number;
  archivedAt: string;
}

export interface Channel {
  readonly id: string;
  type: ChannelType;
  name: string;
  topic: string | null;
  parentId: string | null;
  position: number;
  overwrites: readonly Overwrite[];
  slowmode: number;
  nsfw: boolean;
  userLimit: number;
  readonly thread: Thread | null;
  /** The person at the other end of a direct channel. */
  readonly recipientId: string | null;
  lastMessageId: string | null;
  lastPin: string | null;
}

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly description: string | null;
}

export type Json = Readonly<Record<string, unknown>>;

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  /** 0 words, 6 a pin, 18 a thread begun, 19 a reply, 20 the answer to a command, 21 the start of a thread, 23 of a menu entry. */
  readonly type: number;
  readonly at: string;
  content: string;
  embeds: readonly Json[];
  components: readonly Json[];
  flags: number;
  editedAt: string | null;
  attachments: readonly Attachment[];
  /** Of what it says, as `allowed_mentions` lets it. */
  mentions: Mentions;
  /** Those who were notified when it was sent. */
  notified: readonly string[];
  readonly nonce: string | number | null;
  pinnedAt: string | null;
  readonly reactions: Map<string, Set<string>>;
  readonly reference: { readonly channelId: string; readonly messageId: string } | null;
  /** The only one who sees it; null: everybody in the channel. */
  readonly onlyFor: string | null;
  /** Sent through an interaction's webhook. */
  readonly interaction: { readonly id: string; readonly type: number; readonly userId: string } | null;
  threadId: string | null;
}

export interface Mentions {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
}

/** Discord counts its ids' milliseconds from here. */
const EPOCH_MS = 1_420_070_400_000n;

/** What an ordinary member may do in a new guild. */
const EVERYONE =
  Bits.ViewChannel |
  Bits.SendMessages |
  Bits.ReadMessageHistory |
  Bits.AddReactions |
  Bits.AttachFiles |
  Bits.EmbedLinks |
  Bits.CreatePublicThreads |
  Bits.SendMessagesInThreads |
  Bits.UseApplicationCommands |
  Bits.ChangeNickname |
  Bits.Connect |
  Bits.Speak;

/** What the bot is invited with where nothing else is said. */
export const BOT_PERMISSIONS =
  Bits.ViewChannel |
  Bits.ManageChannels |
  Bits.ManageRoles |
  Bits.SendMessages |
  Bits.AttachFiles |
  Bits.ReadMessageHistory |
  Bits.AddReactions |
  Bits.PinMessages |
  Bits.CreatePublicThreads |
  Bits.CreatePrivateThreads |
  Bits.SendMessagesInThreads |
  Bits.ManageThreads |
  Bits.Connect;

/** A guild, its channels and its people; everything here is what is true at this moment. */
export class World {
  readonly now: () => Date;
  readonly users = new Map<string, User>();
  readonly members = new Map<string, Member>();
  readonly roles = new Map<string, Role>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, Message>();
  readonly guildId: string;
  readonly appId: string;
  readonly botId: string;
  readonly ownerId: string;
  #count = 0n;

  constructor(now: () => Date, botPermissions: bigint) {
    this.now = now;
    this.guildId = this.nextId();
    this.ownerId = this.addPerson('olga', 'Olga Sol').id;
    this.appId = this.nextId();
    this.botId = this.appId;
    this.users.set(this.botId, this.#user(this.botId, 'incident-manager', 'Incident Manager', true));
    this.#role(this.guildId, '@everyone', EVERYONE, false);
    const ours = this.#role(this.nextId(), 'Incident Manager', botPermissions, true);
    this.join(this.ownerId);
    this.join(this.botId, ours.id);
  }

  /** A snowflake, larger than all before it. */
  nextId(): string {
    this.#count += 1n;
    const ms = BigInt(this.now().getTime()) - EPOCH_MS;
    return String((ms << 22n) | (this.#count & 0x3fffffn));
  }

  timestamp(): string {
    return this.now().toISOString().replace('Z', '000+00:00');
  }

  addPerson(username: string, name: string): User {
    const user = this.#user(this.nextId(), username, name, false);
    this.users.set(user.id, user);
    return user;
  }

  addRole(name: string, permissions: bigint): Role {
    return this.#role(this.nextId(), name, permissions, false);
  }

  join(userId: string, ...roles: readonly string[]): void {
    this.members.set(userId, { userId, roles: [...roles], joinedAt: this.timestamp() });
  }

  addChannel(given: Pick<Channel, 'type' | 'name'> & Partial<Channel>): Channel {
    const channel: Channel = {
      id: given.id ?? this.nextId(),
      topic: null,
      parentId: null,
      position: this.channels.size,
      overwrites: [],
      slowmode: 0,
      nsfw: false,
      userLimit: 0,
      thread: null,
      recipientId: null,
      lastMessageId: null,
      lastPin: null,
      ...given,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** Oldest first. */
  messagesIn(channelId: string): Message[] {
    return [...this.messages.values()].filter((it) => it.channelId === channelId);
  }

  directWith(userId: string): Channel | undefined {
    return [...this.channels.values()].find((it) => it.recipientId === userId);
  }

  guildChannels(): Channel[] {
    return [...this.channels.values()].filter((it) => it.recipientId === null && it.thread === null);
  }

  threads(): Channel[] {
    return [...this.channels.values()].filter((it) => it.thread !== null);
  }

  #user(id: string, username: string, name: string, isBot: boolean): User {
    return { id, username, name, isBot, takesDirect: true };
  }

  #role(id: string, name: string, permissions: bigint, managed: boolean): Role {
    // The bot's role stands above those that people have, so that it may give them.
    const role = { id, name, permissions, managed, position: managed ? 100 : this.roles.size };
    this.roles.set(id, role);
    return role;
  }
}
