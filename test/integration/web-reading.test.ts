import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import type { MessagesView, MessageView } from '#adapters/web/protocol.ts';
import { say } from '#src/chat/message.ts';
import type { Db } from '#src/db/schema.ts';
import { roomPath, test, textOf, type WebPage } from '#test/support/web-chat.ts';

describe('unread messages', () => {
  test('are counted until they are read, with those that mention the reader', async ({ web }) => {
    web.bo.connect();
    await web.ana.write(web.room.id, 'hello');
    const last = await web.ana.write(web.room.id, 'look @bo');
    await web.bo.write(web.room.id, 'my own words are not new to me, @bo');
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 2, mentions: 1 });
    expect(await web.bo.request('POST', `${roomPath(web.room.id)}/read`, { last: last.id })).toEqual({
      status: 204,
      body: undefined,
    });
    await web.settled();
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0, mentions: 0 });
    expect(web.bo.pushed('room').at(-1)?.room).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('are not counted again when somebody says they have read less', async ({ web }) => {
    const first = await web.ana.write(web.room.id, 'one');
    const second = await web.ana.write(web.room.id, 'two');
    for (const { id } of [second, first]) {
      await web.bo.ask('POST', `${roomPath(web.room.id)}/read`, { last: id });
    }
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0 });
  });

  test('in threads count as mentions only, and are read with the room', async ({ web }) => {
    const root = await web.ana.write(web.room.id, 'who deployed?');
    await web.ana.write(web.room.id, 'was it you @bo?', root.id);
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 1, mentions: 1 });
    await web.bo.ask('POST', `${roomPath(web.room.id)}/read`, { last: root.id });
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('are counted up to a hundred', async ({ web }) => {
    await manyMessages(web, 150);
    expect(await roomOf(web.bo, web.room.id)).toMatchObject({ unread: 100 });
  });
});

describe('reading back and catching up', () => {
  test('goes in pages of a hundred, oldest first, both ways', async ({ web }) => {
    await manyMessages(web, 250);
    const page = (query: string) =>
      web.bo.ask<MessagesView>('GET', `${roomPath(web.room.id)}/messages${query}`);
    const newest = await page('');
    expect(newest.messages).toHaveLength(100);
    expect(newest.more).toBe(true);
    const numbers = (view: MessagesView) => view.messages.map(textOf).map(Number);
    expect(numbers(newest)).toEqual(Array.from({ length: 100 }, (_, index) => index + 151));
    const oldest = await page(`?before=${idOf(newest.messages[0]) - 100}`);
    expect(numbers(oldest)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(oldest.more).toBe(false);
    const later = await page(`?after=${idOf(oldest.messages.at(-1))}`);
    expect(numbers(later)).toEqual(Array.from({ length: 100 }, (_, index) => index + 51));
    expect(later.more).toBe(true);
    expect(await page(`?after=${idOf(newest.messages.at(-1))}`)).toEqual({ messages: [], more: false });
  });

  test('misses nothing that is written meanwhile by many people', async ({ web }) => {
    const write = async (page: WebPage, count: number) => {
      for (let index = 0; index < count; index += 1) await page.write(web.room.id, `${page.id} ${index}`);
    };
    const writing = Promise.all([
      write(web.ana, 25),
      write(web.bo, 25),
      write(web.as('cy'), 25),
      write(web.bo, 25),
    ]);
    const caught: MessageView[] = [];
    const done = new AbortController();
    void writing.finally(() => done.abort());
    const catchUp = async () => {
      const next = await web.as('cy').messages(web.room.id, `?after=${caught.at(-1)?.id ?? 0}`);
      caught.push(...next);
    };
    while (!done.signal.aborted) await catchUp();
    await writing;
    await catchUp();
    expect(caught).toHaveLength(100);
    expect(new Set(caught.map(({ id }) => id)).size).toBe(100);
  });
});

describe('searching', () => {
  test('finds words, phrases, and the beginnings of words', async ({ web }) => {
    await web.ana.write(web.room.id, 'the connection pool of checkout-service is exhausted');
    await web.ana.write(web.room.id, 'payments are fine');
    await web.chat.platform.post(web.room, say('INC-1 Checkout is down'), { key: 'card' });
    const found = async (words: string) => (await search(web.bo, words)).map(textOf);
    expect(await found('POOL')).toEqual(['the connection pool of checkout-service is exhausted']);
    expect(await found('"connection pool"')).toHaveLength(1);
    expect(await found('"pool connection"')).toEqual([]);
    expect(await found('checkout -down')).toHaveLength(1);
    expect(await found('exhau conn')).toHaveLength(1);
    expect(await found('checkout')).toEqual([
      'INC-1 Checkout is down',
      'the connection pool of checkout-service is exhausted',
    ]);
    expect(await search(web.bo, 'payments')).toMatchObject([{ roomName: 'inc-1', room: 'inc-1' }]);
  });

  test('takes any text for words', async ({ web }) => {
    await web.ana.write(web.room.id, 'x');
    const texts = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc
        .array(fc.constantFrom("'", '"', ':*', '&', '|', '!', '<->', '(', '\\', 'x', ' ', '-', 'or'), {
          minLength: 1,
        })
        .map((it) => it.join('')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { status } = await web.bo.request(
          'GET',
          `/web/search?q=${encodeURIComponent(text.toWellFormed())}`,
        );
        expect([200, 400]).toContain(status);
      }),
    );
  });
});

