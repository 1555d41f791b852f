import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import { carded, content, dialog, shows, submit, text } from '#test/support/teams/drafting.ts';
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

describe('the menu of a message, and the bot’s own page', () => {
  test('an entry is a fetchTask of the extension, and its dialog a submitAction', async () => {
    const { fake } = bot;
    await fake.types(bo, fake.lobby, 'the disk of <db-3> is full');
    const message = fake.messages(ana, fake.lobby)[0] ?? expect.fail('nobody sees the message');
    bot.answer = () =>
      dialog(
        content(
          [{ type: 'Input.Text', id: 'title', label: 'Title', value: 'x' }],
          [submit('Declare', { key: 'k' })],
        ),
      );
    await fake.shortcut(ana, message, 'Declare from message');
    expect(last()).toMatchObject({
      type: 'invoke',
      name: 'composeExtension/fetchTask',
      value: {
        commandId: 'declare-from-message',
        commandContext: 'message',
        messagePayload: {
          from: { user: { id: bo.id, displayName: 'Bo Chen' } },
          body: { contentType: 'html', content: '<div>the disk of &lt;db-3&gt; is full</div>' },
        },
      },
    });
    bot.answer = () => ({ body: { composeExtension: { type: 'message', text: 'Declared.' } } });
    await fake.fills(ana, {});
    expect(last()).toMatchObject({
      name: 'composeExtension/submitAction',
      value: { commandId: 'declare-from-message', data: { key: 'k', title: 'x' } },
    });
    expect(fake.messages(ana, fake.lobby).at(-1)?.text).toBe('Declared.');
  });

  test('entries are those of the manifest', async () => {
    await bot.stop();
    const commands = [
      { id: 'note', title: 'Add to timeline', context: ['message'], fetchTask: false },
      { id: 'x', title: 'Elsewhere', context: ['compose'] },
    ];
    bot = await startStubBot({
      rsc: ['ChannelMessage.Read.Group'],
      manifest: () => ({ composeExtensions: [{ commands }] }),
    });
    const { fake } = bot;
    await fake.types(fake.people.bo, fake.lobby, 'x');
    const message = fake.messages(fake.people.ana, fake.lobby)[0] ?? expect.fail('nobody sees the message');
    await fake.shortcut(fake.people.ana, message, 'Add to timeline');
    expect(last()).toMatchObject({ name: 'composeExtension/submitAction', value: { commandId: 'note' } });
    await expect(fake.shortcut(fake.people.ana, message, 'Elsewhere')).rejects.toThrow('no entry');
  });

  test('the app may do what its manifest says, and no more', async () => {
    await bot.stop();
    const resourceSpecific = [{ name: 'Channel.Create.Group', type: 'Application' }];
    bot = await startStubBot({
      manifest: (appId) => ({
        bots: [{ botId: appId }],
        authorization: { permissions: { resourceSpecific } },
      }),
    });
    const { fake } = bot;
    expect([...fake.rsc]).toEqual(['Channel.Create.Group']);
    await fake.types(fake.people.ana, fake.lobby, 'not for the bot');
    expect(bot.heard).toEqual([]);
    await expect(fake.slash(fake.people.ana, fake.lobby, 'catchup')).rejects.toThrow(
      'supportsTargetedMessages',
    );
  });

  test('the first visit puts the app into the chat, later ones refresh what is there', async () => {
    const { fake } = bot;
    await fake.opensHome(ana);
    expect(bot.heard).toMatchObject([
      {
        type: 'installationUpdate',
        action: 'add',
        conversation: { id: fake.chat(ana), conversationType: 'personal' },
      },
      { type: 'conversationUpdate', membersAdded: [{ id: fake.bot.id }] },
    ]);
    const refresh = { action: { type: 'Action.Execute', verb: 'home' }, userIds: [fake.mri(ana)] };
    await bot.says(fake.chat(ana), carded([text('nothing yet')], { refresh }));
    await bot.says(fake.chat(ana), { text: 'a page' });
    expect(fake.home(ana)?.text).toBe('nothing yet');
    bot.answer = () => shows(content([text('INC-1 is with you')]));
    await fake.opensHome(ana);
    expect(last()).toMatchObject({ value: { trigger: 'automatic', action: { verb: 'home' } } });
    expect(fake.home(ana)?.text).toBe('INC-1 is with you');
    expect(fake.home(bo)).toBe(null);
  });
});
