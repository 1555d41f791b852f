import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import type { MessageView } from '#adapters/web/protocol.ts';
import { say } from '#src/chat/message.ts';
import { roomPath, test, textOf } from '#test/support/web-chat.ts';

describe('writing', () => {
  test('what one writes all the others see at once, also the one who only watches', async ({ web }) => {
    const pages = [web.ana, web.bo, web.cy].map((it) => it.connect());
    const message = await web.cy.write(web.room.id, 'hello @bo, is it the database?');
    for (const page of pages) expect(page.pushed('message')).toEqual([{ type: 'message', message }]);
    expect(await web.bo.messages(web.room.id)).toEqual([message]);
    expect(message).toMatchObject({ author: { id: 'cy', name: 'Cy Rossi' }, private: false, threadOf: null });
  });

  test('a message that is sent again is the same message', async ({ web }) => {
    web.bo.connect();
    const id = randomUUID();
    const sent = await Promise.all([1, 2, 3].map(() => web.ana.send(web.room.id, 'once', { id })));
    expect(await web.ana.send(web.room.id, 'once', { id: id.toUpperCase() })).toEqual(sent[0]);
    expect(new Set(sent.map((it) => JSON.stringify(it))).size).toBe(1);
    expect(web.bo.pushed('message')).toHaveLength(1);
  });

  test('a room is opened once, however many ask for it at the same moment', async ({ web }) => {
    for (const number of Array(40).keys()) {
      const wanted = { name: `inc-1${number}`, title: 'Checkout', topic: '', isPrivate: false, links: [] };
      const opened = await Promise.all(Array.from({ length: 8 }, () => web.chat.platform.openRoom(wanted)));
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    }
  });

  test('whoever writes in a room is in it from then on', async ({ web }) => {
    web.bo.connect();
    await web.ana.write(web.room.id, 'on it');
    await web.settled();
    expect(web.bo.pushed('room').at(-1)?.room.members).toEqual(['ana']);
  });

  test('people change and take back their own words, and nobody else does', async ({ web }) => {
    web.bo.connect();
    const { id } = await web.ana.write(web.room.id, 'the pol is exhausted');
    const path = `/web/messages/${id}`;
    web.clock.pass(1000);
    const edited = await web.ana.ask<MessageView>('PATCH', path, { text: 'the pool is exhausted' });
    expect(edited).toMatchObject({
      body: { text: 'the pool is exhausted' },
      editedAt: '2026-03-01T08:00:01.000Z',
    });
    await web.ana.ask('PATCH', path, { text: 'the pool is exhausted' });
    expect(web.bo.pushed('message')).toHaveLength(2);

    expect(await web.bo.request('PATCH', path, { text: 'x' })).toMatchObject({ status: 403 });
    expect(await web.bo.request('DELETE', path)).toMatchObject({ status: 403 });
    await web.bo.ask('POST', `${path}/reactions`, { emoji: '👍', on: true });
    const gone = await web.ana.ask<MessageView>('DELETE', path);
    expect(gone).toMatchObject({
      deleted: true,
      body: { type: 'words', text: '' },
      reactions: [],
      pinned: false,
    });
    expect(await web.ana.request('DELETE', path)).toMatchObject({ status: 409 });
    expect(await search(web.bo, 'exhausted')).toEqual([]);
    expect(JSON.stringify(await web.bo.messages(web.room.id))).not.toContain('exhausted');
  });

  test('what the bot says nobody changes', async ({ web }) => {
    const { id } = await web.chat.platform.post(web.room, say('INC-1 is new'), { key: 'k' });
    expect(await web.ana.request('PATCH', `/web/messages/${id}`, { text: 'x' })).toMatchObject({
      status: 403,
    });
    expect(await web.ana.request('DELETE', `/web/messages/${id}`)).toMatchObject({ status: 403 });
  });

  test('in an archived room nobody writes, but commands still work', async ({ web }) => {
    await web.chat.platform.archiveRoom(web.room);
    const refused = await web.ana.request('POST', `${roomPath(web.room.id)}/messages`, {
      id: randomUUID(),
      text: 'x',
    });
    expect(refused).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(await web.ana.send(web.room.id, '/incident reopen')).toMatchObject({ type: 'posted' });
  });

  test('a message has at most 4,000 characters, and the refusal says so', async ({ web }) => {
    await web.ana.write(web.room.id, 'x'.repeat(4000));
    const path = `${roomPath(web.room.id)}/messages`;
    const refused = await web.ana.request('POST', path, { id: randomUUID(), text: 'x'.repeat(4001) });
    expect(refused).toEqual({
      status: 413,
      body: {
        error: 'too_large',
        message: 'A message may have 4000 characters; this one has 4001.',
        details: { limit: 4000, length: 4001 },
        timestamp: '2026-03-01T08:00:00.000Z',
      },
    });
  });
});

