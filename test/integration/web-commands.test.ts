import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import type { MessageView } from '#adapters/web/protocol.ts';
import { say } from '#src/chat/message.ts';
import { UserError } from '#src/errors.ts';
import { roomPath, test, textOf } from '#test/support/web-chat.ts';

describe('commands', () => {
  test('the room reads who asked what, and the answer', async ({ web }) => {
    web.cy.connect();
    web.inbox.outcome = async () => ({
      type: 'reply',
      message: say('INC-1 is acknowledged.'),
      visible: 'room',
    });
    await web.bo.send(web.room.id, '/incident ack');
    expect((await web.cy.messages(web.room.id)).map(textOf)).toEqual([
      'Bo Chen typed /incident ack\nINC-1 is acknowledged.',
    ]);
    expect(web.cy.pushed('message')).toHaveLength(1);
  });

  test('a wish has the id of the page and of who wishes', async ({ web }) => {
    const id = randomUUID();
    await web.bo.send(web.room.id, '/incident note two\nlines ', { id });
    expect(web.inbox.invocations).toEqual([
      {
        id: `web:bo:${id}`,
        person: { platform: 'web', id: 'bo' },
        room: { platform: 'web', id: web.room.id },
        ask: { type: 'typed', text: 'note two\nlines' },
      },
    ]);
  });

  test('what the engine refuses is answered as a refusal, and a bug is not hidden', async ({ web }) => {
    web.inbox.outcome = async () => {
      throw new UserError('busy', 'Too much is going on.');
    };
    const path = `${roomPath(web.room.id)}/messages`;
    const asked = { id: randomUUID(), text: '/incident ack' };
    expect(await web.bo.request('POST', path, asked)).toMatchObject({ status: 503, body: { error: 'busy' } });
    web.inbox.outcome = () => Promise.reject(new Error('boom'));
    await expect(web.bo.request('POST', path, { ...asked, id: randomUUID() })).rejects.toThrow('boom');
  });

  test('a button is what the stored message says, whatever the page says', async ({ web }) => {
    const press = {
      label: 'Acknowledge',
      command: 'ack',
      args: { incident: 'INC-1' },
      style: 'primary',
    } as const;
    const card = (label: string) => say('INC-1', { type: 'buttons', buttons: [{ ...press, label }] });
    const posted = await web.chat.platform.post(web.room, card('Acknowledge'), { key: 'card' });
    const path = `/web/messages/${posted.id}/press`;
    const id = randomUUID();
    const pressed = {
      id,
      part: 1,
      button: 0,
      label: 'Acknowledge',
      command: 'close',
      args: { incident: 'INC-9' },
    };
    const answer = await web.bo.ask('POST', path, pressed);
    expect(web.inbox.invocations[0]?.ask).toEqual({
      type: 'saved',
      command: 'ack',
      args: { incident: 'INC-1' },
    });

    await web.chat.platform.edit(posted, card('Resolve'));
    expect(await web.bo.ask('POST', path, pressed)).toEqual(answer);
    for (const wrong of [
      { part: 1, button: 0, label: 'Acknowledge' },
      { part: 1, button: 1 },
      { part: 1 },
      { part: 0, button: 0 },
      { part: 7, button: 0 },
      { part: 1, value: 'x' },
    ]) {
      const refused = await web.bo.request('POST', path, { id: randomUUID(), ...wrong });
      expect(refused).toMatchObject({ status: 409, body: { error: 'conflict' } });
    }
    expect(web.inbox.invocations).toHaveLength(1);
  });

  test('an option of a select fills the argument it stands for, and only one that is offered', async ({
    web,
  }) => {
    const options = [{ label: 'INC-2 Search', value: 'INC-2' }];
    const select = { label: 'Which?', command: 'ack', args: { note: 'n' }, arg: 'incident', options };
    const { id } = await web.chat.platform.post(web.room, say('Which?', { type: 'select', select }), {
      key: 's',
    });
    const path = `/web/messages/${id}/press`;
    await web.bo.ask('POST', path, { id: randomUUID(), part: 1, value: 'INC-2' });
    expect(web.inbox.invocations[0]?.ask).toMatchObject({ args: { note: 'n', incident: 'INC-2' } });
    const refused = await web.bo.request('POST', path, { id: randomUUID(), part: 1, value: 'INC-9' });
    expect(refused).toMatchObject({ status: 409 });
  });

  test('completions can stand where the line stands', async ({ web }) => {
    const at = (line: string) =>
      web.bo.ask('GET', `/web/suggest?line=${encodeURIComponent(line)}&room=${web.room.id}`);
    expect(await at('/incident r')).toEqual({
      suggestions: [{ line: '/incident resolve', help: 'Resolve it' }],
    });
    expect(await at('hello')).toEqual({ suggestions: [] });
  });

  test('before the start and after the stop nothing is begun', async ({ web }) => {
    await web.chat.platform.stop();
    const body = { id: randomUUID(), text: '/incident ack' };
    const refused = await web.bo.request('POST', `${roomPath(web.room.id)}/messages`, body);
    expect(refused).toMatchObject({ status: 503, body: { error: 'busy' } });
  });
});

