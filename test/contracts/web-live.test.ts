import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { makeLive } from '#adapters/web/live.ts';
import type { Push } from '#adapters/web/protocol.ts';
import { messageView } from '#adapters/web/render.ts';
import type { StoredMessage, StoredRoom } from '#adapters/web/store.ts';

describe('live pages', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('says hello to a page, and to the others that somebody came and went', () => {
    const { live, page } = hub();
    const ana = page('ana');
    expect(ana.pushes).toEqual([{ type: 'hello', me: 'ana', online: ['ana'] }]);
    const bo = page('bo');
    expect(ana.pushes.at(-1)).toEqual({ type: 'presence', online: ['ana', 'bo'] });
    expect(bo.pushes).toEqual([{ type: 'hello', me: 'bo', online: ['ana', 'bo'] }]);
    bo.connection.closed();
    bo.connection.closed();
    expect(ana.pushes.at(-1)).toEqual({ type: 'presence', online: ['ana'] });
    expect(live.online()).toEqual(['ana']);
  });

  it('says nothing when somebody opens a second page or closes one of two', () => {
    const { page } = hub();
    const ana = page('ana');
    const [first, second] = [page('bo'), page('bo')];
    first.connection.closed();
    expect(ana.pushes.filter(({ type }) => type === 'presence')).toHaveLength(1);
    second.connection.closed();
    expect(ana.pushes.filter(({ type }) => type === 'presence')).toHaveLength(2);
  });

  it('shows a message to those who may see it', () => {
    const { live, page } = hub();
    const pages = { ana: page('ana'), bo: page('bo'), cy: page('cy') };
    const saw = () =>
      Object.entries(pages).flatMap(([id, { pushes }]) => (has(pushes, 'message') ? [id] : []));
    live.showMessage(MESSAGE, { ...ROOM, kind: 'direct', members: ['ana', 'bo'] });
    expect(saw()).toEqual(['ana', 'bo']);
    live.showMessage({ ...MESSAGE, onlyFor: 'cy' }, ROOM);
    expect(pages.ana.pushes.filter(({ type }) => type === 'message')).toHaveLength(1);
    expect(pages.cy.pushes.at(-1)).toEqual({
      type: 'message',
      message: messageView({ ...MESSAGE, onlyFor: 'cy' }),
    });
    live.showMessage(MESSAGE, ROOM);
    expect(saw()).toEqual(['ana', 'bo', 'cy']);
  });

  it('forgets a page that takes no more, and one that throws, and keeps nothing for them', () => {
    const { live, page } = hub();
    const ana = page('ana');
    const slow = page('bo', () => false);
    page('cy', () => {
      throw new Error('the socket is closed');
    });
    expect(live.online()).toEqual(['ana']);
    live.showMessage(MESSAGE, ROOM);
    expect(has(slow.pushes, 'message')).toBe(false);
    expect(has(ana.pushes, 'message')).toBe(true);
  });

  it('tells the others of a room that somebody types, at most once a second', async () => {
    const { page, settle, pass } = hub();
    const [ana, bo] = [page('ana'), page('bo')];
    for (let index = 0; index < 5; index += 1) ana.connection.received({ type: 'typing', room: 'r' });
    await settle();
    pass(1000);
    ana.connection.received({ type: 'typing', room: 'r' });
    await settle();
    const typing = { type: 'typing', room: 'r', person: 'ana' };
    expect(bo.pushes.filter(({ type }) => type === 'typing')).toEqual([typing, typing]);
    expect(has(ana.pushes, 'typing')).toBe(false);
  });

  it('answers a ping', () => {
    const { page } = hub();
    const ana = page('ana');
    ana.connection.received({ type: 'ping' });
    expect(ana.pushes.at(-1)).toEqual({ type: 'pong' });
  });

  it('takes anything over the socket without a word', async () => {
    const { page, settle, failures } = hub();
    const ana = page('ana');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json().map((text) => JSON.parse(text) as unknown),
          fc.record({ type: fc.constant('typing'), room: fc.string({ unit: 'binary' }) }),
        ),
        async (sent) => {
          ana.connection.received(sent);
          await settle();
        },
      ),
    );
    expect(failures).toEqual([]);
  });

  it('says of an incident that changes all the time that it changed, ten times a second', async () => {
    const { live, page, settle } = hub();
    const ana = page('ana');
    const told = async () => {
      await settle();
      return incidentsIn(ana.pushes);
    };
    live.showIncident(1);
    expect(await told()).toEqual([1]);
    for (let index = 0; index < 1000; index += 1) live.showIncident(1 + (index % 2));
    expect(await told()).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(await told()).toEqual([1, 1, 2]);
    vi.advanceTimersByTime(100);
    live.showIncident(3);
    expect(await told()).toEqual([1, 1, 2, 3]);
    live.showIncident(3);
    live.close();
    vi.advanceTimersByTime(1000);
    expect(await told()).toEqual([1, 1, 2, 3]);
  });

  it('says of an incident that is not for everybody to nobody else, and to nobody where that is not known', async () => {
    const { live, page, settle, failures } = hub({ secret: 7, unknown: 13 });
    const [ana, bo] = [page('ana'), page('bo')];
    for (const number of [7, 8, 13, 9]) live.showIncident(number);
    await settle();
    vi.advanceTimersByTime(100);
    await settle();
    expect([incidentsIn(ana.pushes), incidentsIn(bo.pushes)]).toEqual([[7], []]);
    expect(failures).toHaveLength(1);
    vi.advanceTimersByTime(100);
    live.showIncident(8);
    await settle();
    expect(incidentsIn(bo.pushes)).toEqual([8]);
  });
});

const AT = new Date('2026-03-01T08:00:00Z');

const ROOM: StoredRoom = {
  id: 'r',
  kind: 'room',
  name: 'r',
  topic: '',
  members: [],
  lastAt: AT,
  archivedAt: null,
  isPrivate: false,
};

const MESSAGE: StoredMessage = {
  id: 1,
  room: 'r',
  threadOf: null,
  replies: 0,
  author: 'ana',
  authorName: 'Ana',
  onlyFor: null,
  body: { type: 'words', text: 'hello', mentions: [] },
  postedAt: AT,
  editedAt: null,
  deletedAt: null,
  pinnedAt: null,
  reactions: [],
};

/** Ana alone may know of `secret`; of `unknown` the storage does not say. */
function hub({ secret = 0, unknown = 0 } = {}) {
  let ms = AT.getTime();
  const work: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const live = makeLive({
    store: {
      findRoom: async (id) => (id === 'r' ? ROOM : null),
      findMessage: async () => null,
      roomFor: async () => [],
      viewersOf: async (numbers) => {
        if (numbers.includes(unknown)) throw new Error('the storage is away');
        return new Map(numbers.includes(secret) ? [[secret, ['ana']]] : []);
      },
    },
    now: () => new Date(ms),
    tell: () => {},
    later: (it_) => void work.push(it_.catch((error: unknown) => failures.push(error))),
  });
  return {
    live,
    failures,
    pass: (by: number) => void (ms += by),
    settle: async () => void (await Promise.all(work.splice(0))),
    page: (id: string, answer: () => unknown = () => true) => {
      const pushes: Push[] = [];
      const connection = live.connect({ id }, (push) => {
        pushes.push(push);
        return answer();
      });
      return { pushes, connection };
    },
  };
}

function incidentsIn(pushes: readonly Push[]): number[] {
  return pushes.flatMap((it_) => (it_.type === 'incident' ? [it_.number] : []));
}

function has(pushes: readonly Push[], type: Push['type']): boolean {
  return pushes.some((it_) => it_.type === type);
}
