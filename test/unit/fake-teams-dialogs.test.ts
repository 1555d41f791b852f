import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import {
  carded,
  content,
  dialog,
  execute,
  opening,
  submit,
  tells,
  text,
} from '#test/support/teams/drafting.ts';
import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;
let ana: FakePerson;
let bo: FakePerson;

beforeEach(async () => {
  bot = await startStubBot();
  ({ ana, bo } = bot.fake.people);
});

afterEach(async () => await bot.stop());

const last = () => bot.heard.at(-1) ?? {};

describe('dialogs', () => {
  const INPUTS = [
    text('say a little more', { color: 'Attention' }),
    {
      type: 'Input.Text',
      id: 'how',
      label: 'What was done?',
      isRequired: true,
      errorMessage: 'Say what was done',
    },
    {
      type: 'Input.ChoiceSet',
      id: 'severity',
      label: 'Severity',
      value: 'P2',
      choices: [
        { title: 'P1: many', value: 'P1' },
        { title: 'P2: some', value: 'P2' },
      ],
    },
    text('no such severity', { color: 'attention' }),
  ];

  async function opened(): Promise<void> {
    const { fake } = bot;
    const open = opening('Open the form', { key: 'k' });
    await bot.says(fake.lobby, carded([text('INC-1')], { actions: [open] }));
    bot.answer = () => dialog(content(INPUTS, [submit('Resolve', { form: 'f' })]));
    await fake.presses(ana, fake.lobby, 'Open the form');
  }

  test('open by a button, show what is in them and what is wrong, and are sent', async () => {
    const { fake } = bot;
    await opened();
    expect(last()).toMatchObject({
      name: 'task/fetch',
      value: { data: { key: 'k', msteams: { type: 'task/fetch' } }, context: { theme: 'default' } },
    });
    expect(fake.form(ana)).toEqual({
      title: 'Resolve INC-1',
      error: 'say a little more',
      fields: [
        { name: 'how', label: 'What was done?', value: '', error: '', choices: [] },
        {
          name: 'severity',
          label: 'Severity',
          value: 'P2: some',
          error: 'no such severity',
          choices: ['P1: many', 'P2: some'],
        },
      ],
    });
    expect(fake.form(bo)).toBe(null);
    bot.answer = () => ({});
    await fake.fills(ana, { how: 'tea', severity: 'P1: many' });
    expect(last()).toMatchObject({
      name: 'task/submit',
      value: { data: { form: 'f', how: 'tea', severity: 'P1' } },
    });
    expect(fake.form(ana)).toBe(null);
  });

  test('are not sent while something required is missing', async () => {
    const { fake } = bot;
    await opened();
    const heard = bot.heard.length;
    await fake.fills(ana, { severity: 'P1' });
    expect(bot.heard).toHaveLength(heard);
    expect(fake.form(ana)?.fields).toMatchObject([{ error: 'Say what was done' }, { value: 'P1: many' }]);
    await expect(fake.fills(ana, { what: 'x' })).rejects.toThrow('no field what');
    await expect(fake.fills(bo, {})).rejects.toThrow('no form');
  });

  test('are followed by another, or by words', async () => {
    const { fake } = bot;
    await opened();
    bot.answer = () =>
      dialog(content([{ type: 'Input.Text', id: 'why', label: 'Why?' }], [submit('Next')]), 'Second');
    await fake.fills(ana, { how: 'tea' });
    expect(fake.form(ana)).toMatchObject({ title: 'Second', fields: [{ name: 'why' }] });
    bot.answer = () => ({ body: { task: { type: 'message', value: 'INC-1 is resolved.' } } });
    await fake.fills(ana, { why: 'x' });
    expect(fake.form(ana)).toBe(null);
    expect(fake.messages(ana, fake.lobby).at(-1)).toMatchObject({
      text: 'INC-1 is resolved.',
      private: true,
    });
  });

  test('look choices up, among people by the app, all others by the bot', async () => {
    const { fake } = bot;
    const lookup = (id: string, dataset: string) => ({
      type: 'Input.ChoiceSet',
      id,
      label: id,
      style: 'filtered',
      choices: [],
      'choices.data': { type: 'Data.Query', dataset },
    });
    const card = content(
      [lookup('who', 'graph.microsoft.com/users'), lookup('incident', 'incidents')],
      [submit('Assign')],
    );
    await bot.says(fake.chat(ana), carded([text('x')], { actions: [opening('Open')] }));
    bot.answer = ({ name }) => {
      if (name === 'task/fetch') return dialog(card);
      if (name !== 'application/search') return {};
      return {
        body: {
          statusCode: 200,
          type: 'application/vnd.microsoft.search.searchResponse',
          value: { results: [{ title: 'INC-7 search is slow', value: '7' }] },
        },
      };
    };
    await fake.presses(ana, 'direct', 'Open');
    await fake.fills(ana, { who: 'Bo', incident: 'slow' });
    expect(bot.heard.find((it) => it['name'] === 'application/search')).toMatchObject({
      value: { queryText: 'slow', dataset: 'incidents' },
    });
    expect(last()).toMatchObject({ name: 'task/submit', value: { data: { who: bo.id, incident: '7' } } });
  });

  test('stand in a card that only one person sees, too', async () => {
    const { fake } = bot;
    const card = carded(
      [text('Declare', { size: 'Large' }), { type: 'Input.Text', id: 'title', label: 'What is wrong?' }],
      { actions: [execute('Declare')] },
    );
    await bot.says(fake.lobby, { ...card, recipient: { id: fake.mri(ana) } }, '?isTargetedActivity=true');
    expect(fake.form(ana)).toMatchObject({
      title: 'Declare',
      fields: [{ name: 'title', label: 'What is wrong?' }],
    });
    bot.answer = () => tells('INC-2 is declared.');
    await fake.fills(ana, { title: 'checkout is down' });
    expect(last()).toMatchObject({
      name: 'adaptiveCard/action',
      value: { action: { data: { title: 'checkout is down' } } },
    });
  });
});
