import type { FakePerson, FakePlatform, SeenMessage, SeenRoom } from '#test/support/fake-platform.ts';

import { textOf } from '../json.ts';
import type { Notice, Stage } from '../stage.ts';
import type { Channel, Posted, TeamsPerson } from '../world.ts';
import { cardsOf } from './cards.ts';
import { emojiOf } from './emoji.ts';
import { formSeen } from './forms.ts';
import { readPlain } from './markup.ts';
import { mentionedBy, readActivity } from './reading.ts';

/** A targeted message is on people's screens for so long. */
const TARGETED_MS = 24 * 3_600_000;

/** In a room that is a thread: the lines of its post, and the words that say it is closed. */
const CLOSED = /^archived\b/i;

type Eyes = Pick<FakePlatform, 'messages' | 'below' | 'direct' | 'form' | 'home' | 'room' | 'rooms'>;

/** What people see: of channels, of threads that are rooms, of their chat with the bot. */
export function eyesOn(stage: Stage): Eyes {
  const { world } = stage;
  const personOf = (reader: FakePerson) => world.person(reader.id);
  return {
    messages(reader, room) {
      const who = personOf(reader);
      return who ? inRoom(stage, who, room).map((it) => it.seen) : [];
    },
    below(reader, message) {
      const who = personOf(reader);
      const above = world.message(message);
      if (!who || !above || !maySee(stage, who, above)) return [];
      const isBelow = (it: Posted) =>
        above.root === above.id ? it.root === above.id && it !== above : it.replyTo === above.id;
      return world.posted
        .filter((it) => isBelow(it) && maySee(stage, who, it))
        .map((it) => seen(stage, who, it));
    },
    direct(reader) {
      const who = personOf(reader);
      return who && world.hasChat(who)
        ? inPlace(stage, who, world.chatWith(who), null).map((it) => it.seen)
        : [];
    },
    form: (reader) => formSeen(stage, reader),
    home(reader) {
      const who = personOf(reader);
      if (!who || !world.hasChat(who)) return null;
      const chat = world.posted.filter(
        (it) => it.conversation === world.chatWith(who) && it.author === 'bot' && !it.deleted,
      );
      const page =
        chat.findLast((it) => cardsOf(it.activity).some((card) => card['refresh'] !== undefined)) ??
        chat.at(-1);
      return page ? seen(stage, who, page) : null;
    },
    room: (id) => roomSeen(stage, id),
    rooms(reader) {
      const who = personOf(reader);
      if (!who) return [];
      const found = world.channels
        .filter((it) => !it.deleted && world.membersOf(it).includes(who))
        .map((it) => it.id);
      const threads = world.posted.filter(
        (it) =>
          it.conversation === stage.lobby &&
          it.author === 'bot' &&
          it.root === it.id &&
          maySee(stage, who, it),
      );
      const ids =
        stage.rooms === 'thread' ? [...found, ...threads.map((it) => world.conversationOf(it))] : found;
      return ids.map((id) => roomSeen(stage, id)).filter((it) => it !== null);
    },
  };
}

/** What stands in the main flow of a room, and who is shown it. */
export function inRoom(stage: Stage, who: TeamsPerson, room: string): readonly Shown[] {
  const { world } = stage;
  const place = world.place(room);
  if (!place) return [];
  if (place.kind === 'chat') return place.person === who ? inPlace(stage, who, place.id, null) : [];
  if (!world.membersOf(place.channel).includes(who)) return [];
  return inPlace(stage, who, place.channel.id, place.root);
}

export interface Shown {
  readonly posted: Posted | null;
  readonly seen: SeenMessage;
}

/** A thread's post is its head and no message of it; in a channel what stands below a post is not in the main flow. */
function inPlace(
  stage: Stage,
  who: TeamsPerson,
  conversation: string,
  thread: Posted | null,
): readonly Shown[] {
  const isIn = (it: Posted) =>
    thread ? it.root === thread.id && it !== thread : it.root === null || it.root === it.id || it.to !== null;
  const posts = stage.world.posted
    .filter((it) => it.conversation === conversation && isIn(it) && maySee(stage, who, it))
    .map((posted) => ({ posted, seen: seen(stage, who, posted), at: posted.id }));
  const notices = stage.notices
    .filter((it) => it.who === who && it.conversation === conversation)
    .map((it) => ({ posted: null, seen: noticed(it), at: it.id }));
  return [...posts, ...notices].toSorted((a, b) => Number(a.at) - Number(b.at));
}

