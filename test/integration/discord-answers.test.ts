import { setTimeout as sleep } from 'node:timers/promises';

import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { say, type Button, type Message } from '#src/chat/message.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { ROOM, SHAPES, test, type Bot } from '#test/support/discord-bot.ts';
import { formOf } from '#test/support/form.ts';

const CALLBACK = 'POST /interactions/{interaction_id}/{interaction_token}/callback';

function card(...buttons: readonly Partial<Button>[]): Message {
  const whole = buttons.map((it) => ({
    label: 'Close',
    command: 'close',
    args: {},
    style: 'danger' as const,
    ...it,
  }));
  return say('INC-1 is resolved', { type: 'buttons', buttons: whole });
}

/** What somebody reads that only they see. */
const privately = ({ fake }: Bot, who: Bot['people']['ana'], room: { readonly id: string }) =>
  fake
    .messages(who, room.id)
    .filter((it) => it.private)
    .map(({ text }) => text);

describe('A button that has to be meant', () => {
  test('asks the one who pressed it, runs when they say yes, and answers in place of the question', async ({
    make,
  }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    await platform.post(room, card({ confirm: 'Close it for good?' }), { key: 'card:1' });
    bot.says({ type: 'reply', message: say('Nothing to close.'), visible: 'private' });
    await bot.fake.presses(bot.people.ana, room.id, 'Close');
    await expect.poll(() => privately(bot, bot.people.ana, room)).toEqual(['Nothing to close.']);
    expect(bot.inbox.invocations).toMatchObject([
      { ask: { type: 'saved', command: 'close' }, person: bot.ana },
    ]);
    expect(privately(bot, bot.people.bo, room)).toEqual([]);
  });

  test('tells the room what came of it, and leaves no second button to press', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    await platform.post(room, card({ confirm: 'Close it for good?' }), { key: 'card:1' });
    for (const wait of [0, 600]) {
      bot.inbox.outcome = async () => {
        await sleep(wait);
        return { type: 'reply', message: say(`INC-1 is closed after ${wait}.`), visible: 'room' };
      };
      await bot.fake.presses(bot.people.ana, room.id, 'Close');
      await expect
        .poll(() => bot.fake.messages(bot.people.bo, room.id).at(-1)?.text)
        .toBe(`INC-1 is closed after ${wait}.`);
      await expect
        .poll(() => privately(bot, bot.people.ana, room).at(-1))
        .toBe('Done. The answer is in the channel.');
    }
    const buttons = bot.fake
      .messages(bot.people.ana, room.id)
      .flatMap((it) => (it.private ? it.buttons : []));
    expect(buttons).toEqual([]);
  });
});

