import { expect } from 'vitest';

import { say, type Form } from '#src/chat/message.ts';

import { card, everything, ROOM, type SeenTest } from './chat-platform-seen.ts';
import { formOf, lastOf } from './chat-platform-wishes.ts';

/** Forms open, keep what is in them, say what is wrong, and hand over what was entered. */
export function formContract(it: SeenTest): void {
  it('opens a form, and hands over what was entered with what was known', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Resolve'), { key: 'card:1' });
    seen.answers({ type: 'form', form: formOf({}) });
    const form = await seen.presses(seen.ana, room, 'Resolve');
    expect(form).toMatchObject({
      title: 'Resolve INC-1',
      fields: [{ name: 'how', label: 'What was done?' }],
    });

    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    const entered = { how: 'Rolled back <b>4.2</b> & drank tea' };
    expect(await seen.fills(seen.ana, entered)).toBe(null);
    expect(lastOf(seen)).toMatchObject({
      person: { id: seen.ana.id },
      room: { id: room.id },
      ask: { type: 'form', command: 'resolve', args: { incident: 'INC-1', ...entered } },
    });
    expect(await everything(seen, seen.bo, room)).toContain('INC-1 is resolved.');
  });

  it('opens a form for a command that is typed', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'form', form: formOf({}) });
    const form = await seen.types(seen.ana, room, '/incident resolve INC-1');
    expect(form).toMatchObject({ title: 'Resolve INC-1', fields: [{ name: 'how' }] });
    expect(await seen.form(seen.bo)).toBe(null);
  });

  it('draws a field of each kind, with what is in it, and hands all of them over', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const choices = [
      { label: 'P1: many cannot work', value: 'P1' },
      { label: 'P2: some cannot work', value: 'P2' },
    ];
    const fields = [
      { name: 'title', label: 'Title', value: 'search is slow' },
      { name: 'impact', label: 'Impact', kind: 'paragraph', value: 'results take\n10 s', required: false },
      { name: 'severity', label: 'Severity', kind: 'choice', choices, value: 'P2' },
      { name: 'next', label: 'Next update', kind: 'when', value: 'in 30m', required: false },
      { name: 'length', label: 'Length', kind: 'duration', value: '30m', required: false },
    ] as const;
    seen.answers({ type: 'form', form: formOf(...fields) });
    const form = await seen.types(seen.ana, room, '/incident resolve INC-1');
    const kept = fields.slice(0, seen.platform.limits.formFields);
    expect(form?.fields.map(({ name, label }) => ({ name, label }))).toEqual(
      kept.map(({ name, label }) => ({ name, label })),
    );
    expect(form?.fields[2]?.choices).toEqual(choices.map(({ label }) => label));

    seen.answers({ type: 'reply', message: say('Done it is.'), visible: 'private' });
    await seen.fills(seen.ana, { severity: 'P1', title: 'search is down' });
    expect(lastOf(seen).meant.args).toEqual({
      ...Object.fromEntries(kept.map(({ name, value }) => [name, value])),
      incident: 'INC-1',
      severity: 'P1',
      title: 'search is down',
    });
  });

  it('says what is wrong in a form, keeps what was entered, and takes the next try', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'form', form: formOf({}) });
    await seen.types(seen.ana, room, '/incident resolve INC-1');
    const error = 'say a little more than that';
    seen.answers({ type: 'form', form: formOf({ value: 'x', error }) });
    const again = await seen.fills(seen.ana, { how: 'x' });
    const { formErrors } = seen.platform.limits;
    expect(formErrors === 'at the field' ? again?.fields[0]?.error : again?.error).toContain(error);
    expect(again?.fields[0]?.value).toBe('x');

    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    expect(await seen.fills(seen.ana, { how: 'rolled back' })).toBe(null);
    expect(lastOf(seen).meant.args).toEqual({ incident: 'INC-1', how: 'rolled back' });
  });

  it('opens one form after the other when a first asks for more', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'form', form: formOf({ name: 'incident', label: 'Which incident?' }) });
    await seen.types(seen.ana, room, '/incident resolve');
    const next: Form = { ...formOf({}), title: 'Resolve INC-7', known: { incident: 'INC-7' } };
    seen.answers({ type: 'form', form: next });
    const form = await seen.fills(seen.ana, { incident: 'INC-7' });
    expect(form).toMatchObject({ title: 'Resolve INC-7', fields: [{ name: 'how' }] });
    seen.answers({ type: 'reply', message: say('INC-7 is resolved.'), visible: 'room' });
    await seen.fills(seen.ana, { how: 'rolled back' });
    expect(lastOf(seen).meant.args).toEqual({ incident: 'INC-7', how: 'rolled back' });
  });
}
