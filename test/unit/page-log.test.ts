import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { MessageView } from '#adapters/web/protocol.ts';
import {
  KEPT,
  lastId,
  logOf,
  shortened,
  withNewer,
  withNewest,
  withOlder,
  withPushed,
  type Log,
} from '#adapters/web/ui/state/log.ts';

describe('what the page keeps of a room', () => {
  test('reading back to the beginning and forward to the end loses and repeats nothing', () => {
    fc.assert(
      fc.property(rooms(), fc.integer({ min: 10, max: 100 }), (room, size) => {
        let log = logOf(pageBefore(room, Infinity, size));
        while (log.older) log = checked(room, withOlder(log, first(log), pageBefore(room, first(log), size)));
        expect(first(log)).toBe(room[0]?.id);
        while (log.newer) {
          log = checked(room, withNewer(log, lastId(log), pageAfter(room, lastId(log), size)));
        }
        expect(lastId(log)).toBe(room.at(-1)?.id);
      }),
      { numRuns: 30 },
    );
  });

  test('pushes that come twice or in another order give the same room', () => {
    fc.assert(
      fc.property(
        rooms().chain((room) => fc.tuple(fc.constant(room), fc.shuffledSubarray([...room, ...room]))),
        ([room, pushes]) => {
          const half = room.slice(0, room.length / 2);
          const missed = room.slice(half.length).filter((it) => !pushes.includes(it));
          const log = [...pushes, ...missed].reduce(withPushed, logOf({ messages: half, more: false }));
          expect(log.messages).toEqual(room);
        },
      ),
    );
  });

  test('a push of a message that was changed takes the place of the older one', () => {
    const log = logOf({ messages: [message(1), message(2)], more: false });
    const changed = { ...message(1), deleted: true };
    expect(withPushed(log, changed).messages).toEqual([changed, message(2)]);
  });

  test('a push outside of what is loaded makes no hole', () => {
    const log: Log = { messages: [message(10), message(11)], older: true, newer: true };
    expect(withPushed(log, message(3))).toBe(log);
    expect(withPushed(log, message(30))).toBe(log);
  });

  test('a page that was asked for from where the run no longer begins or ends makes no hole', () => {
    const log: Log = { messages: [message(50), message(51)], older: true, newer: true };
    expect(withOlder(log, 20, { messages: [message(10), message(11)], more: true })).toBe(log);
    expect(withNewer(log, 20, { messages: [message(21), message(22)], more: true })).toBe(log);
  });

  test('after an absence the newest page is joined only when nothing lies between', () => {
    const log = logOf({ messages: [message(1), message(2)], more: false });
    const adjoining = withNewest(log, { messages: [message(2), message(3)], more: true });
    expect(adjoining?.messages.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(withNewest(log, { messages: [message(8), message(9)], more: true })).toBeNull();
    expect(withNewest(log, { messages: [message(8)], more: false })?.messages).toHaveLength(3);
  });

  test('a reader at the end lets go of what is long passed, and can have it again', () => {
    const many = Array.from({ length: KEPT + 150 }, (_, index) => message(index + 1));
    const log = shortened(logOf({ messages: many, more: false }));
    expect(log.messages).toHaveLength(KEPT);
    expect(log.older).toBe(true);
    expect(lastId(log)).toBe(many.length);
  });
});

/** Rooms of up to 700 messages; ids rise, with the gaps that other rooms leave. */
function rooms() {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 700, size: 'max' })
    .map((ids) => ids.toSorted((a, b) => a - b).map(message));
}

/** What is shown is one unbroken run of the room, and never too long. */
function checked(room: readonly MessageView[], log: Log): Log {
  const from = room.findIndex(({ id }) => id === first(log));
  expect(log.messages).toEqual(room.slice(from, from + log.messages.length));
  expect(log.messages.length).toBeLessThanOrEqual(KEPT);
  return log;
}

function first(log: Log): number {
  return log.messages[0]?.id ?? 0;
}

function pageBefore(room: readonly MessageView[], before: number, size: number) {
  const older = room.filter(({ id }) => id < before);
  return { messages: older.slice(-size), more: older.length > size };
}

function pageAfter(room: readonly MessageView[], after: number, size: number) {
  const newer = room.filter(({ id }) => id > after);
  return { messages: newer.slice(0, size), more: newer.length > size };
}

function message(id: number): MessageView {
  return {
    id,
    room: 'lobby',
    threadOf: null,
    replies: 0,
    author: { id: 'ana', name: 'Ana' },
    private: false,
    body: { type: 'words', text: `message ${id}` },
    postedAt: '2026-11-20T10:00:00.000Z',
    editedAt: null,
    deleted: false,
    pinned: false,
    reactions: [],
    files: [],
  };
}
