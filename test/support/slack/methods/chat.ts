import { takeAway } from '#test/support/slack/changes.ts';
import { refusedBlocks } from '#test/support/slack/checks/message.ts';
import { changed, tell, written } from '#test/support/slack/events.ts';
import { textOf, type Json } from '#test/support/slack/json.ts';
import {
  always,
  channelOf,
  messageOf,
  mustBeMember,
  mustBeOpen,
  none,
  type Call,
  type Methods,
} from '#test/support/slack/method.ts';
import { badly, Refusal } from '#test/support/slack/refusal.ts';
import { namedBlocks } from '#test/support/slack/views.ts';
import { messageJson, permalinkOf } from '#test/support/slack/wire.ts';
import { BOT, type Channel, type Message } from '#test/support/slack/world.ts';

/** Slack's own numbers, in characters. */
const TEXT = 40_000;
const METADATA = 8000;
const MOST_ATTACHMENTS = 100;

const CONTENT = 'text blocks attachments';
const POST =
  'channel! markdown_text metadata mrkdwn parse link_names reply_broadcast thread_ts unfurl_links unfurl_media username icon_emoji icon_url';

/** A name or a picture of its own needs a scope of its own. */
function posting({ args }: Call) {
  const isDressed = ['username', 'icon_emoji', 'icon_url'].some((it) => args.has(it));
  return isDressed ? [['chat:write'], ['chat:write.customize']] : [['chat:write']];
}

export const chatMethods: Methods = {
  'chat.postMessage': { token: 'bot', tier: 'post', scopes: posting, args: `${POST} ${CONTENT}`, run: post },
  'chat.postEphemeral': {
    token: 'bot',
    tier: 4,
    scopes: posting,
    args: `channel! user! markdown_text mrkdwn parse link_names thread_ts username icon_emoji icon_url ${CONTENT}`,
    run: whisper,
  },
  'chat.update': {
    token: 'bot',
    tier: 3,
    scopes: always('chat:write'),
    args: `channel! ts! file_ids link_names markdown_text metadata parse reply_broadcast ${CONTENT}`,
    run: update,
  },
  'chat.delete': { token: 'bot', tier: 3, scopes: always('chat:write'), args: 'channel! ts!', run: remove },
  'chat.getPermalink': {
    token: 'bot',
    tier: 'special',
    scopes: none,
    args: 'channel! message_ts!',
    run: permalink,
  },
};

/** What a message says: its parts are undefined where they were not given. */
interface Content {
  readonly text: string | undefined;
  readonly blocks: readonly Json[] | undefined;
  readonly attachments: readonly Json[] | undefined;
  /** Null: that there was is taken away. */
  readonly metadata: Json | null | undefined;
}

export function contentOf({ args }: Call): Content {
  const text = args.has('text') ? args.text('text').trim() : undefined;
  if (text !== undefined && text.length > TEXT) throw new Refusal('msg_too_long');
  if (args.has('markdown_text')) {
    throw new Refusal('not_supported_here', { why: 'the eyes cannot read markdown_text' });
  }
  const blocks = args.list('blocks', 'invalid_blocks_format') ?? undefined;
  const attachments = args.list('attachments', 'invalid_attachments') ?? undefined;
  if ((attachments?.length ?? 0) > MOST_ATTACHMENTS) throw new Refusal('too_many_attachments');
  const refusal = refusedBlocks(blocks ?? [], attachments ?? []);
  if (refusal) throw refusal;
  return {
    text,
    blocks: blocks && namedBlocks(blocks),
    attachments: attachments?.map((it) =>
      Array.isArray(it['blocks']) ? { ...it, blocks: namedBlocks(it['blocks']) } : it,
    ),
    metadata: metadataOf(args.object('metadata')),
  };
}

function metadataOf(metadata: Json | null): Json | null | undefined {
  if (!metadata) return undefined;
  if (Object.keys(metadata).length === 0) return null;
  const { event_type: type, event_payload: payload } = metadata;
  if (textOf(type) === '' || typeof payload !== 'object' || payload === null) {
    throw badly('invalid_metadata_format', [
      'event_type and event_payload are required [json-pointer:/metadata]',
    ]);
  }
  if (JSON.stringify(payload).length > METADATA) throw new Refusal('metadata_too_large');
  return metadata;
}

