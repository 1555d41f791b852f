import type { Ref, Said } from '#src/chat/platform.ts';
import type { FakePerson, FakePlatform, SeenForm } from '#test/support/fake-platform.ts';
import type { ListeningInbox } from '#test/support/listening-inbox.ts';
import { soon } from '#test/support/soon.ts';

import type { Seen } from './chat-platform-seen.ts';
import { waitingOn } from './chat-platform-waiting.ts';

type Hands = Pick<
  Seen,
  | 'types'
  | 'presses'
  | 'fills'
  | 'completes'
  | 'shortcut'
  | 'opensHome'
  | 'pins'
  | 'reacts'
  | 'rewrites'
  | 'deletes'
  | 'shares'
  | 'replies'
  | 'quiet'
>;

interface Finding {
  readonly roomId: (room: Ref) => Promise<string>;
  readonly person: (ref: Ref) => FakePerson;
}

interface By {
  readonly delivery?: string;
}

/** What a hand does, and what must follow, unless the same was delivered before: then nothing must. */
interface Doing {
  readonly who: Ref;
  readonly delivery?: string | undefined;
  readonly act: (by: By) => Promise<void>;
}

/** The contract's hands: each does what the fake's does, and waits until what must follow is seen. */
export function handsOn(fake: FakePlatform, inbox: ListeningInbox, { roomId, person }: Finding): Hands {
  const waits = waitingOn(fake, inbox);
  const delivered = new Set<string>();
  /** By person: a form that is sent is answered where it was asked for. */
  const lastRoom = new Map<string, string>();

  const isRepeat = (delivery: string | undefined) => {
    const known = delivery !== undefined && delivered.has(delivery);
    if (delivery !== undefined) delivered.add(delivery);
    return known;
  };

  async function wishes({ who, delivery, act, room }: Doing & { room?: string }): Promise<SeenForm | null> {
    const by = delivery === undefined ? {} : { delivery };
    if (room !== undefined) lastRoom.set(who.id, room);
    if (!isRepeat(delivery)) {
      return await waits.answered(person(who), lastRoom.get(who.id) ?? null, () => act(by));
    }
    await act(by);
    await waits.quiet();
    return null;
  }

  async function says({ who, delivery, act, kind }: Doing & { kind: Said['kind'] }): Promise<void> {
    const before = inbox.words.length;
    const isNew = !isRepeat(delivery);
    // Not every platform tells who took a message back.
    await act(delivery === undefined ? {} : { delivery });
    if (isNew) {
      await soon(`the engine hears what ${who.id} did: ${kind}`, () =>
        inbox.words
          .slice(before)
          .some((it) => it.kind === kind && (kind === 'deleted' || it.person.id === who.id)),
      );
    }
    await waits.quiet();
  }

  return {
    async types(who, to, line, delivery) {
      const room = await roomId(to);
      const act = (by: By) => fake.types(person(who), room, line, by);
      if (line.startsWith('/incident')) return await wishes({ who, room, delivery, act });
      await says({ who, delivery, act, kind: 'message' });
      return null;
    },
    async presses(who, to, label, delivery) {
      const room = await roomId(to);
      return await wishes({ who, room, delivery, act: (by) => fake.presses(person(who), room, label, by) });
    },
    fills: (who, entered, delivery) =>
      wishes({ who, delivery, act: (by) => fake.fills(person(who), entered, by) }),
    completes: async (who, room, typed) => await fake.completes(person(who), await roomId(room), typed),
    shortcut: (who, message, label, delivery) =>
      wishes({
        who,
        room: message.room,
        delivery,
        act: (by) => fake.shortcut(person(who), message, label, by),
      }),
    async opensHome(who) {
      await fake.opensHome(person(who));
      await soon(`the page of ${who.id}`, () => fake.home(person(who)));
      await waits.quiet();
    },
    pins: (who, message, delivery) =>
      says({ who, delivery, act: (by) => fake.pins(person(who), message, by), kind: 'pinned' }),
    reacts: (who, message, emoji, { off = false, delivery } = {}) =>
      says({
        who,
        delivery,
        act: (by) => fake.reacts(person(who), message, emoji, { ...by, off }),
        kind: 'reacted',
      }),
    rewrites: (who, message, text) =>
      says({ who, act: () => fake.rewrites(person(who), message, text), kind: 'edited' }),
    deletes: (who, message) => says({ who, act: () => fake.deletes(person(who), message), kind: 'deleted' }),
    shares: (who, room, file) =>
      says({ who, act: async () => fake.shares(person(who), await roomId(room), file), kind: 'message' }),
    replies: (who, message, text) =>
      says({ who, act: () => fake.answers(person(who), message, text), kind: 'message' }),
    quiet: waits.quiet,
  };
}
