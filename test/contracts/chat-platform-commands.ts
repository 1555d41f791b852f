import { expect } from 'vitest';

import { say, type Part } from '#src/chat/message.ts';

import { BUTTON, card, everything, read, ROOM, type SeenTest } from './chat-platform-seen.ts';
import { formOf, lastOf, meant } from './chat-platform-wishes.ts';

/** What people type, press and pick reaches the engine, and its answers reach them. */
export function commandContract(it: SeenTest): void {
  typedContract(it);
  pressedContract(it);
  menuContract(it);
}

function typedContract(it: SeenTest): void {
  it('hears a command that is given, and tells the room', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-1 is acknowledged by Ana.'), visible: 'room' });
    await seen.types(seen.ana, room, '/incident ack INC-1');

    expect(seen.heard.invocations).toHaveLength(1);
    expect(lastOf(seen)).toMatchObject({
      person: { platform: seen.platform.name, id: seen.ana.id },
      room: { platform: seen.platform.name, id: room.id },
      meant: { command: 'ack', args: { incident: 'INC-1' } },
    });
    expect(await everything(seen, seen.bo, room)).toContain('INC-1 is acknowledged by Ana.');
    expect(seen.heard.said).toEqual([]);
  });

  it('hears long words, quotes and options in a command as they were meant', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.types(
      seen.ana,
      room,
      '/incident declare search is slow --severity P2 --impact "results take 10 s & more <b>"',
    );
    expect(lastOf(seen).meant).toMatchObject({
      command: 'declare',
      args: { title: 'search is slow', severity: 'P2', impact: 'results take 10 s & more <b>' },
    });
  });

  it('hands over whom somebody mentions by the id that the platform has', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.types(seen.ana, room, `/incident assign INC-1 to <@${seen.bo.id}>`);
    const { command, args } = lastOf(seen).meant;
    expect([command, args['incident']]).toEqual(['assign', 'INC-1']);
    // A platform whose ids are our own handles has them as they are typed here.
    expect([`<@${seen.bo.id}>`, `@${seen.bo.id}`]).toContain(args['to']);
  });

  it('shows a private reply to the one who asked', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    seen.answers({ type: 'reply', message: say('Since you last looked: nothing.'), visible: 'private' });
    await seen.types(seen.ana, room, '/incident catchup');

    const told = 'Since you last looked';
    expect(await everything(seen, seen.ana, room)).toContain(told);
    expect(await everything(seen, seen.bo, room)).not.toContain(told);
    const inRoom = (await seen.inRoom(seen.ana, room)).filter(({ text }) => text.includes(told));
    expect(inRoom.map((one) => one.private)).toEqual(
      seen.platform.limits.privateReply === 'in the room' ? [true] : [],
    );
  });

  it('hears a person who is no full member too', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.guest]);
    await seen.types(seen.guest, room, '/incident help');
    expect(lastOf(seen)).toMatchObject({ person: { id: seen.guest.id }, meant: { command: 'help' } });
  });

  it('offers what the engine offers while somebody types, where it can', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.inbox.suggestions = [{ line: 'ack INC-77', help: 'the queue is full' }];
    const offered = await seen.completes(seen.bo, room, 'ack INC');
    if (!seen.platform.limits.completion) {
      expect(offered).toEqual([]);
      return;
    }
    expect(offered.join('\n')).toContain('INC-77');
    const asked = [
      ...seen.inbox.suggested.map(({ typed, person }) => ({ typed, person })),
      ...seen.inbox.chosen.map(({ command, arg, typed, person }) => ({ command, arg, typed, person })),
    ];
    expect([
      [{ typed: 'ack INC', person: seen.bo }],
      [{ command: 'ack', arg: 'incident', typed: 'INC', person: seen.bo }],
    ]).toContainEqual(asked);
  });

  it('keeps apart what two people ask at the same moment', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    seen.inbox.outcome = async ({ person: { id } }) => ({
      type: 'reply',
      message: say(id === seen.ana.id ? 'this is for Ana' : 'this is for Bo'),
      visible: 'private',
    });
    await Promise.all([
      seen.types(seen.ana, room, '/incident list'),
      seen.types(seen.bo, room, '/incident list'),
    ]);
    expect(await everything(seen, seen.ana, room)).not.toContain('this is for Bo');
    expect(await everything(seen, seen.bo, room)).not.toContain('this is for Ana');
  });
}

