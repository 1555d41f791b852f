import { expect } from 'vitest';

import { say, type Message, type Part } from '#src/chat/message.ts';

import { BUTTON, card, ofBot, read, ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';
import { formOf, lastOf } from './chat-platform-wishes.ts';

/** What is too long or too much is made to fit, and never refused. */
export function limitContract(it: SeenTest): void {
  longContract(it);
  manyContract(it);
}

async function lastIn(seen: Seen, message: Message) {
  const room = await seen.platform.openRoom(ROOM);
  await seen.platform.post(room, message, { key: 'k1' });
  expect(seen.far?.measured.refused ?? []).toEqual([]);
  const shown = (await ofBot(seen, seen.ana, room)).at(-1);
  if (!shown) throw new Error('nothing is shown');
  return { ...shown, text: read(shown.text) };
}

function longContract(it: SeenTest): void {
  it('says what it can do in numbers that make sense', async ({ seen: { platform } }) => {
    const { roomName, topic, message, buttons, formFields, file } = platform.limits;
    for (const limit of [roomName, topic, message, buttons, formFields]) expect(limit).toBeGreaterThan(3);
    expect(file).toBeGreaterThanOrEqual(0);
  });

  it('shortens a message that is too long, and keeps its buttons', async ({ seen }) => {
    const { limits } = seen.platform;
    const shown = await lastIn(seen, card('checkout is down '.repeat(limits.message / 8), 'Acknowledge'));
    expect(shown.text).toMatch(/^checkout is down .*…$/su);
    expect(shown.text.length).toBeLessThanOrEqual(limits.message);
    expect(shown.buttons).toEqual(['Acknowledge']);
  });

  it('shortens what is long in every part, and shows all parts', async ({ seen }) => {
    const long = 'checkout is down '.repeat(1500);
    const parts: Part[] = [
      { type: 'heading', text: `Heading ${long}` },
      { type: 'fields', fields: [{ label: `Label ${long}`, value: `Value ${long}` }] },
      { type: 'list', items: [`Item ${long}`] },
      { type: 'code', text: `Code ${long}` },
      { type: 'context', text: `Context ${long}` },
      { type: 'buttons', buttons: [{ ...BUTTON, label: `Button ${long}`, confirm: long }] },
    ];
    const shown = await lastIn(seen, { parts, summary: long, tone: 'alarm' });
    expect(shown.text).toMatch(/^Heading checkout/);
    expect(shown.buttons[0]).toMatch(/^Button checkout/);
  });

  it('cuts no character in half', async ({ seen }) => {
    const { limits } = seen.platform;
    for (const start of ['', 'x']) {
      const shown = await lastIn(seen, card(`${start}${'🔥'.repeat(limits.message)}`, '🔥'.repeat(100)));
      expect(shown.text.isWellFormed()).toBe(true);
      expect(shown.buttons[0]?.isWellFormed()).toBe(true);
    }
  });

  it('shortens the name of a room and its topic', async ({ seen }) => {
    const { limits } = seen.platform;
    const name = `inc-7-${'checkout-'.repeat(40)}`;
    const room = await seen.platform.openRoom({ ...ROOM, name, topic: 'long '.repeat(500) });
    expect(room.name.length).toBeLessThanOrEqual(limits.roomName);
    expect(room.name).toMatch(/^inc-7-checkout/i);
    expect((await seen.room(room)).topic.length).toBeLessThanOrEqual(limits.topic);
    await seen.platform.setTopic(room, 'longer '.repeat(500));
    expect((await seen.room(room)).topic.length).toBeLessThanOrEqual(limits.topic);
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('opens a room for any name that has a letter in it', async ({ seen }) => {
    const names = [
      'Checkout: é down!',
      'a b\tc\nd',
      'x'.repeat(300),
      'Größe',
      '../../etc/passwd',
      '<b>1</b>',
    ];
    for (const name of names) {
      const room = await seen.platform.openRoom({ ...ROOM, name });
      expect(room.name).not.toBe('');
      expect(await seen.platform.openRoom({ ...ROOM, name })).toEqual(room);
    }
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('opens a form whose words are too long', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const long = 'Which of them '.repeat(400);
    const choices = [{ label: long, value: 'a' }];
    const line = {
      label: long,
      help: long,
      error: long,
      value: 'v'.repeat(4000),
      kind: 'paragraph',
    } as const;
    const form = formOf(line, { name: 'which', kind: 'choice', choices });
    seen.answers({ type: 'form', form: { ...form, title: long, submit: long } });
    const shown = await seen.types(seen.ana, room, '/incident resolve INC-1');
    expect(shown?.title).toMatch(/^Which of/);
    expect(shown?.fields[0]?.label).toMatch(/^Which of/);
    expect(shown?.fields[0]?.value.length).toBeGreaterThan(2000);
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });
}

function manyContract(it: SeenTest): void {
  it('takes more buttons than it can draw', async ({ seen }) => {
    const buttons = Array.from({ length: seen.platform.limits.buttons + 5 }, (_, index) => ({
      ...BUTTON,
      label: `Choice ${index}`,
    }));
    const shown = await lastIn(seen, say('Pick one', { type: 'buttons', buttons }));
    expect(shown.buttons.slice(0, seen.platform.limits.buttons)).toEqual(
      buttons.slice(0, seen.platform.limits.buttons).map(({ label }) => label),
    );
  });

  it('takes buttons that look alike and do the same', async ({ seen }) => {
    const shown = await lastIn(seen, say('Pick one', { type: 'buttons', buttons: [BUTTON, BUTTON] }));
    expect(shown.buttons).toContain('Acknowledge');
  });

  it('takes more options, fields, items and parts than it can draw', async ({ seen }) => {
    const many = Array.from({ length: 200 }, (_, index) => `thing ${index}`);
    const parts: Part[] = [
      { type: 'fields', fields: many.map((one) => ({ label: one, value: one })) },
      { type: 'list', items: many },
      {
        type: 'select',
        select: {
          label: 'Which?',
          command: 'ack',
          args: {},
          arg: 'incident',
          options: many.map((one) => ({ label: one, value: one })),
        },
      },
      ...many.map((text): Part => ({ type: 'text', text })),
      { type: 'divider' },
    ];
    const shown = await lastIn(seen, { parts, summary: 'many', tone: 'info' });
    expect(shown.text).toContain('thing 0');
    expect(shown.options.slice(0, 2)).toEqual(['thing 0', 'thing 1']);
  });

  it('draws a message with nothing in it, and empty words in every part', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, { parts: [], summary: 'Nothing', tone: 'info' }, { key: 'e1' });
    const parts: Part[] = [
      { type: 'heading', text: '' },
      { type: 'text', text: [] },
      { type: 'fields', fields: [{ label: '', value: '' }] },
      { type: 'fields', fields: [] },
      { type: 'list', items: [] },
      { type: 'list', items: [''] },
      { type: 'code', text: '' },
      { type: 'context', text: '' },
      { type: 'buttons', buttons: [] },
      { type: 'select', select: { label: '', command: 'ack', args: {}, arg: 'incident', options: [] } },
    ];
    await seen.platform.post(room, { parts, summary: '', tone: 'quiet' }, { key: 'e2' });
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('opens a form with more fields and choices than it can draw, the first ones first', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const choices = Array.from({ length: 150 }, (_, index) => ({
      label: `Choice ${index}`,
      value: `c${index}`,
    }));
    const fields = Array.from({ length: seen.platform.limits.formFields + 5 }, (_, index) => ({
      name: `field${index}`,
      label: `Field ${index}`,
      required: false,
      value: index === seen.platform.limits.formFields + 4 ? 'kept' : '',
      ...(index === 1 ? ({ kind: 'choice', choices } as const) : {}),
    }));
    seen.answers({ type: 'form', form: formOf(...fields) });
    const shown = await seen.types(seen.ana, room, '/incident resolve INC-1');
    expect(shown?.fields).toHaveLength(seen.platform.limits.formFields);
    expect(shown?.fields.slice(0, 3).map(({ label }) => label)).toEqual(['Field 0', 'Field 1', 'Field 2']);
    expect(shown?.fields[1]?.choices.slice(0, 2)).toEqual(['Choice 0', 'Choice 1']);

    // What is known already is not lost with the field that has no place.
    seen.answers({ type: 'reply', message: say('Done it is.'), visible: 'private' });
    await seen.fills(seen.ana, { field0: 'entered' });
    const last = `field${fields.length - 1}`;
    expect(lastOf(seen).meant.args).toMatchObject({ field0: 'entered', [last]: 'kept' });
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });
}
