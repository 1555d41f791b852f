import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { MessageView, RoomView } from '#adapters/web/protocol.ts';
import { waitBefore } from '#adapters/web/ui/net/backoff.ts';
import { SEVERITIES, type IncidentView } from '#adapters/web/ui/net/rest.ts';
import { counted, mentions } from '#adapters/web/ui/state/counted.ts';
import { entriesOf } from '#adapters/web/ui/state/entries.ts';
import { addressOf, messageAt, placeAt, placeOfLink } from '#adapters/web/ui/state/places.ts';
import { isOver, sections } from '#adapters/web/ui/state/rooms.ts';
import { withTimeline, type KnownTimeline } from '#adapters/web/ui/state/timelines.ts';
import { firstUnread } from '#adapters/web/ui/state/unread.ts';
import { clockTime, dayName, duration, relativeTime } from '#adapters/web/ui/times.ts';

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const PLACE = { locale: 'en-GB', zone: 'Europe/Berlin' };

describe('times', () => {
  test.each([
    [-5_000, 'just now'],
    [20_000, 'just now'],
    [-300_000, '5 min ago'],
    [7_800_000, 'in 2 h 10 min'],
    [-86_400_000, '1 day ago'],
    [-259_200_000, '3 days ago'],
  ])('%i ms from now is %s', (gap, words) => {
    expect(relativeTime(NOON + gap, NOON)).toBe(words);
  });

  test('a duration never shows more than two units, nor nothing at all', () => {
    fc.assert(
      fc.property(fc.nat(1e10), (ms) => {
        expect(duration(ms)).toMatch(/^[1-9]\d* \w+( [1-9]\d* min)?$/);
      }),
    );
  });

  test('the reader sees the clock of their own zone, and the day when it is another', () => {
    expect(clockTime(NOON, NOON, PLACE)).toBe('13:00');
    expect(clockTime(NOON - 86_400_000, NOON, PLACE)).toBe('19 Nov 13:00');
    expect(dayName(NOON, NOON, PLACE)).toBe('Today');
    expect(dayName(NOON - 14 * 3_600_000, NOON, PLACE)).toBe('Yesterday');
    expect(dayName(NOON - 7 * 86_400_000, NOON, PLACE)).toBe('Friday 13 November');
  });

  test('yesterday is the day before, also where that was an hour shorter or longer', () => {
    const evening = Date.parse('2027-03-27T20:00+01:00');
    expect(dayName(evening, Date.parse('2027-03-29T00:30+02:00'), PLACE)).toBe('Saturday 27 March');
    expect(dayName(evening, Date.parse('2027-03-28T23:30+02:00'), PLACE)).toBe('Yesterday');
    const summer = Date.parse('2027-10-30T20:00+02:00');
    expect(dayName(summer, Date.parse('2027-10-31T23:30+01:00'), PLACE)).toBe('Yesterday');
  });
});

