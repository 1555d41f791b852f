import {
  byChannel,
  channelOf,
  HISTORY,
  mustBeMember,
  paged,
  type Call,
  type Methods,
} from '#test/support/slack/method.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import { channelJson, messageJson } from '#test/support/slack/wire.ts';
import { BOT, type Channel, type Message } from '#test/support/slack/world.ts';

const SCOPES_OF_TYPES: Readonly<Record<string, string>> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

export const readingMethods: Methods = {
  'conversations.list': {
    token: 'bot',
    tier: 2,
    scopes: (call) => typesOf(call).map((it) => [SCOPES_OF_TYPES[it] ?? '']),
    args: 'cursor exclude_archived limit team_id types',
    run: list,
  },
  'users.conversations': {
    token: 'bot',
    tier: 3,
    scopes: (call) => typesOf(call).map((it) => [SCOPES_OF_TYPES[it] ?? '']),
    args: 'cursor exclude_archived limit team_id types user',
    run: (call) => list(call, true),
  },
  'conversations.open': {
    token: 'bot',
    tier: 3,
    scopes: ({ args }) => [args.ids('users').length > 1 ? ['mpim:write'] : ['im:write']],
    args: 'channel prevent_creation return_im users',
    run: open,
  },
  'conversations.history': {
    token: 'bot',
    tier: 3,
    scopes: byChannel(HISTORY),
    args: 'channel! cursor include_all_metadata inclusive latest limit oldest',
    run: history,
  },
  'conversations.replies': {
    token: 'bot',
    tier: 3,
    scopes: byChannel(HISTORY),
    args: 'channel! ts! cursor include_all_metadata inclusive latest limit oldest',
    run: replies,
  },
};

function typesOf({ args }: Call): readonly string[] {
  const types = args.has('types') ? args.ids('types') : ['public_channel'];
  if (types.some((it) => SCOPES_OF_TYPES[it] === undefined)) throw new Refusal('invalid_types');
  return types;
}

const KIND_OF_TYPE = { public_channel: 'public', private_channel: 'private', im: 'im' } as const;

function list(call: Call, onlyOurs = false) {
  const { world } = call.core;
  const types = typesOf(call);
  const user = call.args.text('user') || BOT.user;
  const wanted = (it: Channel) =>
    types.some((type) => (KIND_OF_TYPE as Record<string, string>)[type] === it.kind) &&
    (it.kind === 'public' || it.members.has(BOT.user)) &&
    (!onlyOurs || it.members.has(user)) &&
    !(call.args.flag('exclude_archived', false) && it.archived);
  const { page, next } = paged([...world.channels.values()].filter(wanted), call, 1000);
  return { channels: page.map((it) => channelJson(world, it)), response_metadata: { next_cursor: next } };
}

function open(call: Call) {
  const { args, core } = call;
  const { world } = core;
  const full = (channel: Channel) =>
    args.flag('return_im', false) ? channelJson(world, channel) : { id: channel.id };
  if (args.has('channel')) return { no_op: true, already_open: true, channel: full(channelOf(call)) };
  const [id, ...others] = args.ids('users');
  if (id === undefined) throw new Refusal('users_list_not_supplied');
  if (others.length > 0) throw new Refusal('too_many_users');
  const user = world.users.get(id);
  if (!user) throw new Refusal('user_not_found');
  if (user.isBot) throw new Refusal('cannot_dm_bot');
  if (user.deleted) throw new Refusal('user_disabled');
  const isOpen = [...world.channels.values()].some((it) => it.peer === id);
  return { channel: full(world.directWith(id)), ...(isOpen ? { no_op: true, already_open: true } : null) };
}

function history(call: Call) {
  const channel = channelOf(call);
  mustBeMember(channel);
  const main = call.core.world.messagesIn(channel.id).filter((it) => it.threadTs === null || it.broadcast);
  const newestFirst = main.filter((it) => isWithin(it, call)).toReversed();
  return messagesPage(newestFirst, call);
}

function replies(call: Call) {
  const channel = channelOf(call);
  mustBeMember(channel);
  const { world } = call.core;
  const asked = world.messageAt(channel.id, call.args.text('ts'));
  if (!asked || asked.onlyFor !== null) throw new Refusal('thread_not_found');
  const parent = asked.threadTs ?? asked.ts;
  const thread = world.messagesIn(channel.id).filter((it) => it.ts === parent || it.threadTs === parent);
  return messagesPage(
    thread.filter((it) => it.ts === parent || isWithin(it, call)),
    call,
  );
}

/** What one person alone sees is kept nowhere. */
function messagesPage(messages: readonly Message[], call: Call) {
  const { world } = call.core;
  const { page, next } = paged(
    messages.filter((it) => it.onlyFor === null),
    call,
    999,
  );
  const withMetadata = call.args.flag('include_all_metadata', false);
  return {
    messages: page.map((it) => messageJson(world, it, withMetadata)),
    has_more: next !== '',
    ...(next === '' ? null : { response_metadata: { next_cursor: next } }),
  };
}

function isWithin({ ts }: Message, { args }: Call): boolean {
  const at = micros(ts, 'bad_timestamp');
  const oldest = args.has('oldest') ? micros(args.text('oldest'), 'invalid_ts_oldest') : 0;
  const latest = args.has('latest') ? micros(args.text('latest'), 'invalid_ts_latest') : Infinity;
  return args.flag('inclusive', false) ? at >= oldest && at <= latest : at > oldest && at < latest;
}

function micros(ts: string, word: string): number {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(ts);
  if (!match) throw new Refusal(word);
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}