describe('with 1,000 rooms and 30,000 messages', () => {
  test('rooms and words are found as among few', async ({ web }) => {
    await fill(web.db);
    expect(await web.bo.rooms()).toHaveLength(1001);
    expect(await roomOf(web.bo, 'load-500')).toMatchObject({ unread: 30, mentions: 0 });
    expect(await roomOf(web.bo, 'load-501')).toMatchObject({ unread: 30, mentions: 30 });
    expect(await search(web.bo, 'needle777')).toMatchObject([{ room: 'load-778' }]);
    expect(await search(web.bo, 'needle2999')).toMatchObject([{ room: 'load-1000' }]);
    const common = await search(web.bo, 'checkout');
    expect(common.map(({ room }) => room).slice(0, 3)).toEqual(['load-1', 'load-1000', 'load-999']);
  });
});

async function search(page: WebPage, words: string) {
  const path = `/web/search?q=${encodeURIComponent(words)}`;
  return (await page.ask<{ messages: (MessageView & { roomName: string })[] }>('GET', path)).messages;
}

async function roomOf(page: WebPage, id: string) {
  return (await page.rooms()).find((it) => it.id === id);
}

function idOf(message: MessageView | undefined): number {
  return message?.id ?? 0;
}

async function manyMessages({ db }: { readonly db: Db }, count: number): Promise<void> {
  await sql`
    insert into chat_messages (room_id, author, body, plain, posted_at)
    select 'inc-1', 'ana', jsonb_build_object('type', 'words', 'text', n::text, 'mentions', '[]'::jsonb), n::text,
      '2026-03-01T08:00:00Z'
    from generate_series(1, ${count}) as n`.execute(db);
}

async function fill(db: Db): Promise<void> {
  await sql`
    insert into chat_rooms (id, kind, name, topic, members, created_at, last_at)
    select 'load-' || n, 'room', 'load-' || n, 'topic', '["ana", "bo"]', '2026-03-01T08:00:00Z',
      '2026-03-01T08:00:00Z'::timestamptz + n * interval '1 second'
    from generate_series(1, 1000) as n`.execute(db);
  await sql`
    insert into chat_messages (room_id, author, body, plain, posted_at)
    select 'load-' || (n % 1000 + 1), 'ana',
      jsonb_build_object('type', 'words', 'text', words, 'mentions', case when n % 50 = 0 then '["bo"]'::jsonb else '[]' end),
      words, '2026-03-01T08:00:00Z'
    from generate_series(1, 30000) as n,
      lateral (select 'the checkout fails in needle' || n || ' again and again since the deploy') as it(words)`.execute(
    db,
  );
}
