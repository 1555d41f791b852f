import { expect } from 'vitest';

import { say, type Form } from '#src/chat/message.ts';
import type { Ref } from '#src/chat/platform.ts';

import { BUTTON, card, ROOM, type SeenTest } from './chat-platform-seen.ts';

const FORM: Form = {
  title: 'Resolve INC-1',
  submit: 'Resolve',
  command: 'resolve',
  known: { incident: 'INC-1' },
  fields: [
    {
      name: 'how',
      label: 'What was done?',
      help: 'One line',
      kind: 'line',
      required: true,
      choices: [],
      value: '',
      error: '',
    },
  ],
};

/** What people type, press and fill in reaches the engine, and its answers reach them. */
export function peopleContract(it: SeenTest): void {
  it('hears a command that is typed, and tells the room', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-1 is acknowledged by Ana.'), visible: 'room' });
    await seen.types(seen.ana, room, '/incident ack INC-1');

    expect(seen.heard.invocations).toMatchObject([
      {
        person: { platform: seen.ana.platform, id: seen.ana.id },
        room: { platform: room.platform, id: room.id },
        ask: { type: 'typed', text: 'ack INC-1' },
      },
    ]);
    const texts = (await seen.inRoom(seen.bo, room)).map(({ text }) => text);
    expect(texts.join('\n')).toContain('INC-1 is acknowledged by Ana.');
    expect(seen.heard.said).toEqual([]);
  });

  it('shows a private reply to the one who asked', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('Since you last looked: nothing.'), visible: 'private' });
    await seen.types(seen.ana, room, '/incident catchup');

    const everything = async (who: Ref) =>
      [...(await seen.inRoom(who, room)), ...(await seen.directly(who))].map(({ text }) => text).join('\n');
    expect(await everything(seen.ana)).toContain('Since you last looked');
    expect(await everything(seen.bo)).not.toContain('Since you last looked');
  });

  it('hands a pressed button over as the command that was saved in it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card:1' });
    await seen.presses(seen.bo, room, 'Acknowledge');
    expect(seen.heard.invocations).toMatchObject([
      {
        person: { id: seen.bo.id },
        room: { id: room.id },
        ask: { type: 'saved', command: 'ack', args: BUTTON.args },
      },
    ]);
  });

  it('opens a form, and hands over what was entered with what was known', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Resolve'), { key: 'card:1' });
    seen.answers({ type: 'form', form: FORM });
    const form = await seen.presses(seen.ana, room, 'Resolve');
    expect(form).toEqual(FORM);

    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    const next = await seen.fills(seen.ana, room, FORM, { how: 'Rolled back <b>4.2</b> & drank tea' });
    expect(next).toBe(null);
    const args = { incident: 'INC-1', how: 'Rolled back <b>4.2</b> & drank tea' };
    expect(seen.heard.invocations.at(-1)).toMatchObject({
      person: { id: seen.ana.id },
      ask: { type: 'form', command: 'resolve', args },
    });
  });

  it('does what is delivered twice once, and answers it once', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-2 is declared.'), visible: 'room' });
    const delivery = 'd3b07384-d9a0-4c9b-8f0e-5a3b1f6f7a10';
    await Promise.all(
      [1, 2].map(() => seen.types(seen.ana, room, '/incident declare checkout is down', delivery)),
    );
    await seen.types(seen.ana, room, '/incident declare checkout is down', delivery);

    expect(seen.heard.invocations).toHaveLength(1);
    const answers = (await seen.inRoom(seen.bo, room)).filter(({ text }) =>
      text.includes('INC-2 is declared.'),
    );
    expect(answers).toHaveLength(1);
  });

  it('passes on what people say, once, and does not take it for a command', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const delivery = '7d793037-a076-4a3f-9c3b-0f1f2f5a6b7c';
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);

    expect(seen.heard.said).toMatchObject([
      { person: { id: seen.bo.id }, room: { id: room.id }, text: 'the pool is exhausted', kind: 'message' },
    ]);
    expect(seen.heard.invocations).toEqual([]);
    expect((await seen.inRoom(seen.ana, room)).map(({ text }) => text)).toEqual(['the pool is exhausted']);
  });
}