describe('threads', () => {
  test('replies stand below their message, and the message counts them', async ({ web }) => {
    web.bo.connect();
    const root = await web.ana.write(web.room.id, 'who deployed?');
    const first = await web.bo.write(web.room.id, 'me', root.id);
    const second = await web.ana.write(web.room.id, 'roll it back', first.id);
    await web.settled();
    expect(second.threadOf).toBe(root.id);
    expect((await web.cy.thread(second.id)).map(textOf)).toEqual(['who deployed?', 'me', 'roll it back']);
    expect(await web.cy.messages(web.room.id)).toMatchObject([{ id: root.id, replies: 2 }]);
    expect(web.bo.pushed('message').findLast(({ message }) => message.id === root.id)?.message.replies).toBe(
      2,
    );
    await web.bo.ask('DELETE', `/web/messages/${first.id}`);
    expect(await web.cy.messages(web.room.id)).toMatchObject([{ replies: 1 }]);
  });

  test('a command that is typed in a thread is answered there', async ({ web }) => {
    const root = await web.ana.write(web.room.id, 'who deployed?');
    web.inbox.outcome = async () => ({ type: 'reply', message: say('Bo did.'), visible: 'room' });
    const answer = await web.ana.send(web.room.id, '/incident who', { threadOf: root.id });
    expect(answer).toMatchObject({ type: 'posted', message: { threadOf: root.id } });
  });

  test('nobody answers below a message of another room, or one that only they see', async ({ web }) => {
    const other = await web.chat.platform.openRoom({
      name: 'inc-2',
      topic: '',
      title: '',
      isPrivate: false,
      links: [],
    });
    const { id } = await web.ana.write(other.id, 'elsewhere');
    const path = `${roomPath(web.room.id)}/messages`;
    const reply = { id: randomUUID(), text: 'x', threadOf: id };
    expect(await web.ana.request('POST', path, reply)).toMatchObject({ status: 400 });
    await web.chat.platform.whisper(web.refs.ana, web.room, say('psst'), { key: 'w' });
    const [whispered] = await web.ana.messages(web.room.id);
    const below = { ...reply, threadOf: whispered?.id };
    expect(await web.ana.request('POST', path, below)).toMatchObject({ status: 409 });
    expect(await web.bo.request('POST', path, below)).toMatchObject({ status: 404 });
  });
});