describe('An answer that takes long', () => {
  test('is promised within half a second, and then told to everybody once', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.inbox.outcome = async () => {
      await sleep(1500);
      return { type: 'reply', message: say('INC-2 is declared.'), visible: 'room' };
    };
    await bot.fake.types(bot.people.ana, room.id, '/incident declare checkout is down');
    await expect
      .poll(() => bot.fake.messages(bot.people.bo, room.id).map(({ text }) => text))
      .toEqual(['INC-2 is declared.']);
    expect(Math.max(...bot.fake.measured.acknowledged)).toBeLessThan(500);
    await expect.poll(() => privately(bot, bot.people.ana, room)).toEqual([]);
    expect(bot.fake.measured.refused).toEqual([]);
  });

  test('is promised in time also when only the database is slow', async ({ make, db }) => {
    const bot = await make();
    const store = platformStore(db, 'discord', () => new Date());
    const slow = async <T>(work: () => Promise<T>) => (await sleep(1000), await work());
    const platform = bot.make({
      ...store,
      find: (key) => slow(() => store.find(key)),
      keep: (key, value) => slow(() => store.keep(key, value)),
    });
    await platform.start(bot.inbox, SHAPES);
    await platform.socket?.open();
    const room = await platform.openRoom(ROOM);
    const asks = card({ label: 'Really close', confirm: 'Close it for good?' });
    bot.inbox.outcome = async () => ({ type: 'reply', message: asks, visible: 'private' });
    await bot.fake.types(bot.people.ana, room.id, '/incident show');
    await expect.poll(() => privately(bot, bot.people.ana, room)).toEqual(['INC-1 is resolved']);
    bot.says({ type: 'form', form: formOf({}) });
    await bot.fake.types(bot.people.ana, room.id, '/incident resolve');
    await bot.fake.fills(bot.people.ana, { how: 'rolled back' });
    await expect.poll(() => bot.inbox.invocations.length).toBe(3);
    expect(Math.max(...bot.fake.measured.acknowledged)).toBeLessThan(500);
    await platform.stop();
  });

  test('is told directly when Discord did not let us answer in time', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.says({ type: 'reply', message: say('Since you last looked: nothing.'), visible: 'private' });
    bot.fake.trouble.next(CALLBACK, { error: '10062' });
    await bot.fake.types(bot.people.ana, room.id, '/incident catchup').catch(() => {});
    await expect
      .poll(() => bot.fake.direct(bot.people.ana).map(({ text }) => text))
      .toEqual(['Since you last looked: nothing.']);

    bot.says({ type: 'reply', message: say('INC-1 is yours.'), visible: 'room' });
    bot.fake.trouble.next(CALLBACK, { error: '10062' });
    await bot.fake.types(bot.people.ana, room.id, '/incident ack').catch(() => {});
    await expect
      .poll(() => bot.fake.messages(bot.people.bo, room.id).map(({ text }) => text))
      .toEqual(['INC-1 is yours.']);
  });

  test('is given once when Discord did not say that it had come', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.says({ type: 'reply', message: say('INC-1 is yours.'), visible: 'room' });
    bot.fake.trouble.next(CALLBACK, { lost: true });
    await bot.fake.types(bot.people.ana, room.id, '/incident ack');
    await sleep(500);
    expect(bot.fake.messages(bot.people.bo, room.id).map(({ text }) => text)).toEqual(['INC-1 is yours.']);
    expect(bot.failures).toEqual([]);
  });
});

describe('An answer for everybody where the bot does not see', () => {
  const hidden = (bot: Bot) =>
    bot.fake.world.addChannel({
      type: ChannelType.GuildText,
      name: 'staff',
      overwrites: [{ id: bot.fake.botId, type: 1, allow: 0n, deny: Bits.ViewChannel }],
    });

  test('is read by the one who asked, however long it takes', async ({ make }) => {
    const bot = await make();
    await bot.start();
    const room = hidden(bot);
    bot.inbox.outcome = async () => {
      await sleep(500);
      return { type: 'reply', message: say('INC-2 is declared.'), visible: 'room' };
    };
    await bot.fake.types(bot.people.ana, room.id, '/incident declare checkout is down');
    await expect.poll(() => privately(bot, bot.people.ana, room)).toEqual(['INC-2 is declared.']);
    expect(bot.inbox.invocations).toHaveLength(1);
  });

  test('takes the place of the question after which it came', async ({ make }) => {
    const bot = await make();
    await bot.start();
    const room = hidden(bot);
    const asks = card({ confirm: 'Close it for good?' });
    bot.says({ type: 'reply', message: asks, visible: 'private' });
    await bot.fake.types(bot.people.ana, room.id, '/incident show');
    await expect.poll(() => privately(bot, bot.people.ana, room)).toEqual(['INC-1 is resolved']);
    bot.says({ type: 'reply', message: say('INC-1 is closed.'), visible: 'room' });
    await bot.fake.presses(bot.people.ana, room.id, 'Close');
    await expect.poll(() => privately(bot, bot.people.ana, room).at(-1)).toBe('INC-1 is closed.');
  });

  test('is told directly when Discord did not let us answer in time', async ({ make }) => {
    const bot = await make();
    await bot.start();
    const room = hidden(bot);
    bot.says({ type: 'reply', message: say('INC-2 is declared.'), visible: 'room' });
    bot.fake.trouble.next(CALLBACK, { error: '10062' });
    await bot.fake.types(bot.people.ana, room.id, '/incident declare checkout is down').catch(() => {});
    await expect
      .poll(() => bot.fake.direct(bot.people.ana).map(({ text }) => text))
      .toEqual(['INC-2 is declared.']);
  });
});

