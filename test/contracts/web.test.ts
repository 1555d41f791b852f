import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { typedAfter } from '#adapters/web/command-line.ts';
import { fit } from '#adapters/web/fit.ts';
import { LIMITS } from '#adapters/web/limits.ts';
import { makeLive } from '#adapters/web/live.ts';
import type { Push } from '#adapters/web/protocol.ts';
import { messageView, spoken, written } from '#adapters/web/render.ts';
import type { StoredMessage, StoredRoom } from '#adapters/web/store.ts';
import {
  bold,
  code,
  link,
  person,
  plainMessage,
  say,
  type Inline,
  type Message,
  type Part,
} from '#src/chat/message.ts';
import { clean } from '#src/chat/text.ts';

describe('what a person writes', () => {
  it('notifies those who are named by their handle, once each', () => {
    expect(mentions('@ana can you look? cc @bo, (@ana) and @Cy.')).toEqual(['ana', 'bo', 'cy']);
  });

  it('takes no address, path or package for a mention', () => {
    expect(mentions('mail ana@example.org or git@host:a/@scope/x, and @@ana')).toEqual([]);
  });

  it('is stored as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(written(text)).toMatchObject({ body: { type: 'words', text }, plain: text });
      }),
    );
  });

  it('is a command when it begins with /incident, and only then', () => {
    expect(typedAfter('/incident ack INC-1')).toBe('ack INC-1');
    expect(typedAfter('/Incident   note two\nlines')).toBe('note two\nlines');
    expect(typedAfter('/incident')).toBe('');
    for (const words of ['/incidents', 'say /incident ack', ' /incident ack', '/ack', '']) {
      expect(typedAfter(words)).toBe(null);
    }
  });
});

describe('what the bot says', () => {
  it('fits, is clean, and keeps its buttons, whatever it is', () => {
    fc.assert(
      fc.property(messages(), (message) => {
        const fitted = fit(message);
        const parts = fitted.parts.filter((part) => part.type !== 'buttons');
        const words = parts.map((part) => plainMessage({ ...fitted, parts: [part] })).join('');
        // Labels' colons and list dashes are the reader's, and not counted.
        expect(words.length).toBeLessThanOrEqual(LIMITS.message + 4 * words.split('\n').length + 200);
        expect(clean(JSON.stringify(fitted))).toBe(JSON.stringify(fitted));
        expect(fitted.parts.filter(isButtons)).toHaveLength(message.parts.filter(isButtons).length);
      }),
    );
  });

  it('loses nothing when it is short and clean', () => {
    const message: Message = {
      parts: [
        { type: 'heading', text: 'INC-1' },
        {
          type: 'text',
          text: ['It is ', bold('down'), ' ', code('x'), ' ', link('see', 'https://a.example/')],
        },
        { type: 'fields', fields: [{ label: 'Who', value: [person('ana', 'Ana')] }] },
        { type: 'list', items: ['a', ['b']] },
        { type: 'divider' },
        { type: 'context', text: 'since 8:00' },
        {
          type: 'select',
          select: { label: 'l', command: 'c', args: {}, arg: 'a', options: [{ label: 'o', value: 'v' }] },
        },
      ],
      summary: 'INC-1 is down',
      tone: 'alarm',
    };
    expect(fit(message)).toEqual(message);
  });

  it('is found by its words and not by its buttons', () => {
    const button = { label: 'Resolve', command: 'resolve', args: {}, style: 'plain' } as const;
    const { plain, body } = spoken(
      say(['Checkout is down, ', person('bo', 'Bo')], { type: 'buttons', buttons: [button] }),
    );
    expect(plain).toBe('Checkout is down, @Bo');
    expect(body.mentions).toEqual(['bo']);
  });

  it('links only to the web', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      ' https://x',
      'file:///etc/passwd',
      '//x',
      '',
    ]) {
      expect(fit(say([link('here', url)])).parts).toEqual([{ type: 'text', text: ['here'] }]);
    }
  });
});

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

  it('says of an incident that changes all the time that it changed, ten times a second', () => {
    const { live, page } = hub();
    const ana = page('ana');
    const told = () => ana.pushes.flatMap((it_) => (it_.type === 'incident' ? [it_.number] : []));
    live.showIncident(1);
    expect(told()).toEqual([1]);
    for (let index = 0; index < 1000; index += 1) live.showIncident(1 + (index % 2));
    expect(told()).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(told()).toEqual([1, 1, 2]);
    vi.advanceTimersByTime(100);
    live.showIncident(3);
    expect(told()).toEqual([1, 1, 2, 3]);
    live.showIncident(3);
    live.close();
    vi.advanceTimersByTime(1000);
    expect(told()).toEqual([1, 1, 2, 3]);
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

function hub() {
  let ms = AT.getTime();
  const work: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const live = makeLive({
    store: { findRoom: async (id) => (id === 'r' ? ROOM : null), roomFor: async () => [] },
    now: () => new Date(ms),
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

function has(pushes: readonly Push[], type: Push['type']): boolean {
  return pushes.some((it_) => it_.type === type);
}

function mentions(text: string): readonly string[] {
  return written(text).body.mentions;
}

function isButtons(part: Part): boolean {
  return part.type === 'buttons';
}

/** Messages of every kind of part with every kind of text, some of them far too long. */
function messages(): fc.Arbitrary<Message> {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 0, max: 30_000 }).map((length) => 'long '.repeat(length / 5)),
  );
  const inline: fc.Arbitrary<Inline> = fc.oneof(
    words,
    words.map(bold),
    words.map(code),
    fc.tuple(words, fc.webUrl()).map(([text, url]) => link(text, url)),
  );
  const text = fc.oneof(words, fc.array(inline, { maxLength: 4 }));
  const button = words.map(
    (label) => ({ label, command: 'ack', args: { a: label }, style: 'plain' }) as const,
  );
  const part: fc.Arbitrary<Part> = fc.oneof(
    words.map((it_): Part => ({ type: 'heading', text: it_ })),
    words.map((it_): Part => ({ type: 'code', text: it_ })),
    text.map((it_): Part => ({ type: 'text', text: it_ })),
    text.map((it_): Part => ({ type: 'context', text: it_ })),
    fc.array(text, { maxLength: 4 }).map((items): Part => ({ type: 'list', items })),
    fc
      .array(fc.record({ label: words, value: text }), { maxLength: 4 })
      .map((fields): Part => ({ type: 'fields', fields })),
    fc.array(button, { maxLength: 20 }).map((buttons): Part => ({ type: 'buttons', buttons })),
    fc.constant<Part>({ type: 'divider' }),
  );
  const tone = fc.constantFrom('alarm', 'warn', 'info', 'good', 'quiet');
  return fc.record({ parts: fc.array(part, { maxLength: 8 }), summary: words, tone });
}
