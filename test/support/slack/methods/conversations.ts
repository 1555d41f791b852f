import { joined, roomEvent, tell, written } from '#test/support/slack/events.ts';
import {
  byChannel,
  channelOf,
  managing,
  mustBeMember,
  mustBeOpen,
  paged,
  READING,
  roomOf,
  type Call,
  type Methods,
} from '#test/support/slack/method.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import { channelJson } from '#test/support/slack/wire.ts';
import { BOT, type Channel } from '#test/support/slack/world.ts';

import { escaped } from '../reading/entities.ts';

/** Slack's own numbers. */
const NAME = 80;
const DESCRIPTION = 250;
const MOST_INVITED = 1000;

export const conversationMethods: Methods = {
  'conversations.create': {
    token: 'bot',
    tier: 2,
    scopes: ({ args }) => [args.flag('is_private', false) ? ['groups:write'] : ['channels:manage']],
    args: 'name! is_private team_id',
    run: create,
  },
  'conversations.archive': { token: 'bot', tier: 2, scopes: managing(), args: 'channel!', run: archive },
  'conversations.unarchive': { token: 'bot', tier: 2, scopes: managing(), args: 'channel!', run: unarchive },
  'conversations.rename': { token: 'bot', tier: 2, scopes: managing(), args: 'channel! name!', run: rename },
  'conversations.setTopic': {
    token: 'bot',
    tier: 2,
    scopes: managing('topic'),
    args: 'channel! topic!',
    run: (it) => describe(it, 'topic'),
  },
  'conversations.setPurpose': {
    token: 'bot',
    tier: 2,
    scopes: managing('topic'),
    args: 'channel! purpose!',
    run: (it) => describe(it, 'purpose'),
  },
  'conversations.invite': {
    token: 'bot',
    tier: 3,
    scopes: managing('invites'),
    args: 'channel! users! force',
    run: invite,
  },
  'conversations.kick': { token: 'bot', tier: 3, scopes: managing(), args: 'channel! user!', run: kick },
  'conversations.join': {
    token: 'bot',
    tier: 3,
    scopes: byChannel({ public: ['channels:join'], private: ['channels:join'], im: ['channels:join'] }),
    args: 'channel!',
    run: join,
  },
  'conversations.leave': { token: 'bot', tier: 3, scopes: managing(), args: 'channel!', run: leave },
  'conversations.info': {
    token: 'bot',
    tier: 3,
    scopes: byChannel(READING),
    args: 'channel! include_locale include_num_members',
    run: (call) => ({ channel: channelJson(call.core.world, channelOf(call)) }),
  },
  'conversations.members': {
    token: 'bot',
    tier: 4,
    scopes: byChannel(READING),
    args: 'channel! cursor limit',
    run: members,
  },
};

function create({ core, args }: Call) {
  const name = goodName(args.text('name'));
  if (taken(core, name)) throw new Refusal('name_taken');
  const kind = args.flag('is_private', false) ? 'private' : 'public';
  const channel = core.world.addChannel({ kind, name, creator: BOT.user });
  notice(core, channel, 'channel_join', 'has joined the channel', BOT.user);
  return { channel: channelJson(core.world, channel) };
}

/** Names are for small letters without accents, digits and two marks; anything else Slack refuses, each in words of its own. */
function goodName(name: string): string {
  if (name === '') throw new Refusal('invalid_name_required');
  if (name.length > NAME) throw new Refusal('invalid_name_maxlength');
  if (/^[-_]+$/.test(name)) throw new Refusal('invalid_name_punctuation');
  if (/[^a-z0-9_-]/.test(name)) throw new Refusal('invalid_name_specials');
  return name;
}

/** Those of archived and of private channels are taken too. */
function taken({ world }: Call['core'], name: string): boolean {
  return [...world.channels.values()].some((it) => it.kind !== 'im' && it.name === name);
}

function archive(call: Call) {
  const channel = roomOf(call);
  if (channel.archived) throw new Refusal('already_archived');
  if (channel.name === 'general') throw new Refusal('cant_archive_general');
  mustBeMember(channel);
  setArchived(call.core, channel, true, BOT.user);
  return {};
}

/**
 * Slack puts apps out of a channel that is archived, lets nobody join one, and
 * wants members for this: so a bot's token never gets a channel back. The page
 * of this method says so under "Bug alert"; a person can, in Slack's own app.
 */
function unarchive(call: Call): never {
  const channel = roomOf(call);
  throw new Refusal(channel.archived ? 'not_in_channel' : 'not_archived');
}