function mustSay({ text, blocks, attachments }: Content): void {
  if (!text && !blocks?.length && !attachments?.length) throw new Refusal('no_text');
}

function post(call: Call) {
  const { core, args } = call;
  const channel = destination(call);
  mustBeOpen(channel);
  const peer = core.world.users.get(channel.peer ?? '');
  if (peer?.deleted) throw new Refusal('user_disabled');
  const content = contentOf(call);
  mustSay(content);
  const threadTs = threadOf(call, channel);
  const message = core.world.addMessage({
    channel: channel.id,
    user: BOT.user,
    text: content.text ?? '',
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    metadata: content.metadata ?? null,
    threadTs,
    broadcast: threadTs !== null && args.flag('reply_broadcast', false),
    parsesNames: parsesNames(call),
    formats: args.flag('mrkdwn', true),
    unfurls: args.flag('unfurl_links', true) || args.flag('unfurl_media', true),
  });
  tell(core, ...written(core, message));
  return { channel: channel.id, ts: message.ts, message: messageJson(core.world, message) };
}

function parsesNames({ args }: Call): boolean {
  return args.flag('link_names', false) || args.text('parse') === 'full';
}

/** A person's id stands for the conversation with them. In a public channel the app may post from outside, with a scope for that. */
function destination(call: Call): Channel {
  const { world } = call.core;
  const id = call.args.text('channel');
  const user = world.users.get(id);
  if (user && !user.isBot) return world.directWith(id);
  const channel = channelOf(call);
  const scopes = call.core.settings.scopes;
  if (!channel.members.has(BOT.user) && !scopes.includes('chat:write.public')) {
    throw new Refusal('not_in_channel');
  }
  return channel;
}

function threadOf({ core, args }: Call, channel: Channel): string | null {
  if (!args.has('thread_ts')) return null;
  const parent = core.world.messageAt(channel.id, args.text('thread_ts'));
  if (!parent || parent.onlyFor !== null) throw new Refusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function whisper(call: Call) {
  const { core, args } = call;
  const channel = channelOf(call);
  mustBeMember(channel);
  mustBeOpen(channel);
  const user = args.text('user');
  if (!core.world.users.has(user)) throw new Refusal('user_not_found');
  if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
  const content = contentOf(call);
  mustSay(content);
  const message = core.world.addMessage({
    channel: channel.id,
    user: BOT.user,
    text: content.text ?? '',
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    threadTs: threadOf(call, channel),
    onlyFor: user,
    parsesNames: parsesNames(call),
    formats: args.flag('mrkdwn', true),
  });
  return { message_ts: message.ts };
}

function update(call: Call) {
  const { core } = call;
  const { channel, message } = messageOf(call, 'ts');
  if (!message.isOurs) throw new Refusal('cant_update_message');
  if (channel.archived) throw new Refusal('is_inactive');
  const content = contentOf(call);
  mustSay({ ...content, blocks: content.blocks ?? message.blocks });
  rewrite(call, message, content);
  return {
    channel: channel.id,
    ts: message.ts,
    text: message.text,
    message: messageJson(core.world, message),
  };
}

/** What is not given stays as it was. */
export function rewrite({ core }: Pick<Call, 'core'>, message: Message, content: Content): void {
  const before = messageJson(core.world, message);
  message.text = content.text ?? message.text;
  message.blocks = content.blocks ?? message.blocks;
  message.attachments = content.attachments ?? message.attachments;
  message.metadata = content.metadata === undefined ? message.metadata : content.metadata;
  message.edited = { user: BOT.user, ts: core.world.nextTs() };
  tell(core, changed(core, before, message));
}

function remove(call: Call) {
  const { channel, message } = messageOf(call, 'ts');
  if (!message.isOurs) throw new Refusal('cant_delete_message');
  tell(call.core, takeAway(call.core, message));
  return { channel: channel.id, ts: message.ts };
}

function permalink(call: Call) {
  const { channel, message } = messageOf(call, 'message_ts');
  return { channel: channel.id, permalink: permalinkOf(channel.id, message.ts) };
}
