import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import { carded, content, execute, shows, submit, tells, text } from '#test/support/teams/drafting.ts';
import { fieldsOf } from '#test/support/teams/json.ts';
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

describe('what people press', () => {
  test('Action.Execute is an invoke with what stands in the inputs, and its card is for the presser alone', async () => {
    const { fake } = bot;
    const menu = {
      type: 'Input.ChoiceSet',
      id: 'team',
      value: 'p',
      choices: [
        { title: 'Payments', value: 'p' },
        { title: 'Search', value: 's' },
      ],
    };
    const id = await bot.says(
      fake.lobby,
      carded([text('INC-1'), menu], { actions: [execute('Acknowledge', { key: 'k' })] }),
    );
    bot.answer = () => shows(content([text('INC-1 is yours')]));
    await fake.presses(bo, fake.lobby, 'Acknowledge');
    expect(last()).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: id,
      conversation: { id: `${fake.lobby};messageid=${id}` },
      value: {
        trigger: 'manual',
        action: { type: 'Action.Execute', verb: 'press', data: { key: 'k', team: 'p' } },
      },
    });
    expect(fake.messages(bo, fake.lobby)[0]?.text).toBe('INC-1 is yours');
    expect(fake.messages(ana, fake.lobby)[0]?.text).toBe('INC-1');
    await bot.call('PUT', `/conversations/${encodeURIComponent(fake.lobby)}/activities/${id}`, {
      type: 'message',
      text: 'done',
    });
    expect(fake.messages(bo, fake.lobby)[0]?.text).toBe('done');
  });

  test('the same delivery of a press is the same press, also when its button is gone', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, carded([text('INC-1')], { actions: [execute('Acknowledge')] }));
    bot.answer = () => tells('yours');
    await fake.presses(bo, fake.lobby, 'Acknowledge', { delivery: 'd1' });
    const path = `/conversations/${encodeURIComponent(fake.lobby)}/activities/${id}`;
    await bot.call('PUT', path, { type: 'message', text: 'acknowledged' });
    await fake.presses(bo, fake.lobby, 'Acknowledge', { delivery: 'd1' });
    expect(bot.heard[1]).toEqual(bot.heard[0]);
    expect(fake.messages(bo, fake.lobby).map((it) => it.text)).toEqual(['acknowledged', 'yours']);
  });

  test('inputs are sent with the buttons that want them', async () => {
    const { fake } = bot;
    const input = { type: 'Input.Text', id: 'why', value: 'tea' };
    const alone = { ...execute('Alone'), associatedInputs: 'none' };
    await bot.says(fake.lobby, carded([input], { actions: [alone, execute('With it')] }));
    bot.answer = () => tells('done');
    await fake.presses(bo, fake.lobby, 'Alone');
    expect(fieldsOf(fieldsOf(last()['value'])['action'])['data']).toEqual({});
    await fake.presses(bo, fake.lobby, 'With it');
    expect(last()).toMatchObject({ value: { action: { data: { why: 'tea' } } } });
  });

  test('an option is picked in its menu, and the button beside it pressed', async () => {
    const { fake } = bot;
    const menu = {
      type: 'Input.ChoiceSet',
      id: 'team',
      choices: [
        { title: 'Payments', value: 'p' },
        { title: 'Search', value: 's' },
      ],
    };
    await bot.says(
      fake.lobby,
      carded([menu, { type: 'ActionSet', actions: [execute('Pick')] }], {
        actions: [execute('Acknowledge')],
      }),
    );
    bot.answer = () => tells('Search has it.');
    await fake.presses(bo, fake.lobby, 'Search');
    expect(last()).toMatchObject({ value: { action: { title: 'Pick', data: { team: 's' } } } });
    expect(fake.messages(bo, fake.lobby).at(-1)).toMatchObject({
      text: 'Search has it.',
      private: true,
      author: 'bot',
    });
    expect(fake.messages(ana, fake.lobby)).toHaveLength(1);
  });

  test('a Submit that opens nothing is a message without words', async () => {
    const { fake } = bot;
    const id = await bot.says(
      fake.chat(ana),
      carded([{ type: 'Input.Text', id: 'how', value: 'tea' }], { actions: [submit('Send', { key: 'k' })] }),
    );
    await fake.presses(ana, 'direct', 'Send');
    expect(last()).toMatchObject({ type: 'message', value: { key: 'k', how: 'tea' }, replyToId: id });
    expect(last()['text']).toBe(undefined);
  });

  test.each([
    [
      'a card that is unfolded',
      {
        type: 'Action.ShowCard',
        title: 'Resolve',
        card: content([text('Is it over?')], [execute('Yes, it is', { key: 'k' })]),
      },
      null,
    ],
    [
      'a card that is answered',
      execute('Resolve'),
      shows(content([text('Is it over?')], [submit('Cancel'), execute('Yes, it is', { key: 'k' })])),
    ],
  ])('a press goes on where the program asks whether it was meant: %s', async (_, button, first) => {
    const { fake } = bot;
    await bot.says(fake.lobby, carded([text('INC-1')], { actions: [button] }));
    bot.answer = (activity) =>
      first && fieldsOf(fieldsOf(activity['value'])['action'])['title'] === 'Resolve'
        ? first
        : tells('It is over.');
    expect(fake.messages(bo, fake.lobby)[0]?.buttons).toEqual(['Resolve']);
    await fake.presses(bo, fake.lobby, 'Resolve');
    expect(last()).toMatchObject({ value: { action: { title: 'Yes, it is', data: { key: 'k' } } } });
    expect(bot.activities('invoke')).toHaveLength(first ? 2 : 1);
    expect(fake.messages(bo, fake.lobby).at(-1)?.text).toBe('It is over.');
  });

  test('a card is not asked for twice because its buttons stay', async () => {
    const { fake } = bot;
    await bot.says(fake.lobby, carded([text('INC-1')], { actions: [execute('Acknowledge')] }));
    bot.answer = () => shows(content([text('INC-1 is yours')], [execute('Resolve'), execute('Cancel it')]));
    await fake.presses(bo, fake.lobby, 'Acknowledge');
    bot.answer = () => shows(content([text('INC-1 is yours')], [execute('Resolve')]));
    await fake.presses(bo, fake.lobby, 'Resolve');
    expect(bot.activities('invoke')).toHaveLength(2);
  });

  test.each([
    ['a status of its own', { status: 500 }],
    ['nothing', {}],
    ['a card that Teams refuses', shows(content([{ type: 'Chart.Pie' }]))],
    ['a type that Teams does not know', { body: { statusCode: 200, type: 'text/plain', value: 'x' } }],
  ])('an invoke that is answered with %s shows that something went wrong', async (_, answer) => {
    const { fake } = bot;
    await bot.says(fake.lobby, carded([text('INC-1')], { actions: [execute('Acknowledge')] }));
    bot.answer = () => answer;
    await fake.presses(bo, fake.lobby, 'Acknowledge');
    expect(fake.messages(bo, fake.lobby).at(-1)).toMatchObject({
      private: true,
      text: 'Something went wrong. Please try again.',
    });
    expect(fake.measured.refused).toHaveLength(1);
  });

  test('a card refreshes for those it names when they look at it', async () => {
    const { fake } = bot;
    const refresh = { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: [fake.mri(ana)] };
    const id = await bot.says(fake.lobby, carded([text('INC-1')], { refresh }));
    bot.answer = () => shows(content([text('INC-1, for Ana')]));
    await fake.opens(bo, id);
    expect(bot.heard).toEqual([]);
    await fake.opens(ana, id);
    expect(last()).toMatchObject({
      name: 'adaptiveCard/action',
      value: { trigger: 'automatic', action: { verb: 'refresh' } },
    });
    expect(fake.messages(ana, fake.lobby)[0]?.text).toBe('INC-1, for Ana');
    expect(fake.messages(bo, fake.lobby)[0]?.text).toBe('INC-1');
  });

  test('nobody presses what they do not see', async () => {
    const { fake } = bot;
    await bot.says(
      fake.lobby,
      { ...carded([text('x')], { actions: [execute('Only Ana')] }), recipient: { id: fake.mri(ana) } },
      '?isTargetedActivity=true',
    );
    await expect(fake.presses(bo, fake.lobby, 'Only Ana')).rejects.toThrow('sees no button');
    bot.answer = () => tells('pressed');
    await fake.presses(ana, fake.lobby, 'Only Ana');
  });
});
