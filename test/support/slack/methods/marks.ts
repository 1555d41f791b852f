import { setPinned } from '#test/support/slack/changes.ts';
import { reacted, tell } from '#test/support/slack/events.ts';
import type { Json } from '#test/support/slack/json.ts';
import {
  always,
  channelOf,
  messageOf,
  mustBeMember,
  mustBeOpen,
  type Call,
  type Methods,
} from '#test/support/slack/method.ts';
import { isEmojiName } from '#test/support/slack/reading/emoji.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import { messageJson } from '#test/support/slack/wire.ts';
import { BOT, type Bookmark, type Message } from '#test/support/slack/world.ts';

/** Slack's own numbers: of a channel, and of a message. */
const MOST_PINS = 100;
const MOST_BOOKMARKS = 100;
const MOST_EMOJI = 50;

export const markMethods: Methods = {
  'pins.add': {
    token: 'bot',
    tier: 2,
    scopes: always('pins:write'),
    args: 'channel! timestamp',
    run: (it) => pin(it, true),
  },
  'pins.remove': {
    token: 'bot',
    tier: 2,
    scopes: always('pins:write'),
    args: 'channel! timestamp',
    run: (it) => pin(it, false),
  },
  'pins.list': { token: 'bot', tier: 2, scopes: always('pins:read'), args: 'channel!', run: pins },
  'reactions.add': {
    token: 'bot',
    tier: 3,
    scopes: always('reactions:write'),
    args: 'channel! name! timestamp!',
    run: (it) => react(it, true),
  },
  'reactions.remove': {
    token: 'bot',
    tier: 2,
    scopes: always('reactions:write'),
    args: 'channel name! timestamp file',
    run: (it) => react(it, false),
  },
  'reactions.get': {
    token: 'bot',
    tier: 3,
    scopes: always('reactions:read'),
    args: 'channel timestamp file full',
    run: (call) => {
      const { channel, message } = messageOf(call, 'timestamp');
      return { type: 'message', channel: channel.id, message: messageJson(call.core.world, message) };
    },
  },
  'bookmarks.add': {
    token: 'bot',
    tier: 2,
    scopes: always('bookmarks:write'),
    args: 'channel_id! title! type! link emoji entity_id parent_id access_level',
    run: addBookmark,
  },
  'bookmarks.edit': {
    token: 'bot',
    tier: 2,
    scopes: always('bookmarks:write'),
    args: 'channel_id! bookmark_id! title link emoji',
    run: editBookmark,
  },
  'bookmarks.remove': {
    token: 'bot',
    tier: 2,
    scopes: always('bookmarks:write'),
    args: 'channel_id! bookmark_id! quip_section_id',
    run: removeBookmark,
  },
  'bookmarks.list': {
    token: 'bot',
    tier: 3,
    scopes: always('bookmarks:read'),
    args: 'channel_id!',
    run: (call) => {
      const channel = channelOf(call, 'channel_id');
      return { bookmarks: channel.bookmarks.map((it) => bookmarkJson(channel.id, it)) };
    },
  },
};

function pin(call: Call, on: boolean) {
  const { core, args } = call;
  if (!args.has('timestamp')) throw new Refusal('no_item_specified');
  const { channel, message } = messageOf(call, 'timestamp');
  mustBeMember(channel);
  mustBeOpen(channel);
  if (message.pinned === on) throw new Refusal(on ? 'already_pinned' : 'not_pinned');
  if (on && core.world.messagesIn(channel.id).filter((it) => it.pinned).length >= MOST_PINS) {
    throw new Refusal('too_many_pins');
  }
  tell(core, ...setPinned(core, message, BOT.user, on));
  return {};
}

function pins(call: Call) {
  const { world } = call.core;
  const channel = channelOf(call);
  const items = world.messagesIn(channel.id).filter((it) => it.pinned);
  return {
    items: items.map((it) => ({
      type: 'message',
      channel: channel.id,
      created: world.seconds(),
      created_by: it.user,
      message: messageJson(world, it),
    })),
  };
}

function react(call: Call, on: boolean) {
  const { core, args } = call;
  const { channel, message } = messageOf(call, 'timestamp');
  mustBeMember(channel);
  if (channel.archived) throw new Refusal('is_archived');
  const name = args.text('name');
  if (!isEmojiName(name)) throw new Refusal('invalid_name');
  mark(message, BOT.user, name, on);
  tell(core, reacted(core, message, BOT.user, name, on));
  return {};
}

/** Somebody puts an emoji to a message, or takes it off. */
export function mark({ reactions }: Message, user: string, name: string, on: boolean): void {
  const users = reactions.get(name) ?? [];
  if (users.includes(user) === on) throw new Refusal(on ? 'already_reacted' : 'no_reaction');
  if (on && users.length === 0 && reactions.size >= MOST_EMOJI) throw new Refusal('too_many_emoji');
  const rest = on ? [...users, user] : users.filter((it) => it !== user);
  if (rest.length > 0) reactions.set(name, rest);
  else reactions.delete(name);
}

function addBookmark(call: Call) {
  const { core, args } = call;
  const channel = channelOf(call, 'channel_id');
  mustBeMember(channel);
  mustBeOpen(channel);
  if (args.text('type') !== 'link') throw new Refusal('invalid_bookmark_type');
  if (channel.bookmarks.length >= MOST_BOOKMARKS) throw new Refusal('too_many_bookmarks');
  const bookmark = {
    id: core.world.nextId('Bk'),
    title: args.text('title'),
    link: webAddress(args.text('link')),
    emoji: args.has('emoji') ? args.text('emoji') : null,
  };
  channel.bookmarks.push(bookmark);
  return { bookmark: bookmarkJson(channel.id, bookmark) };
}

function webAddress(link: string): string {
  if (!/^https?:\/\//.test(link) || !URL.canParse(link)) throw new Refusal('invalid_link');
  return link;
}

function bookmarkOf(call: Call): { channel: string; bookmarks: Bookmark[]; bookmark: Bookmark } {
  const channel = channelOf(call, 'channel_id');
  mustBeMember(channel);
  const bookmark = channel.bookmarks.find((it) => it.id === call.args.text('bookmark_id'));
  if (!bookmark) throw new Refusal('not_found');
  return { channel: channel.id, bookmarks: channel.bookmarks, bookmark };
}

function editBookmark(call: Call) {
  const { channel, bookmark } = bookmarkOf(call);
  const { args } = call;
  if (args.has('title')) bookmark.title = args.text('title');
  if (args.has('link')) bookmark.link = webAddress(args.text('link'));
  if (args.has('emoji')) bookmark.emoji = args.text('emoji');
  return { bookmark: bookmarkJson(channel, bookmark) };
}

function removeBookmark(call: Call) {
  const { bookmarks, bookmark } = bookmarkOf(call);
  bookmarks.splice(bookmarks.indexOf(bookmark), 1);
  return {};
}

function bookmarkJson(channel: string, { id, title, link, emoji }: Bookmark): Json {
  return {
    id,
    channel_id: channel,
    title,
    link,
    emoji,
    icon_url: null,
    type: 'link',
    entity_id: null,
    date_created: 1_700_000_000,
    date_updated: 0,
    rank: 'i',
    last_updated_by_user_id: BOT.user,
    last_updated_by_team_id: null,
    shortcut_id: null,
    app_id: null,
  };
}