describe('the list of rooms', () => {
  const incidents = fc.array(
    fc.record({
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom('NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED', 'RESOLVED', 'CLOSED'),
      room: fc.nat(20),
    }),
    { maxLength: 12 },
  );
  const rooms = fc.array(fc.record({ kind: fc.constantFrom('room', 'direct'), archived: fc.boolean() }), {
    maxLength: 20,
  });

  test('every room is in exactly one section, and open incidents stand first by severity', () => {
    fc.assert(
      fc.property(rooms, incidents, (some, others) => {
        const all = some.map(({ kind, archived }, id) => room({ id: String(id), kind, archived }));
        const known = others.map((it, index) =>
          incident({ ...it, number: index + 1, room: String(it.room) }),
        );
        const { open, over, plain, direct, archived } = sections(all, known);
        const shown = [...[...open, ...over].map((it) => it.room), ...plain, ...direct, ...archived];
        expect(shown.map(({ id }) => id).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
        expect(open.every((it) => !isOver(it.incident)) && over.every((it) => isOver(it.incident))).toBe(
          true,
        );
        const ranks = open.map((it) => SEVERITIES.indexOf(it.incident.severity));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });

  test('a new message counts once, one of mine never, and a change of an old one not at all', () => {
    const before = room({ id: 'a', lastAt: '2026-11-20T11:00:00.000Z' });
    const news = message({ at: NOON, text: 'look @me', author: 'ana' });
    const after = counted(before, news, 'me');
    expect(after).toMatchObject({ unread: 1, mentions: 1 });
    expect(counted(after, { ...news, pinned: true }, 'me')).toBe(after);
    expect(counted(before, { ...news, editedAt: news.postedAt }, 'me')).toBe(before);
    expect(counted(before, message({ at: NOON, text: 'mine', author: 'me' }), 'me').unread).toBe(0);
  });

  test('the bot mentions somebody with a person, not with their name', () => {
    const said = (value: string | { type: 'person'; id: string; name: string }) =>
      ({
        type: 'message',
        message: { parts: [{ type: 'text', text: [value] }], summary: '', tone: 'info' },
      }) as const;
    expect(mentions(said({ type: 'person', id: 'me', name: 'Me' }), 'me')).toBe(true);
    expect(mentions(said('@me'), 'me')).toBe(false);
  });
});

describe('a room', () => {
  test('each day is named once, and those who write in a row are named once', () => {
    const messages = [
      message({ id: 1, at: NOON - 86_400_000, author: 'ana' }),
      message({ id: 2, at: NOON, author: 'ana' }),
      message({ id: 3, at: NOON + 60_000, author: 'ana' }),
      message({ id: 4, at: NOON + 600_000, author: 'ana' }),
    ];
    const drawn = entriesOf(messages, null, PLACE).map((it) =>
      it.type === 'message' ? it.follows : it.type,
    );
    expect(drawn).toEqual(['day', false, 'day', false, true, false]);
  });

  test('the line "new" stands before the first message of others that was not read', () => {
    const messages = [
      message({ id: 1, author: 'ana' }),
      message({ id: 2, author: 'me' }),
      message({ id: 3, author: 'bo' }),
      message({ id: 4, author: 'me' }),
      message({ id: 5, author: 'bo' }),
    ];
    expect(firstUnread(messages, 2, 'me')).toBe(3);
    expect(firstUnread(messages, 0, 'me')).toBeNull();
    expect(firstUnread(messages, 9, 'me')).toBeNull();
  });
});

describe('addresses', () => {
  test('the address of any room leads back to it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.integer({ min: 1 }), (id, post) => {
        fc.pre(id.isWellFormed());
        const address = `https://chat.example${addressOf({ type: 'room', room: id }, post)}`;
        // A browser reads `.` and `..` as folders; no room is called that.
        if (id !== '.' && id !== '..') expect(placeAt(address)).toEqual({ type: 'room', room: id });
        expect(messageAt(address)).toBe(post);
      }),
    );
  });

  test('links to this page and its incidents open here, all others elsewhere', () => {
    const roomOf = (name: string) => (name === '42' ? 'inc-42-checkout' : undefined);
    const place = (href: string) => placeOfLink(href, 'http://localhost:3000', roomOf);
    expect(place('http://127.0.0.1:3000/rooms/a')).toEqual({ type: 'room', room: 'a' });
    expect(place('http://localhost:3000/incidents/42')).toEqual({ type: 'room', room: 'inc-42-checkout' });
    expect(place('http://localhost:3000/incidents/43')).toBeNull();
    expect(place('http://localhost:3001/rooms/a')).toBeNull();
    expect(place('http://chat.example:3000/rooms/a')).toBeNull();
  });
});

test('a page that lost its connection comes back within 15 s, and not in step with all others', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const wait = waitBefore(attempt, chance);
      expect(wait).toBeGreaterThanOrEqual(200);
      expect(wait).toBeLessThanOrEqual(15_000);
    }),
  );
  expect(waitBefore(3, 0)).toBeLessThan(waitBefore(3, 1));
});

function room(some: Partial<RoomView>): RoomView {
  return {
    id: 'a',
    kind: 'room',
    name: some.id ?? 'a',
    topic: '',
    members: [],
    archived: false,
    private: false,
    lastAt: '2026-11-20T10:00:00.000Z',
    unread: 0,
    mentions: 0,
    ...some,
  };
}

function incident(it: Pick<IncidentView, 'number' | 'severity' | 'status'> & { room: string }): IncidentView {
  return {
    ...it,
    id: `INC-20261120-0000${it.number}`,
    title: 'Checkout is down',
    escalation_level: 1,
    created_at: '2026-11-20T10:00:00.000Z',
    updated_at: '2026-11-20T10:00:00.000Z',
    rooms: [{ platform: 'web', id: it.room }],
  };
}

function message(it: { id?: number; at?: number; text?: string; author?: string }): MessageView {
  const { id = 1, at = NOON, text = 'hello', author = 'ana' } = it;
  return {
    id,
    room: 'a',
    threadOf: null,
    replies: 0,
    author: { id: author, name: author },
    private: false,
    body: { type: 'words', text },
    postedAt: new Date(at).toISOString(),
    editedAt: null,
    deleted: false,
    pinned: false,
    reactions: [],
    files: [],
  };
}

describe('timelines', () => {
  test('however answers overtake each other, the one asked for last stays', () => {
    const question = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(fc.uniqueArray(question, { minLength: 1 }), (arriving) => {
        let known: ReadonlyMap<number, KnownTimeline> = new Map();
        for (const it of arriving) known = withTimeline(known, 7, { question: it, entries: [] });
        expect(known.get(7)?.question).toBe(Math.max(...arriving));
      }),
    );
  });
});
