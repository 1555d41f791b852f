import type { Core } from './core.ts';
import type { Delivery } from './deliveries.ts';
import type { Json } from './json.ts';
import { messageJson, permalinkOf, userJson } from './wire.ts';
import { APP_ID, BOT, TEAM, type Channel, type Message } from './world.ts';

/** What the app is told of; null where it is not, because it did not ask to be or is not there. */
export type Told = Delivery | null;

export function envelope(core: Core, event: Json): Delivery {
  const { world, tokens } = core;
  return {
    kind: 'events_api',
    payload: {
      token: tokens.verification,
      team_id: TEAM.id,
      context_team_id: TEAM.id,
      context_enterprise_id: null,
      api_app_id: APP_ID,
      event: { ...event, event_ts: event['event_ts'] ?? world.nextTs() },
      type: 'event_callback',
      event_id: world.nextId('Ev'),
      event_time: world.seconds(),
      authorizations: [
        {
          enterprise_id: null,
          team_id: TEAM.id,
          user_id: BOT.user,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${world.nextTs()}`,
    },
  };
}

/** Tells the app, in the background, what follows from what was called. */
export function tell(core: Core, ...told: readonly Told[]): void {
  for (const delivery of told) if (delivery) core.post.inBackground(delivery);
}

/** Tells the app what a person did; resolves when it is acknowledged. */
export async function telling(core: Core, ...told: readonly Told[]): Promise<void> {
  await Promise.all(told.map(async (it) => (it ? await core.post.deliver(it) : undefined)));
}

export function written(core: Core, message: Message): readonly Told[] {
  const channel = core.world.channels.get(message.channel);
  if (!channel || message.onlyFor !== null) return [];
  const isTheirs = message.subtype === null && !message.isOurs;
  const mentions = isTheirs && message.text.includes(`<@${BOT.user}>`) && channel.kind !== 'im';
  const about = { channel: channel.id, event_ts: message.ts };
  return [
    inRoom(core, channel, messageKind(channel), {
      ...messageJson(core.world, message),
      ...about,
      channel_type: typeOf(channel),
    }),
    mentions
      ? inRoom(core, channel, 'app_mention', {
          ...messageJson(core.world, message),
          ...about,
          type: 'app_mention',
        })
      : null,
  ];
}

export function changed(core: Core, before: Json, message: Message): Told {
  return hidden(core, message, 'message_changed', {
    message: { ...messageJson(core.world, message), source_team: TEAM.id, user_team: TEAM.id },
    previous_message: before,
  });
}

/** Slack adds to somebody's message what it found at its first address, and says that it was changed. */
export function previewed(core: Core, message: Message): Told {
  const json = messageJson(core.world, message);
  const url =
    message.blocks.length > 0
      ? /"url":"(https?:[^"]+)"/.exec(JSON.stringify(message.blocks))?.[1]
      : undefined;
  if (url === undefined) return null;
  const attachments = [
    { id: 1, from_url: url, original_url: url, title: 'What is found there', fallback: url },
  ];
  const after = { ...json, attachments };
  return hidden(core, message, 'message_changed', { message: after, previous_message: json });
}

export function deleted(core: Core, message: Message): Told {
  const before = messageJson(core.world, message);
  return hidden(core, message, 'message_deleted', { previous_message: before, deleted_ts: message.ts });
}

export function reacted(core: Core, message: Message, user: string, name: string, on: boolean): Told {
  const type = on ? 'reaction_added' : 'reaction_removed';
  const item = { type: 'message', channel: message.channel, ts: message.ts };
  return at(core, message, type, { type, user, reaction: name, item, item_user: message.user });
}

export function pinned(core: Core, message: Message, user: string, on: boolean): Told {
  const { world } = core;
  const { channel, ts } = message;
  const type = on ? 'pin_added' : 'pin_removed';
  const json = { ...messageJson(world, message), permalink: permalinkOf(channel, ts) };
  const pins = world.messagesIn(channel).filter((it) => it.pinned).length;
  return at(core, message, type, {
    type,
    user,
    channel_id: channel,
    item: { type: 'message', created: world.seconds(), created_by: user, channel, message: json },
    item_user: message.user,
    pin_count: String(pins),
    ...(on
      ? { pinned_info: { channel, pinned_by: user, pinned_ts: world.seconds() } }
      : { has_pins: pins > 0 }),
  });
}

export function joined(core: Core, channel: Channel, user: string, inviter?: string): Told {
  const type = 'member_joined_channel';
  const letter = channel.kind === 'private' ? 'G' : 'C';
  const by = inviter === undefined ? null : { inviter };
  return inRoom(core, channel, type, {
    type,
    user,
    channel: channel.id,
    channel_type: letter,
    team: TEAM.id,
    ...by,
  });
}

/** `what` is archive, unarchive, rename or deleted; a private channel's have names of their own. */
export function roomEvent(core: Core, channel: Channel, what: string, user: string): Told {
  const type = `${channel.kind === 'private' ? 'group' : 'channel'}_${what}`;
  const { id, name, created } = channel;
  const about =
    what === 'rename'
      ? { channel: { id, name, name_normalized: name, created, is_channel: channel.kind === 'public' } }
      : what === 'deleted'
        ? { channel: id, actor_id: user }
        : { channel: id, user };
  return inRoom(core, channel, type, { type, ...about });
}

export function homeOpened(core: Core, user: string, view: Json | null): Told {
  const type = 'app_home_opened';
  const channel = core.world.directWith(user).id;
  return subscribed(core, type, { type, user, channel, tab: 'home', ...(view ? { view } : null) });
}

export function userChanged(core: Core, userId: string): Told {
  const user = core.world.users.get(userId);
  return user ? subscribed(core, 'user_change', { type: 'user_change', user: userJson(user, false) }) : null;
}

export function tokensRevoked(core: Core): Told {
  return subscribed(core, 'tokens_revoked', {
    type: 'tokens_revoked',
    tokens: { oauth: [], bot: [BOT.user] },
  });
}

export function uninstalled(core: Core): Told {
  return subscribed(core, 'app_uninstalled', { type: 'app_uninstalled' });
}

function hidden(core: Core, message: Message, subtype: string, about: Json): Told {
  const channel = core.world.channels.get(message.channel);
  if (!channel || message.onlyFor !== null) return null;
  const ts = core.world.nextTs();
  const common = {
    type: 'message',
    subtype,
    hidden: true,
    channel: channel.id,
    channel_type: typeOf(channel),
  };
  return inRoom(core, channel, messageKind(channel), { ...common, ...about, ts, event_ts: ts });
}

function at(core: Core, message: Message, type: string, event: Json): Told {
  const channel = core.world.channels.get(message.channel);
  return channel ? inRoom(core, channel, type, event) : null;
}

/** Where it is not a member, the app is told nothing. */
function inRoom(core: Core, channel: Channel, name: string, event: Json): Told {
  return channel.members.has(BOT.user) ? subscribed(core, name, event) : null;
}

function subscribed(core: Core, name: string, event: Json): Told {
  return core.settings.events.includes(name) ? envelope(core, event) : null;
}

function messageKind({ kind }: Channel): string {
  return { public: 'message.channels', private: 'message.groups', im: 'message.im' }[kind];
}

function typeOf({ kind }: Channel): string {
  return { public: 'channel', private: 'group', im: 'im' }[kind];
}
