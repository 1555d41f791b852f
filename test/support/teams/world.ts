import { randomBytes, randomUUID } from 'node:crypto';

import type { FakePerson } from '../fake-platform.ts';
import { textOf, type Fields } from './json.ts';

export interface TeamsPerson extends FakePerson {
  /** How bots know the person; `id` is the one of the directory. */
  readonly mri: string;
  readonly email: string;
  readonly upn: string;
  readonly isGuest: boolean;
  /** Owns the team, and put the app into it. */
  readonly isOwner: boolean;
  /** Nobody of the organisation any more. */
  left: boolean;
}

export interface Channel {
  readonly id: string;
  name: string;
  description: string;
  readonly type: 'standard' | 'private' | 'shared';
  readonly createdAt: string;
  archived: boolean;
  deleted: boolean;
  /** Of a private channel: ids of the directory, and what they are there. */
  readonly members: Map<string, 'owner' | 'member'>;
  readonly tabs: { readonly id: string; readonly name: string; readonly url: string }[];
}

/** One message, by a person or by the bot. */
export interface Posted {
  readonly id: string;
  /** The channel, or the chat with one person. */
  readonly conversation: string;
  /** The post at the top of its thread, itself if it is that; null in a chat. */
  readonly root: string | null;
  /** `bot`, or a person's id in the directory. */
  readonly author: string;
  /** The message that it was sent as a reply to. */
  readonly replyTo: string | null;
  /** Only this person sees it. */
  readonly to: string | null;
  readonly at: Date;
  /** As it was sent; of a person's message only `text` is drawn. */
  activity: Fields;
  deleted: boolean;
  pinned: boolean;
  readonly reactions: Map<string, Set<string>>;
  readonly files: { readonly name: string; readonly bytes: Uint8Array }[];
  /** Cards that single people see in its place, until the bot changes it. */
  readonly views: Map<string, Fields>;
}

/** A conversation as a caller may write it: a channel, one of its threads, or a chat. */
export type Place =
  | { readonly kind: 'channel'; readonly channel: Channel; readonly root: Posted | null }
  | { readonly kind: 'chat'; readonly id: string; readonly person: TeamsPerson };

/** The organisation, its one team, and all that was said in it. */
export class World {
  readonly tenant: string;
  readonly bot: { readonly id: string; readonly name: string };
  readonly team = {
    id: `19:${randomBytes(16).toString('hex')}@thread.tacv2`,
    groupId: randomUUID() as string,
    name: 'Incident response',
  };
  readonly people: readonly TeamsPerson[];
  readonly channels: Channel[] = [];
  readonly posted: Posted[] = [];
  /** Ids of the directory of those who are in the team. */
  readonly members: Set<string>;
  readonly tags = new Map<string, { name: string; members: Set<string> }>();
  readonly now: () => Date;
  readonly #chats = new Map<string, string>();
  #lastId = 0;

  constructor(tenant: string, appId: string, now: () => Date) {
    this.tenant = tenant;
    this.bot = { id: `28:${appId}`, name: 'Incident Manager' };
    this.now = now;
    this.people = [
      person('Ana Lima', 'ana@example.com'),
      person('Bo Chen', 'bo@example.com'),
      person('Cy Rossi', 'cy@example.com'),
      person('Gus Vale', 'gus@partner.example', { isGuest: true }),
      person('Ola Berg', 'ola@example.com', { isOwner: true }),
    ];
    this.members = new Set(this.people.map(({ id }) => id));
    this.addChannel({ id: this.team.id, name: 'General', type: 'standard' });
  }

  addChannel(of: Pick<Channel, 'name' | 'type'> & { id?: string; description?: string }): Channel {
    const channel: Channel = {
      id: of.id ?? `19:${randomBytes(16).toString('hex')}@thread.tacv2`,
      name: of.name,
      description: of.description ?? '',
      type: of.type,
      createdAt: this.now().toISOString(),
      archived: false,
      deleted: false,
      members: new Map(),
      tabs: [],
    };
    this.channels.push(channel);
    return channel;
  }

  /** By the directory's id, the bot's id for them, or their address; nobody who has left. */
  person(id: string): TeamsPerson | null {
    const wanted = id.toLowerCase();
    const found = this.people.find((it) => [it.id, it.mri.toLowerCase(), it.upn, it.email].includes(wanted));
    return found && !found.left ? found : null;
  }

  channel(id: string): Channel | null {
    return this.channels.find((it) => it.id === id && !it.deleted) ?? null;
  }

  /** Who is in a channel, those of another organisation included. */
  membersOf(channel: Channel): readonly TeamsPerson[] {
    const isIn = (it: TeamsPerson) =>
      channel.type === 'standard' ? this.members.has(it.id) : channel.members.has(it.id);
    return this.people.filter((it) => !it.left && isIn(it));
  }

  chatWith(who: TeamsPerson): string {
    const known = this.#chats.get(who.id);
    if (known !== undefined) return known;
    const id = `a:1${randomBytes(32).toString('base64url')}`;
    this.#chats.set(who.id, id);
    return id;
  }

  hasChat(who: TeamsPerson): boolean {
    return this.#chats.has(who.id);
  }

  /** Null for what there is not, or not any more. */
  place(conversation: string): Place | null {
    const [id = '', rest] = conversation.split(';messageid=');
    const channel = this.channel(id);
    if (channel) {
      const root = rest === undefined ? null : this.message(rest);
      if (rest !== undefined && (!root || root.conversation !== id || root.root !== root.id)) return null;
      return { kind: 'channel', channel, root };
    }
    const owner = [...this.#chats].find(([, chat]) => chat === conversation)?.[0];
    const who = owner === undefined ? null : this.person(owner);
    return who ? { kind: 'chat', id: conversation, person: who } : null;
  }

  /** A message by its id, or by the id that ends in it; null if it is not there any more. */
  message(id: string): Posted | null {
    const bare = /(\d{13,})\D*$/.exec(id)?.[1];
    return this.posted.find((it) => it.id === bare && !it.deleted) ?? null;
  }

  add(of: Pick<Posted, 'conversation' | 'author' | 'activity'> & Partial<Posted>): Posted {
    const id = this.nextId();
    const isChannel = of.conversation.startsWith('19:');
    const posted: Posted = {
      id,
      root: isChannel ? id : null,
      replyTo: null,
      to: null,
      at: this.now(),
      deleted: false,
      pinned: false,
      reactions: new Map(),
      files: [],
      views: new Map(),
      ...of,
    };
    this.posted.push(posted);
    return posted;
  }

  /** Milliseconds since 1970, as the real ids are, and never twice the same. */
  nextId(): string {
    this.#lastId = Math.max(this.#lastId + 1, this.now().getTime());
    return String(this.#lastId);
  }

  /** The conversation as it stands in activities: a channel's with the thread. */
  conversationOf({ conversation, root }: Posted): string {
    return root === null ? conversation : `${conversation};messageid=${root}`;
  }
}

function person(name: string, email: string, { isGuest = false, isOwner = false } = {}): TeamsPerson {
  return {
    isOwner,
    id: randomUUID(),
    name,
    mri: `29:1${randomBytes(48).toString('base64url')}`,
    email,
    upn: isGuest ? `${email.replace('@', '_')}#ext#@example.com` : email,
    isGuest,
    left: false,
  };
}

/** How a person is written in an activity. */
export function accountOf({ mri, name, id }: TeamsPerson): Fields {
  return { id: mri, name, aadObjectId: id };
}

/** The type of an activity that the bot sent. */
export function typeOf(activity: Fields): string {
  return textOf(activity['type']);
}