describe('pins and reactions', () => {
  test("a person's words that are pinned go to the engine first, in their name", async ({ web }) => {
    web.cy.connect();
    const { id } = await web.bo.write(web.room.id, 'the pool is exhausted');
    web.inbox.words.length = 0;
    const pinned = await web.ana.ask('POST', `/web/messages/${id}/pin`, { on: true });
    expect(pinned).toMatchObject({ pinned: true });
    expect(web.inbox.words).toEqual([
      {
        id: `web:pinned:${id}`,
        person: web.refs.ana,
        room: { platform: 'web', id: web.room.id },
        message: { platform: 'web', id: String(id) },
        text: 'the pool is exhausted',
        by: web.refs.bo,
        kind: 'pinned',
      },
    ]);
    await web.ana.ask('POST', `/web/messages/${id}/pin`, { on: true });
    expect(web.inbox.words).toHaveLength(1);
    expect(await web.cy.ask('GET', `${roomPath(web.room.id)}/pins`)).toMatchObject({
      messages: [{ id }],
      more: false,
    });
    expect(web.cy.pushed('message').at(-1)).toMatchObject({ message: { id, pinned: true } });
    expect(await web.cy.ask('POST', `/web/messages/${id}/pin`, { on: false })).toMatchObject({
      pinned: false,
    });
  });

  test('what the engine does not take is not pinned', async ({ web }) => {
    const { id } = await web.bo.write(web.room.id, 'words');
    web.inbox.saying = () => Promise.reject(new UserError('not_allowed', 'Not you.'));
    expect(await web.cy.request('POST', `/web/messages/${id}/pin`, { on: true })).toMatchObject({
      status: 403,
    });
    expect(await web.cy.messages(web.room.id)).toMatchObject([{ pinned: false }]);
  });

  test("the bot's card is pinned without a word to the engine", async ({ web }) => {
    await web.chat.platform.post(web.room, say('INC-1'), { key: 'card', pin: true });
    expect(await web.cy.ask('GET', `${roomPath(web.room.id)}/pins`)).toMatchObject({
      messages: [{ pinned: true }],
    });
    expect(web.inbox.words).toEqual([]);
  });

  test('reactions are counted by person, and taken back', async ({ web }) => {
    web.cy.connect();
    const { id } = await web.bo.write(web.room.id, 'rolled back');
    const react = (page: typeof web.ana, emoji: string, on: boolean) =>
      page.ask<MessageView>('POST', `/web/messages/${id}/reactions`, { emoji, on });
    await react(web.ana, '🎉', true);
    web.clock.pass(1);
    await react(web.bo, '👍🏽', true);
    web.clock.pass(1);
    await react(web.bo, '🎉', true);
    const pushes = web.cy.pushed('message').length;
    expect((await react(web.bo, '🎉', true)).reactions).toEqual([
      { emoji: '🎉', people: ['ana', 'bo'] },
      { emoji: '👍🏽', people: ['bo'] },
    ]);
    expect(web.cy.pushed('message')).toHaveLength(pushes);
    expect((await react(web.ana, '🎉', false)).reactions[1]).toEqual({ emoji: '🎉', people: ['bo'] });
  });

  test('only an emoji is a reaction, and twenty a person are enough', async ({ web }) => {
    const { id } = await web.bo.write(web.room.id, 'rolled back');
    const path = `/web/messages/${id}/reactions`;
    for (const emoji of ['x', '', '👍👍', '<b>', ':tada:', '1', '\u200D', 'a👍']) {
      expect(await web.ana.request('POST', path, { emoji, on: true })).toMatchObject({ status: 400 });
    }
    for (const emoji of ['❤️', '❤', '👩‍🚒', '🇫🇷']) {
      expect(await web.ana.request('POST', path, { emoji, on: true })).toMatchObject({ status: 200 });
    }
    const many = Array.from({ length: 30 }, (_, index) => String.fromCodePoint(0x1f600 + index));
    for (const emoji of many) await web.ana.ask('POST', path, { emoji, on: true });
    const [message] = await web.ana.messages(web.room.id);
    expect(message?.reactions).toHaveLength(20);
  });
});
