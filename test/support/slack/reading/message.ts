import type { SeenMessage } from '#test/support/fake-platform.ts';
import { objectsOf, textOf } from '#test/support/slack/json.ts';
import type { Message, World } from '#test/support/slack/world.ts';

import { controlsIn, readBlocks } from './blocks.ts';
import { characterOf } from './emoji.ts';
import { joined, NOTHING, readMrkdwn, type Read } from './mrkdwn.ts';

export function messageId({ channel, ts }: Message): string {
  return `${channel}:${ts}`;
}

export function seenMessage(world: World, message: Message): SeenMessage {
  const { text, notified, links } = readMessage(world, message);
  const controls = controlsIn(world, allBlocks(message));
  const isLabelled = (isOption: boolean) =>
    controls.filter((it) => it.isOption === isOption).map(({ label }) => label);
  return {
    id: messageId(message),
    room: message.channel,
    text,
    author: message.isOurs ? 'bot' : message.user,
    buttons: isLabelled(false),
    options: isLabelled(true),
    notified,
    links,
    pinned: message.pinned,
    private: message.onlyFor !== null,
    reactions: Object.fromEntries(
      [...message.reactions].map(([name, users]) => [characterOf(name) ?? name, users.length]),
    ),
    files: message.files.flatMap((id) => {
      const file = world.files.get(id);
      return file ? [{ name: file.name, bytes: file.bytes }] : [];
    }),
  };
}

export function allBlocks({ blocks, attachments }: Message) {
  return [...blocks, ...attachments.flatMap((it) => objectsOf(it['blocks']))];
}

/** Where there are blocks, the text is for notifications: it is not seen, but whom it mentions is told. */
export function readMessage(world: World, message: Message): Read {
  const { text, blocks, attachments, parsesNames, formats } = message;
  const own = readMrkdwn(world, text, { links: blocks.length === 0, names: parsesNames, formats });
  const shown = blocks.length > 0 ? readBlocks(world, blocks) : own;
  const beside = attachments.map((it) => readAttachment(world, it));
  const all = joined([shown, ...beside], '\n');
  // Whom something mentions in an attachment is shown as mentioned, and not told.
  const notified = [...new Set([...shown.notified, ...own.notified])];
  return { ...all, notified };
}

function readAttachment(world: World, attachment: Readonly<Record<string, unknown>>): Read {
  const blocks = objectsOf(attachment['blocks']);
  if (blocks.length > 0) return readBlocks(world, blocks);
  const texts = ['pretext', 'title', 'text'].map((it) => textOf(attachment[it]));
  const fields = objectsOf(attachment['fields']).flatMap((it) => [textOf(it['title']), textOf(it['value'])]);
  const read = [...texts, ...fields, textOf(attachment['footer'])].map((it) =>
    it === '' ? NOTHING : readMrkdwn(world, it, { links: true, names: false }),
  );
  return joined(read, '\n');
}