describe('what is private', () => {
  test('a private reply is there for the one who asked, and for nobody else in any way', async ({ web }) => {
    web.bo.connect();
    web.ana.connect();
    const answer = await web.ana.send(web.room.id, '/incident catchup');
    if (answer.type !== 'posted') throw new Error('a form came back');
    const { id } = answer.message;
    expect(answer.message).toMatchObject({ private: true, author: null });
    expect(textOf(answer.message)).toBe('You typed /incident catchup\nDone.');
    expect(web.ana.pushed('message')).toHaveLength(1);
    expect(await web.ana.messages(web.room.id)).toEqual([answer.message]);
    expect(await search(web.ana, 'catchup')).toHaveLength(1);

    expect(web.bo.pushed('message')).toEqual([]);
    expect(await web.bo.messages(web.room.id)).toEqual([]);
    expect(await search(web.bo, 'catchup')).toEqual([]);
    expect((await web.bo.rooms())[0]).toMatchObject({ unread: 0 });
    const path = `/web/messages/${id}`;
    const tries = [
      web.bo.request('GET', `${path}/thread`),
      web.bo.request('POST', `${path}/press`, { id: randomUUID(), part: 0, button: 0 }),
      web.bo.request('POST', `${path}/reactions`, { emoji: '👍', on: true }),
      web.bo.request('POST', `${path}/pin`, { on: true }),
      web.bo.request('PATCH', path, { text: 'x' }),
      web.bo.request('DELETE', path),
    ];
    for (const it of await Promise.all(tries)) expect(it).toMatchObject({ status: 404 });
    expect(await web.ana.request('POST', `${path}/pin`, { on: true })).toMatchObject({ status: 409 });
  });

  test('a conversation is there for those who have it, and for nobody else in any way', async ({ web }) => {
    web.cy.connect();
    const [direct, again] = await Promise.all(
      [1, 2].map(() => web.ana.ask<{ id: string }>('POST', '/web/direct', { person: 'bo' })),
    );
    expect(again).toEqual(direct);
    expect(direct).toMatchObject({ kind: 'direct', name: 'Bo Chen', members: ['ana', 'bo'] });
    const id = direct?.id ?? '';
    expect(await web.bo.ask('POST', '/web/direct', { person: 'ana' })).toMatchObject({
      id,
      name: 'Ana Lima',
    });

    const { id: message } = await web.ana.write(id, 'between us');
    expect((await web.bo.messages(id)).map(textOf)).toEqual(['between us']);
    expect(await search(web.bo, 'between')).toMatchObject([{ roomName: 'Ana Lima' }]);
    expect((await web.bo.rooms()).find((it) => it.id === id)).toMatchObject({ unread: 1 });
    expect(web.inbox.words).toEqual([]);

    expect((await web.cy.rooms()).map((it) => it.id)).toEqual([web.room.id]);
    expect(await search(web.cy, 'between')).toEqual([]);
    const tries = [
      web.cy.request('GET', `${roomPath(id)}/messages`),
      web.cy.request('GET', `${roomPath(id)}/pins`),
      web.cy.request('POST', `${roomPath(id)}/messages`, { id: randomUUID(), text: 'x' }),
      web.cy.request('POST', `${roomPath(id)}/read`, { last: message }),
      web.cy.request('GET', `/web/messages/${message}/thread`),
      web.cy.request('POST', `/web/messages/${message}/reactions`, { emoji: '👍', on: true }),
      web.cy.request('POST', '/web/forms', { id: randomUUID(), room: id, command: 'note', args: {} }),
      web.cy.request('GET', `/web/suggest?line=/incident%20r&room=${encodeURIComponent(id)}`),
    ];
    for (const it of await Promise.all(tries)) expect(it).toMatchObject({ status: 404 });
    web.ana.connect().sends({ type: 'typing', room: id });
    web.cy.sends({ type: 'typing', room: id });
    await web.settled();
    expect(web.cy.pushes.map(({ type }) => type)).not.toContain('typing');
    expect(web.cy.pushed('room')).toEqual([]);
    expect(web.cy.pushed('message')).toEqual([]);
    expect(web.ana.pushed('typing')).toEqual([]);
  });

  test('the conversation with oneself is the one with the bot', async ({ web }) => {
    const room = await web.ana.ask<{ id: string }>('POST', '/web/direct', { person: 'ana' });
    expect(room).toMatchObject({ kind: 'direct', name: 'Incident Manager', members: ['ana'] });
    const reply = await web.ana.ask('POST', '/web/forms', {
      id: randomUUID(),
      room: null,
      command: 'list',
      args: {},
    });
    expect(reply).toMatchObject({ type: 'posted', message: { room: room.id, private: false } });
    expect(await web.ana.request('POST', '/web/direct', { person: 'zoe' })).toMatchObject({ status: 404 });
  });
});

async function search(page: { ask<T>(method: string, path: string): Promise<T> }, words: string) {
  const path = `/web/search?q=${encodeURIComponent(words)}`;
  return (await page.ask<{ messages: (MessageView & { roomName: string })[] }>('GET', path)).messages;
}
