import type { Json } from './json.ts';

export interface User {
  readonly id: string;
  /** The handle. */
  readonly name: string;
  readonly realName: string;
  readonly email: string | null;
  readonly emailConfirmed: boolean;
  readonly isBot: boolean;
  /** Sees nothing but the channels they were added to. */
  readonly isGuest: boolean;
  deleted: boolean;
}

export interface Bookmark {
  readonly id: string;
  title: string;
  link: string;
  emoji: string | null;
}

export interface Channel {
  readonly id: string;
  readonly kind: 'public' | 'private' | 'im';
  name: string;
  topic: Described;
  purpose: Described;
  archived: boolean;
  readonly members: Set<string>;
  readonly creator: string;
  readonly created: number;
  /** The person at the other end of a direct conversation. */
  readonly peer: string | null;
  readonly bookmarks: Bookmark[];
}

export interface Described {
  readonly value: string;
  readonly creator: string;
  readonly last_set: number;
}

export interface Message {
  readonly channel: string;
  readonly ts: string;
  user: string;
  isOurs: boolean;
  /** `channel_join` and the like are Slack's own words; `file_share` is a person's. */
  subtype: string | null;
  text: string;
  blocks: readonly Json[];
  attachments: readonly Json[];
  readonly threadTs: string | null;
  readonly broadcast: boolean;
  metadata: Json | null;
  files: readonly string[];
  /** By name: who. */
  readonly reactions: Map<string, string[]>;
  pinned: boolean;
  /** The only one who sees it. */
  readonly onlyFor: string | null;
  /** Names of people and rooms in its text are made live, also without brackets. */
  readonly parsesNames: boolean;
  /** Its text is `mrkdwn`; otherwise only what stands in angle brackets counts. */
  readonly formats: boolean;
  /** Slack shows beside it what is found at its addresses. */
  readonly unfurls: boolean;
  edited: { readonly user: string; readonly ts: string } | null;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  title: string;
  type: string;
  bytes: Uint8Array;
  /** What was said that it is long. */
  readonly length: number;
  readonly ticket: string;
  uploaded: boolean;
  completed: boolean;
  /** The messages that show it. */
  readonly shares: { readonly channel: string; readonly ts: string }[];
}

export interface Group {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  users: readonly string[];
  enabled: boolean;
}

export const TEAM = { id: 'T0FAKETEAM', name: 'Example', domain: 'example' } as const;
export const APP_ID = 'A0FAKEAPP1';
export const BOT = { user: 'U0FAKEBOT1', bot: 'B0FAKEBOT1', name: 'incident' } as const;

/** A workspace: everything here is what is true at this moment. */
export class World {
  readonly now: () => Date;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, Message[]>();
  readonly files = new Map<string, StoredFile>();
  readonly groups = new Map<string, Group>();
  /** Where files are fetched. */
  filesUrl = '';
  #count = 0;
  #lastMicros = 0;

  constructor(now: () => Date) {
    this.now = now;
  }

  /** An id as Slack makes them: a letter for its kind and ten characters. */
  nextId(letter: string): string {
    this.#count += 1;
    return `${letter}0${this.#count.toString(36).toUpperCase().padStart(9, '0')}`;
  }

  /** Seconds and microseconds; larger than all before it. It is a message's id in its channel. */
  nextTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, this.now().getTime() * 1000);
    const text = String(this.#lastMicros);
    return `${text.slice(0, -6)}.${text.slice(-6)}`;
  }

  seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }

  addUser(given: Pick<User, 'name' | 'realName'> & Partial<User>): User {
    const user: User = {
      id: this.nextId('U'),
      email: null,
      emailConfirmed: true,
      isBot: false,
      isGuest: false,
      deleted: false,
      ...given,
    };
    this.users.set(user.id, user);
    return user;
  }

  addChannel(given: Pick<Channel, 'kind' | 'name' | 'creator'> & Partial<Channel>): Channel {
    const nothing = { value: '', creator: '', last_set: 0 };
    const channel: Channel = {
      id: this.nextId(given.kind === 'im' ? 'D' : 'C'),
      topic: nothing,
      purpose: nothing,
      archived: false,
      members: new Set([given.creator]),
      created: this.seconds(),
      peer: null,
      bookmarks: [],
      ...given,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  addMessage(given: Pick<Message, 'channel' | 'user'> & Partial<Message>): Message {
    const message: Message = {
      ts: this.nextTs(),
      isOurs: given.user === BOT.user,
      subtype: null,
      text: '',
      blocks: [],
      attachments: [],
      threadTs: null,
      broadcast: false,
      metadata: null,
      files: [],
      reactions: new Map(),
      pinned: false,
      onlyFor: null,
      parsesNames: false,
      formats: true,
      unfurls: false,
      edited: null,
      ...given,
    };
    this.messages.set(given.channel, [...(this.messages.get(given.channel) ?? []), message]);
    return message;
  }

  /** Oldest first. */
  messagesIn(channel: string): readonly Message[] {
    return this.messages.get(channel) ?? [];
  }

  messageAt(channel: string, ts: string): Message | undefined {
    return this.messagesIn(channel).find((it) => it.ts === ts);
  }

  removeMessage({ channel, ts }: Message): void {
    this.messages.set(
      channel,
      this.messagesIn(channel).filter((it) => it.ts !== ts),
    );
  }

  isAnswered({ channel, ts }: Message): boolean {
    return this.messagesIn(channel).some((it) => it.threadTs === ts);
  }

  /** The direct conversation of the bot and a person; made where there is none yet. */
  directWith(user: string): Channel {
    const found = [...this.channels.values()].find((it) => it.peer === user);
    const members = new Set([user, BOT.user]);
    return found ?? this.addChannel({ kind: 'im', name: '', creator: user, peer: user, members });
  }

  /** Whether somebody may read there. */
  sees(userId: string, channel: Channel): boolean {
    const user = this.users.get(userId);
    if (!user || user.deleted) return false;
    return channel.members.has(userId) || (channel.kind === 'public' && !user.isGuest);
  }
}