function pressedContract(it: SeenTest): void {
  it('hands a pressed button over as the command that was saved in it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card:1' });
    await seen.presses(seen.bo, room, 'Acknowledge');
    expect(seen.heard.invocations).toHaveLength(1);
    expect(lastOf(seen)).toMatchObject({
      person: { platform: seen.platform.name, id: seen.bo.id },
      room: { id: room.id },
      ask: { type: 'saved', command: 'ack', args: BUTTON.args },
    });
  });

  it('hands over buttons whose commands are long, and presses that come after a restart', async ({
    seen,
  }) => {
    const room = await seen.platform.openRoom(ROOM);
    const args = { incident: 'INC-1', text: `${'a long note, '.repeat(150)}<@x> "quoted" \\ 数据库` };
    const button = { label: 'Keep it', command: 'note', args, style: 'plain', confirm: 'Really?' } as const;
    const again = await seen.restarted();
    await again.post(room, say('Keep?', { type: 'buttons', buttons: [button] }), { key: 'k1' });
    await seen.presses(seen.bo, room, 'Keep it');
    expect(lastOf(seen).ask).toEqual({ type: 'saved', command: 'note', args });
  });

  it('hands an option over that is picked from a menu', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const select: Part = {
      type: 'select',
      select: {
        label: 'Which incident?',
        command: 'note',
        args: { text: 'the disk is full' },
        arg: 'incident',
        options: [
          { label: 'INC-1 checkout is down', value: 'INC-1' },
          { label: 'INC-2 search is slow', value: 'INC-2' },
        ],
      },
    };
    await seen.platform.post(room, say('Which one?', select), { key: 'k1' });
    expect((await seen.inRoom(seen.bo, room)).at(-1)?.options).toEqual([
      'INC-1 checkout is down',
      'INC-2 search is slow',
    ]);
    await seen.presses(seen.bo, room, 'INC-2 search is slow');
    expect(lastOf(seen).ask).toEqual({
      type: 'saved',
      command: 'note',
      args: { text: 'the disk is full', incident: 'INC-2' },
    });
  });

  it('takes a press in a private answer and in a direct message too', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: card('Did you mean this?', 'Yes, that'), visible: 'private' });
    await seen.types(seen.ana, room, '/incident list');
    seen.answers({ type: 'reply', message: say('INC-1 is yours.'), visible: 'private' });
    await seen.presses(seen.ana, room, 'Yes, that');
    expect(lastOf(seen)).toMatchObject({ person: { id: seen.ana.id }, ask: { command: 'ack' } });

    await seen.platform.direct(seen.bo, card('INC-1 pages you', 'I take it'), { key: 'd:1' });
    await seen.presses(seen.bo, room, 'I take it');
    expect(lastOf(seen)).toMatchObject({ person: { id: seen.bo.id }, ask: { command: 'ack' } });
  });
}

function menuContract(it: SeenTest): void {
  it("gives a command on somebody's message", async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.types(seen.bo, room, 'the disk of db-3 is full');
    const message = (await seen.inRoom(seen.ana, room)).at(-1);
    if (!message) throw new Error('nobody sees the message');

    await seen.shortcut(seen.ana, message, 'Add to timeline');
    expect(lastOf(seen)).toMatchObject({
      person: { id: seen.ana.id },
      room: { id: room.id },
      ask: {
        type: 'saved',
        command: 'note',
        args: { text: 'the disk of db-3 is full' },
        by: { id: seen.bo.id },
      },
    });
  });

  it("opens a form on somebody's message, filled in with its words", async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.types(seen.bo, room, 'search is slow');
    const message = (await seen.inRoom(seen.ana, room)).at(-1);
    if (!message) throw new Error('nobody sees the message');

    seen.answers({ type: 'form', form: formOf({ value: 'search is slow' }) });
    const form = await seen.shortcut(seen.ana, message, 'Declare from message');
    expect(lastOf(seen)).toMatchObject({
      ask: { type: 'draft', command: 'declare', args: { title: 'search is slow' } },
    });
    expect(form?.fields).toMatchObject([{ value: 'search is slow' }]);
  });

  it("shows somebody their own page of the bot's", async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: card('INC-1 is with you.', 'Acknowledge'), visible: 'private' });
    await seen.opensHome(seen.ana);
    expect(meant(seen.heard.invocations[0]?.ask)).toEqual({ command: 'home', args: {} });
    const home = await seen.home(seen.ana);
    expect(read(home?.text ?? '')).toContain('INC-1 is with you.');
    expect(home?.buttons).toContain('Acknowledge');
    expect(await everything(seen, seen.bo, room)).not.toContain('INC-1 is with you.');
  });
}