describe('What is not known any more', () => {
  test('is said of a button of another day', async ({ make, db }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    await platform.post(room, card({}), { key: 'card:1' });
    await db.deleteFrom('platformState').where('key', 'like', '%press:%').execute();
    // What this process has drawn it knows without asking.
    await platform.stop();
    await bot.start();
    await bot.fake.presses(bot.people.ana, room.id, 'Close');
    await expect
      .poll(() => privately(bot, bot.people.ana, room))
      .toEqual([expect.stringContaining('not known any more')]);
    expect(bot.inbox.invocations).toEqual([]);
  });

  test('is said of an engine that fails, and the failure is noted', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.inbox.outcome = () => Promise.reject(new Error('the database is gone'));
    await bot.fake.types(bot.people.ana, room.id, '/incident ack');
    await expect
      .poll(() => privately(bot, bot.people.ana, room))
      .toEqual([expect.stringContaining('Something went wrong')]);
    expect(bot.failures).toMatchObject([{ message: 'the database is gone' }]);
  });
});

describe('What is written to the bot directly', () => {
  const directly = async (
    bot: Bot,
    who: Bot['people']['ana'],
    platform: Awaited<ReturnType<Bot['start']>>,
  ) => {
    await platform.direct({ platform: 'discord', id: who.id }, say('You are on call.'), { key: 'd:1' });
    return bot.fake.world.directWith(who.id)?.id ?? '';
  };

  test('is a command, with or without its first word, and is answered there once', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const channel = await directly(bot, bot.people.ana, platform);
    bot.says({ type: 'reply', message: say('Nothing is open.'), visible: 'room' });
    bot.fake.trouble.deliverTimes(3);
    await bot.fake.types(bot.people.ana, channel, 'status INC-1');
    await bot.fake.types(bot.people.ana, channel, 'incident status');
    await expect
      .poll(() => bot.fake.direct(bot.people.ana).filter(({ text }) => text === 'Nothing is open.').length)
      .toBe(2);
    expect(bot.inbox.invocations.map(({ ask, room }) => ({ ask, room }))).toEqual([
      { ask: { type: 'typed', text: 'status INC-1' }, room: null },
      { ask: { type: 'typed', text: 'status' }, room: null },
    ]);
    expect(bot.inbox.words).toEqual([]);
  });

  test('gets a form by a button, which works after a restart too', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const channel = await directly(bot, bot.people.ana, platform);
    bot.says({ type: 'form', form: formOf({}) });
    await bot.fake.types(bot.people.ana, channel, 'resolve INC-1');
    await expect.poll(() => bot.fake.direct(bot.people.ana).at(-1)?.buttons).toEqual(['Open the form']);

    await platform.stop();
    await bot.start();
    await bot.fake.presses(bot.people.ana, channel, 'Open the form');
    expect(bot.fake.form(bot.people.ana)).toMatchObject({
      title: 'Resolve INC-1',
      fields: [{ name: 'how' }],
    });
    bot.says({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    await bot.fake.fills(bot.people.ana, { how: 'rolled back' });
    await expect.poll(() => bot.fake.direct(bot.people.ana).at(-1)?.text).toBe('INC-1 is resolved.');
    expect(bot.inbox.invocations.at(-1)?.ask).toEqual({
      type: 'form',
      command: 'resolve',
      args: { incident: 'INC-1', how: 'rolled back' },
    });
  });
});
