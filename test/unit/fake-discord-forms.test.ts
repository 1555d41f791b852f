import { describe, expect } from 'vitest';

import { test } from '#test/support/discord/testing-commands.ts';

describe('a form', () => {
  const FORM = {
    custom_id: 'f1',
    title: 'Resolve INC-1',
    components: [
      { type: 10, content: 'Say **what** was done' },
      {
        type: 18,
        label: 'What was done?',
        component: { type: 4, style: 1, custom_id: 'how', max_length: 20 },
      },
      {
        type: 18,
        label: 'Cause',
        component: {
          type: 3,
          custom_id: 'cause',
          required: false,
          options: [
            { label: 'Deploy', value: 'deploy', default: true },
            { label: 'Load', value: 'load' },
          ],
        },
      },
      { type: 18, label: 'Who', component: { type: 5, custom_id: 'who', required: false } },
    ],
  };

  test('opens at once, is filled in and comes back', async ({ fake, ears }) => {
    const { ana, bo } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    expect((await ears.next(9, FORM)).answered.status).toBe(204);
    await typing;
    expect(fake.form(bo)).toBe(null);
    expect(fake.form(ana)).toEqual({
      title: 'Resolve INC-1',
      error: 'Say what was done',
      fields: [
        { name: 'how', label: 'What was done?', value: '', error: '', choices: [] },
        { name: 'cause', label: 'Cause', value: 'deploy', error: '', choices: ['Deploy', 'Load'] },
        { name: 'who', label: 'Who', value: '', error: '', choices: [] },
      ],
    });
    await expect(fake.fills(ana, {})).rejects.toThrow('without how');
    await expect(fake.fills(ana, { when: 'now' })).rejects.toThrow('no field when');
    await expect(fake.fills(ana, { how: 'x'.repeat(21) })).rejects.toThrow('21 characters');
    await expect(fake.fills(ana, { how: 'x', cause: 'Moon' })).rejects.toThrow('offers no `Moon`');
    const filling = fake.fills(ana, { how: 'rolled back', Who: 'Bo Chen' });
    const { heard } = await ears.next(4, { content: 'Resolved.' });
    await filling;
    expect(heard).toMatchObject({
      type: 5,
      data: {
        custom_id: 'f1',
        components: [
          { type: 10 },
          { type: 18, component: { type: 4, custom_id: 'how', value: 'rolled back' } },
          { type: 18, component: { type: 3, custom_id: 'cause', values: ['deploy'] } },
          { type: 18, component: { type: 5, custom_id: 'who', values: [bo.id] } },
        ],
        resolved: { users: { [bo.id]: { username: 'bo' } } },
      },
    });
    expect(fake.form(ana)).toBe(null);
  });

  test('does not follow a deferral, nor another form', async ({ fake, ears }) => {
    const { ana } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    const { heard } = await ears.next(5, { flags: 64 });
    await typing;
    expect(await ears.answer(heard, { type: 9, data: FORM })).toMatchObject({
      status: 400,
      body: { code: 40060 },
    });
    expect(fake.form(ana)).toBe(null);

    const again = fake.types(ana, fake.general, '/incident ack');
    await ears.next(9, FORM);
    await again;
    const filling = fake.fills(ana, { how: 'x' });
    const submitted = await ears.hears();
    expect(await ears.answer(submitted, { type: 9, data: FORM })).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
    await ears.answer(submitted, { type: 4, data: { content: 'ok' } });
    await filling;
  });

  test('is refused where it is too large', async ({ fake, ears }) => {
    const { ana } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    const heard = await ears.hears();
    const [, field] = FORM.components;
    const bad: object[] = [
      { ...FORM, title: 'x'.repeat(46) },
      { ...FORM, custom_id: 'x'.repeat(101) },
      {
        ...FORM,
        components: Array.from({ length: 6 }, (_, index) => ({
          type: 18,
          label: 'x',
          component: { type: 4, style: 1, custom_id: `c${index}` },
        })),
      },
      { ...FORM, components: [{ ...field, label: 'x'.repeat(46) }] },
      { ...FORM, components: [field, field] },
      { ...FORM, components: [{ type: 18, label: 'x', component: { type: 4, style: 3, custom_id: 'c' } }] },
      {
        ...FORM,
        components: [{ type: 18, label: 'x', component: { type: 2, style: 1, label: 'x', custom_id: 'c' } }],
      },
      { ...FORM, components: [] },
    ];
    for (const it of bad) {
      expect(await ears.answer(heard, { type: 9, data: it })).toMatchObject({
        status: 400,
        body: { code: 50035 },
      });
    }
    await ears.answer(heard, { type: 4, data: { content: 'ok' } });
    await typing;
  });

  test('is opened by a button that asks back, once it is confirmed', async ({ fake, bot, ears }) => {
    const { ana } = fake.people;
    const row = (id: string, ...labels: string[]) => ({
      type: 1,
      components: labels.map((label, index) => ({ type: 2, style: 4, label, custom_id: `${id}${index}` })),
    });
    await bot.post(`/channels/${fake.general}/messages`, {
      content: 'card',
      components: [row('c', 'Close')],
    });
    const pressing = fake.presses(ana, fake.general, 'Close');
    await ears.next(4, { content: 'Really?', flags: 64, components: [row('y', 'Close', 'Cancel')] });
    const { heard } = await ears.next(9, FORM);
    await pressing;
    expect(heard.data.custom_id).toBe('y0');
    expect(fake.form(ana)?.title).toBe('Resolve INC-1');
  });
});
