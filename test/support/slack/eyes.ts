import type { FakePlatform, SeenMessage, SeenRoom } from '#test/support/fake-platform.ts';

import type { Core } from './core.ts';
import { seenForm } from './forms.ts';
import { objectsOf } from './json.ts';
import { controlsIn, readBlocks } from './reading/blocks.ts';
import { withEmoji } from './reading/emoji.ts';
import { unescaped } from './reading/entities.ts';
import { seenMessage } from './reading/message.ts';
import { BOT, type Channel, type Message, type World } from './world.ts';

type Eyes = Pick<FakePlatform, 'messages' | 'below' | 'direct' | 'form' | 'home' | 'room' | 'rooms'>;

/** What people see. */
export function eyes(core: Core): Eyes {
  const { world } = core;
  const main = (reader: string, channel: string) =>
    visibleIn(world, reader, channel)
      .filter((it) => it.threadTs === null || it.broadcast)
      .map((it) => seenMessage(world, it));

  return {
    messages: (reader, room) => main(reader.id, room),
    below(reader, message) {
      const [channel = '', ts = ''] = message.split(':');
      const thread = visibleIn(world, reader.id, channel).filter((it) => it.threadTs === ts);
      return thread.map((it) => seenMessage(world, it));
    },
    direct(reader) {
      const channel = [...world.channels.values()].find((it) => it.peer === reader.id);
      return channel ? main(reader.id, channel.id) : [];
    },
    form: (reader) => seenForm(core, reader.id),
    home: (reader) => seenHome(core, reader.id),
    room(id) {
      const channel = world.channels.get(id);
      return channel && channel.kind !== 'im' ? seenRoom(channel) : null;
    },
    rooms: (reader) =>
      [...world.channels.values()]
        .filter((it) => it.kind !== 'im' && world.sees(reader.id, it))
        .map(seenRoom),
  };
}

/** What a person wrote is shown as theirs; what Slack itself writes when a room changes is left out. */
const WRITTEN = new Set([null, 'file_share', 'thread_broadcast']);

/** All messages of a channel that somebody sees, threads included, oldest first. */
export function visibleIn(world: World, reader: string, id: string): readonly Message[] {
  const channel = world.channels.get(id);
  if (!channel || !world.sees(reader, channel)) return [];
  return world
    .messagesIn(id)
    .filter((it) => WRITTEN.has(it.subtype) && (it.onlyFor === null || it.onlyFor === reader));
}

function seenRoom({ id, name, topic, archived, kind, members, bookmarks }: Channel): SeenRoom {
  return {
    id,
    name,
    topic: withEmoji(unescaped(topic.value)),
    archived,
    private: kind === 'private',
    members: [...members].filter((it) => it !== BOT.user),
    bookmarks: bookmarks.map(({ title }) => title),
  };
}

function seenHome({ world, views }: Core, reader: string): SeenMessage | null {
  const view = views.home(reader);
  if (!view) return null;
  const blocks = objectsOf(view.body['blocks']);
  const controls = controlsIn(world, blocks);
  return {
    id: view.id,
    room: '',
    ...readBlocks(world, blocks),
    author: 'bot',
    buttons: controls.filter(({ isOption }) => !isOption).map(({ label }) => label),
    options: controls.filter(({ isOption }) => isOption).map(({ label }) => label),
    pinned: false,
    private: true,
    reactions: {},
    files: [],
  };
}
