import { commands } from '#commands/index.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';

import { handsOn } from './chat-platform-hands.ts';
import type { CallNames, Seen } from './chat-platform-seen.ts';

interface How {
  /** Null where nothing is called, because the platform is in this process. */
  readonly calls: CallNames | null;
  /** Brings the fake's eyes up to date, where they are not always. */
  readonly look?: () => Promise<void>;
  /** Whether the platform can say if something was posted, after its answer was lost; where left out, it can. */
  readonly canTell?: boolean;
  /** What the platform calls a room; where left out, the id of the reference. */
  readonly roomId?: (room: Ref) => string | Promise<string>;
  /** What the fake's eyes call a message; where left out, the id of the reference. */
  readonly messageId?: (posted: Ref) => string | Promise<string>;
}

/**
 * The contract's eyes and hands on a fake platform. `make` gives the adapter as
 * in a new process, over the same store each time; what it gave is started here
 * and stopped by `stop`.
 */
export async function seenOn(
  fake: FakePlatform,
  make: () => Promise<{ readonly platform: ChatPlatform }>,
  how: How,
): Promise<Seen & { stop(): Promise<void> }> {
  const inbox = new ListeningInbox();
  const started: ChatPlatform[] = [];
  const start = async () => {
    const { platform } = await make();
    await platform.start(inbox, commands.map(shapeOf));
    await platform.socket?.open();
    started.push(platform);
    return platform;
  };
  const platform = await start();
  const roomId = async (room: Ref) => (await how.roomId?.(room)) ?? room.id;
  const messageId = async (posted: Ref) => (await how.messageId?.(posted)) ?? posted.id;
  const person = personIn(fake);
  const ref = ({ id }: FakePerson): Ref => ({ platform: platform.name, id });
  const hands = handsOn(fake, inbox, { roomId, person });
  return {
    platform,
    ana: ref(fake.people.ana),
    bo: ref(fake.people.bo),
    guest: ref(fake.people.guest),
    inbox,
    heard: {
      get invocations() {
        return inbox.invocations;
      },
      get said() {
        return [...new Map(inbox.words.toReversed().map((it) => [it.id, it])).values()].toReversed();
      },
    },
    answers: (outcome) => void (inbox.outcome = async () => outcome),
    ...eyesOn(fake, { look: how.look ?? (async () => {}), roomId, messageId, person }),
    ...hands,
    restarted: start,
    far: how.calls && {
      trouble: fake.trouble,
      people: fake.people,
      get measured() {
        return fake.measured;
      },
      calls: how.calls,
      canTell: how.canTell ?? true,
      roomId,
      messageId,
    },
    async stop() {
      await Promise.all(started.map((it) => it.stop()));
    },
  };
}

function personIn({ people }: FakePlatform): (ref: Ref) => FakePerson {
  return ({ id }) => {
    const found = Object.values(people).find((it) => it.id === id);
    if (!found) throw new Error(`Nobody of the test is called ${id}`);
    return found;
  };
}

type Eyes = Pick<Seen, 'inRoom' | 'below' | 'directly' | 'form' | 'home' | 'room' | 'rooms'>;

interface Finding {
  readonly look: () => Promise<void>;
  readonly roomId: (room: Ref) => Promise<string>;
  readonly messageId: (posted: Ref) => Promise<string>;
  readonly person: (ref: Ref) => FakePerson;
}

function eyesOn(fake: FakePlatform, { look, roomId, messageId, person }: Finding): Eyes {
  async function seen<T>(see: () => T | Promise<T>): Promise<T> {
    await look();
    return await see();
  }
  return {
    inRoom: (reader, room) => seen(async () => fake.messages(person(reader), await roomId(room))),
    below: (reader, posted) => seen(async () => fake.below(person(reader), await messageId(posted))),
    directly: (reader) => seen(() => fake.direct(person(reader))),
    form: (reader) => seen(() => fake.form(person(reader))),
    home: (reader) => seen(() => fake.home(person(reader))),
    rooms: (reader) => seen(() => fake.rooms(person(reader))),
    room: (room) =>
      seen(async () => {
        const found = fake.room(await roomId(room));
        if (!found) throw new Error(`There is no room ${room.id}`);
        return found;
      }),
  };
}