/** By the app, or by a person. */
export function setArchived(core: Call['core'], channel: Channel, on: boolean, user: string): void {
  if (on) notice(core, channel, 'channel_archive', 'archived the channel', user);
  channel.archived = on;
  if (!on) notice(core, channel, 'channel_unarchive', 'un-archived the channel', user);
  tell(core, roomEvent(core, channel, on ? 'archive' : 'unarchive', user));
  if (on) channel.members.delete(BOT.user);
}

function rename(call: Call) {
  const { core, args } = call;
  const channel = roomOf(call);
  mustBeMember(channel);
  mustBeOpen(channel);
  const name = goodName(args.text('name'));
  if (name !== channel.name && taken(core, name)) throw new Refusal('name_taken');
  channel.name = name;
  notice(core, channel, 'channel_name', `has renamed the channel to "${name}"`, BOT.user);
  tell(core, roomEvent(core, channel, 'rename', BOT.user));
  return { channel: channelJson(core.world, channel) };
}

function describe(call: Call, what: 'topic' | 'purpose') {
  const { core, args } = call;
  const channel = channelOf(call);
  mustBeMember(channel);
  mustBeOpen(channel);
  const given = args.text(what);
  if (given.length > DESCRIPTION) throw new Refusal('too_long');
  const value = escaped(given);
  const isNew = channel[what].value !== value;
  channel[what] = { value, creator: BOT.user, last_set: core.world.seconds() };
  if (isNew) notice(core, channel, `channel_${what}`, `set the channel ${what}: ${value}`, BOT.user);
  return { channel: channelJson(core.world, channel), [what]: value };
}

function invite(call: Call) {
  const { core, args } = call;
  const channel = roomOf(call);
  mustBeMember(channel);
  mustBeOpen(channel);
  const users = args.ids('users');
  if (users.length === 0) throw new Refusal('no_user');
  if (users.length > MOST_INVITED) throw new Refusal('too_many_users');
  const errors = users.flatMap((user) => {
    const error = whyNotInvited(core, channel, user);
    return error === null ? [] : [{ user, ok: false, error }];
  });
  // One who cannot be invited stops all of them, unless it is forced.
  const stops = errors.length === users.length || !args.flag('force', false);
  if (errors[0] && stops) throw new Refusal(errors[0].error, { errors });
  const bad = new Set(errors.map(({ user }) => user));
  for (const user of users) if (!bad.has(user)) add(core, channel, user, BOT.user);
  return { channel: channelJson(core.world, channel), ...(errors.length > 0 ? { errors } : null) };
}

function whyNotInvited({ world }: Call['core'], channel: Channel, id: string): string | null {
  const user = world.users.get(id);
  if (id === BOT.user) return 'cant_invite_self';
  if (!user) return 'user_not_found';
  if (user.deleted) return 'cant_invite';
  return channel.members.has(id) ? 'already_in_channel' : null;
}

/** Somebody is in the channel from now on. */
export function add(core: Call['core'], channel: Channel, user: string, inviter?: string): void {
  if (channel.members.has(user)) return;
  channel.members.add(user);
  notice(core, channel, 'channel_join', 'has joined the channel', user);
  tell(core, joined(core, channel, user, inviter));
}

function kick(call: Call) {
  const channel = roomOf(call);
  mustBeMember(channel);
  const user = call.args.text('user');
  if (user === BOT.user) throw new Refusal('cant_kick_self');
  if (!channel.members.delete(user)) throw new Refusal('not_in_channel');
  return {};
}

function join(call: Call) {
  const channel = roomOf(call);
  mustBeOpen(channel);
  if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
  const wasIn = channel.members.has(BOT.user);
  add(call.core, channel, BOT.user);
  const warning = wasIn
    ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
    : null;
  return { channel: channelJson(call.core.world, channel), ...warning };
}

function leave(call: Call) {
  const channel = roomOf(call);
  return channel.members.delete(BOT.user) ? {} : { not_in_channel: true };
}

function members(call: Call) {
  const channel = channelOf(call);
  const { page, next } = paged([...channel.members], call, 1000);
  return { members: page, response_metadata: { next_cursor: next } };
}

/** What Slack itself writes into a channel when something about it changes. */
function notice(core: Call['core'], channel: Channel, subtype: string, words: string, user: string): void {
  const message = core.world.addMessage({
    channel: channel.id,
    user,
    subtype,
    isOurs: false,
    text: `<@${user}> ${words}`,
  });
  tell(core, ...written(core, message));
}