export function maySee({ world }: Stage, who: TeamsPerson, posted: Posted): boolean {
  if (posted.deleted) return false;
  if (posted.to !== null) {
    const isFor = posted.to === who.id;
    return isFor && world.now().getTime() - posted.at.getTime() <= TARGETED_MS;
  }
  if (posted.root === null) return world.hasChat(who) && world.chatWith(who) === posted.conversation;
  const channel = world.channel(posted.conversation);
  return channel !== null && world.membersOf(channel).includes(who);
}

export function seen(stage: Stage, who: TeamsPerson, posted: Posted): SeenMessage {
  const { world } = stage;
  const view = posted.views.get(who.id);
  const read =
    posted.author === 'bot'
      ? readActivity(posted.activity, view ? [view] : cardsOf(posted.activity))
      : { ...readPlain(plainOf(posted)), buttons: [], options: [] };
  return {
    id: `${world.conversationOf(posted)}|${posted.id}`,
    room: stage.rooms === 'thread' ? world.conversationOf(posted) : posted.conversation,
    ...read,
    author: posted.author,
    notified: notifiedBy(stage, posted),
    pinned: posted.pinned,
    private: posted.to !== null,
    reactions: Object.fromEntries(
      [...posted.reactions]
        .filter(([, who_]) => who_.size > 0)
        .map(([type, who_]) => [emojiOf(type), who_.size]),
    ),
    files: posted.files,
  };
}

/** People's words with their mentions drawn as names. */
function plainOf({ activity }: Posted): string {
  return mentionedIn(activity).reduce(
    (text, name) => text.replace(`<at>${name}</at>`, `@${name}`),
    textOf(activity['text']),
  );
}

function mentionedIn(activity: Posted['activity']): readonly string[] {
  const entities = (activity['entities'] ?? []) as readonly { mentioned?: { name?: string } }[];
  return entities.flatMap((it) => it.mentioned?.name ?? []);
}

function notifiedBy({ world }: Stage, posted: Posted): readonly string[] {
  const ids = mentionedBy(posted.activity).flatMap((id) => {
    if (world.channel(id)) return ['everyone'];
    const tag = world.tags.get(id);
    return tag ? [...tag.members] : [world.person(id)?.id ?? []].flat();
  });
  return [...new Set(ids)];
}

function noticed({ id, conversation, text }: Notice): SeenMessage {
  const read = readPlain(text);
  return {
    id: `${conversation}|${id}`,
    room: conversation,
    ...read,
    author: 'bot',
    buttons: [],
    options: [],
    notified: [],
    pinned: false,
    private: true,
    reactions: {},
    files: [],
  };
}

function roomSeen(stage: Stage, id: string): SeenRoom | null {
  const place = stage.world.place(id);
  if (place?.kind !== 'channel') return null;
  return place.root ? threadSeen(stage, id, place.root) : channelSeen(stage, place.channel);
}

function channelSeen(stage: Stage, channel: Channel): SeenRoom {
  const { id, name, description: topic, archived, type, members, tabs } = channel;
  const invited = mentionedAmong(stage, (it) => it.conversation === id);
  return {
    id,
    name,
    topic,
    archived,
    private: type === 'private',
    members: type === 'private' ? [...members.keys()] : invited,
    bookmarks: tabs.map((it) => it.url),
  };
}

/** The post at the top says what the room is: its name, its topic, and whether it is closed. */
function threadSeen(stage: Stage, id: string, root: Posted): SeenRoom {
  const [name = '', ...lines] = readActivity(root.activity).text.split('\n');
  const archived = lines.some((it) => CLOSED.test(it));
  const topic = lines.find((it) => !CLOSED.test(it)) ?? '';
  const members = mentionedAmong(stage, (it) => it.root === root.id);
  return { id, name, topic, archived, private: false, members, bookmarks: [] };
}

/** In a place that is open to the whole team people are added by being mentioned there. */
function mentionedAmong(stage: Stage, isThere: (it: Posted) => boolean): readonly string[] {
  const there = stage.world.posted.filter((it) => it.author === 'bot' && !it.deleted && isThere(it));
  return [...new Set(there.flatMap((it) => notifiedBy(stage, it)))];
}
