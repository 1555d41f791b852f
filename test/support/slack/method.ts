import type { Args } from './args.ts';
import type { Core } from './core.ts';
import type { Json } from './json.ts';
import type { Tier } from './rates.ts';
import { Refusal } from './refusal.ts';
import { BOT, type Channel, type Message } from './world.ts';

export interface Call {
  readonly core: Core;
  readonly args: Args;
}

/** One method of the Web API. */
export interface Method {
  /** Which kind of token it takes. */
  readonly token: 'bot' | 'app' | 'any';
  readonly tier: Tier;
  /** All of these are needed; of each, one is enough. */
  readonly scopes: (call: Call) => readonly (readonly string[])[];
  /** The arguments it knows, between blanks; those with `!` are required. */
  readonly args: string;
  readonly run: (call: Call) => Json | Promise<Json>;
}

export type Methods = Readonly<Record<string, Method>>;

export function none(): readonly (readonly string[])[] {
  return [];
}

/** Always the same scopes. */
export function always(...scopes: readonly string[]) {
  return () => scopes.map((it) => [it]);
}

/** One of the scopes of the kind of channel that it is about. */
export function byChannel(scopes: Readonly<Record<Channel['kind'], readonly string[]>>) {
  return ({ core, args }: Call) => {
    const channel = core.world.channels.get(args.text('channel'));
    return channel ? [scopes[channel.kind]] : [];
  };
}

export const READING = {
  public: ['channels:read'],
  private: ['groups:read'],
  im: ['im:read'],
} as const;

export const HISTORY = {
  public: ['channels:history'],
  private: ['groups:history'],
  im: ['im:history'],
} as const;

/** What may be changed about a channel needs the broad scope, or a narrow one. */
export function managing(narrow?: string) {
  const scopes = (broad: string, kind: string) =>
    narrow === undefined ? [broad] : [broad, `${kind}:write.${narrow}`];
  return byChannel({
    public: scopes('channels:manage', 'channels'),
    private: scopes('groups:write', 'groups'),
    im: scopes('im:write', 'im'),
  });
}

/** The channel an argument names, as the app may see it: of private ones only its own. */
export function channelOf({ core, args }: Call, name = 'channel'): Channel {
  const channel = core.world.channels.get(args.text(name));
  if (!channel || (channel.kind !== 'public' && !channel.members.has(BOT.user))) {
    throw new Refusal('channel_not_found');
  }
  return channel;
}

export function roomOf(call: Call): Channel {
  const channel = channelOf(call);
  if (channel.kind === 'im') throw new Refusal('method_not_supported_for_channel_type');
  return channel;
}

export function mustBeMember(channel: Channel): void {
  if (!channel.members.has(BOT.user)) throw new Refusal('not_in_channel');
}

export function mustBeOpen(channel: Channel): void {
  if (channel.archived) throw new Refusal('is_archived');
}

/** The message that the arguments `channel` and `name` point at; those for one person are not found again. */
export function messageOf(call: Call, name: string): { channel: Channel; message: Message } {
  const channel = channelOf(call);
  const message = call.core.world.messageAt(channel.id, call.args.text(name));
  if (!message || message.onlyFor !== null || message.subtype === 'tombstone') {
    throw new Refusal('message_not_found');
  }
  return { channel, message };
}

/** A page of a list, and where the next one begins. */
export function paged<T>(
  all: readonly T[],
  { args }: Call,
  most: number,
): { page: readonly T[]; next: string } {
  const cursor = args.text('cursor');
  const start = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('next:', ''));
  if (!Number.isInteger(start)) throw new Refusal('invalid_cursor');
  const end = start + args.whole('limit', 100, most);
  const next = end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { page: all.slice(start, end), next };
}
