import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { takeAway } from '#test/support/slack/changes.ts';
import { tell, written } from '#test/support/slack/events.ts';
import { textOf } from '#test/support/slack/json.ts';
import {
  always,
  channelOf,
  mustBeMember,
  mustBeOpen,
  type Call,
  type Methods,
} from '#test/support/slack/method.ts';
import { Refusal } from '#test/support/slack/refusal.ts';
import { fileJson } from '#test/support/slack/wire.ts';
import { BOT, type StoredFile } from '#test/support/slack/world.ts';

import { contentOf } from './chat.ts';

/** A file is shown in the channel a little after it was said to be complete. */
const SHOWN_MS = 60;

export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    token: 'bot',
    tier: 4,
    scopes: always('files:write'),
    args: 'filename! length! alt_text alt_txt snippet_type',
    run: getUploadUrl,
  },
  'files.completeUploadExternal': {
    token: 'bot',
    tier: 4,
    scopes: always('files:write'),
    args: 'files! channel_id channels initial_comment thread_ts blocks',
    run: complete,
  },
  'files.info': {
    token: 'bot',
    tier: 4,
    scopes: always('files:read'),
    args: 'file! count page limit cursor',
    run: info,
  },
  'files.delete': { token: 'bot', tier: 3, scopes: always('files:write'), args: 'file!', run: remove },
};

function getUploadUrl({ core, args }: Call) {
  const length = args.whole('length', 0, 1_000_000_000);
  const file: StoredFile = {
    id: core.world.nextId('F'),
    name: args.text('filename'),
    user: BOT.user,
    title: args.text('filename'),
    type: 'application/octet-stream',
    bytes: new Uint8Array(),
    length,
    ticket: randomUUID(),
    uploaded: false,
    completed: false,
    shares: [],
  };
  core.world.files.set(file.id, file);
  return { upload_url: `${core.url()}/upload/v1/${file.ticket}`, file_id: file.id };
}

function complete(call: Call) {
  const { core, args } = call;
  const { world } = core;
  const named = args.list('files', 'invalid_arguments') ?? [];
  const files = named.map((it) => {
    const file = world.files.get(textOf(it['id']));
    if (!file || !file.uploaded || file.completed || file.user !== BOT.user) {
      throw new Refusal('file_not_found');
    }
    return { file, title: textOf(it['title']) || file.name };
  });
  if (files.length === 0) throw new Refusal('no_file_data');
  const hasChannel = args.has('channel_id');
  const channel = hasChannel ? channelOf(call, 'channel_id') : null;
  if (channel) {
    mustBeMember(channel);
    mustBeOpen(channel);
  }
  const { blocks = [] } = contentOf(call);
  for (const { file, title } of files) Object.assign(file, { title, completed: true });
  const words = args.text('initial_comment');
  const threadTs = args.has('thread_ts') ? args.text('thread_ts') : null;
  const show = async (id: string) => {
    await sleep(SHOWN_MS, null, { ref: false });
    const ids = files.map(({ file }) => file.id);
    const message = world.addMessage({
      channel: id,
      user: BOT.user,
      text: words,
      blocks,
      threadTs,
      files: ids,
      subtype: 'file_share',
    });
    for (const { file } of files) file.shares.push({ channel: id, ts: message.ts });
    tell(core, ...written(core, message));
  };
  if (channel) void show(channel.id);
  return { files: files.map(({ file, title }) => ({ id: file.id, title })) };
}

function fileOf({ core, args }: Call): StoredFile {
  const file = core.world.files.get(args.text('file'));
  const isSeen = (it: { channel: string }) =>
    core.world.channels.get(it.channel)?.members.has(BOT.user) === true;
  if (!file || !(file.user === BOT.user || file.shares.some(isSeen))) throw new Refusal('file_not_found');
  return file;
}

function info(call: Call) {
  const file = fileOf(call);
  return { file: fileJson(call.core.world, file.id), comments: [], response_metadata: { next_cursor: '' } };
}

function remove(call: Call) {
  const { world } = call.core;
  const file = fileOf(call);
  if (file.user !== BOT.user) throw new Refusal('cant_delete_file');
  world.files.delete(file.id);
  for (const { channel, ts } of file.shares) {
    const message = world.messageAt(channel, ts);
    if (!message) continue;
    tell(call.core, takeAway(call.core, message));
  }
  return {};
}
