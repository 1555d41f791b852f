import { GatewayIntentBits as Intents, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { ROOM, test, type Bot } from '#test/support/discord-bot.ts';

/** The people who have a role. */
function having(bot: Bot, role: string): string[] {
  const { roles, members } = bot.fake.world;
  const id = [...roles.values()].find(({ name }) => name === role)?.id ?? '';
  return [...members.values()].filter((it) => it.roles.includes(id)).map(({ userId }) => userId);
}

describe('A group', () => {
  for (const forbiddenIntents of [0, Intents.GuildMembers]) {
    const how = forbiddenIntents === 0 ? 'may list members' : 'may not list members';
    test(`is a role with these people and nobody else, where the bot ${how}`, async ({ make }) => {
      const bot = await make({ discord: { forbiddenIntents } });
      const platform = bot.make();
      await platform.setGroup('oncall', [bot.ana]);
      expect(having(bot, 'oncall')).toEqual([bot.ana.id]);
      await platform.setGroup('oncall', [bot.bo, { platform: 'discord', id: '999999999999999999' }]);
      expect(having(bot, 'oncall')).toEqual([bot.bo.id]);
      await platform.setGroup('@oncall', []);
      expect(having(bot, 'oncall')).toEqual([]);
      expect([...bot.fake.world.roles.values()].filter(({ name }) => name === 'oncall')).toHaveLength(1);
    });
  }

  test('can be one that is there already, by its id', async ({ make }) => {
    const bot = await make();
    const role = bot.fake.world.addRole('Night shift', 0n);
    Object.assign(role, { position: 1 });
    for (const it of bot.fake.world.roles.values()) if (it.managed) Object.assign(it, { position: 9 });
    await bot.make().setGroup(role.id, [bot.ana]);
    expect(having(bot, 'Night shift')).toEqual([bot.ana.id]);
    await expect(bot.make().setGroup('123456789012345678', [bot.ana])).rejects.toMatchObject({
      retry: false,
    });
  });

  test('that the bot may not change says so', async ({ make }) => {
    const bot = await make({ discord: { permissions: Bits.ViewChannel } });
    await expect(bot.make().setGroup('oncall', [bot.ana])).rejects.toMatchObject({ retry: false });
  });
});

describe('Somebody', () => {
  test('who takes no messages from bots cannot be told anything directly, and is not gone for that', async ({
    make,
  }) => {
    const bot = await make();
    bot.fake.closesDirect(bot.people.ana);
    const told = bot.make().direct(bot.ana, say('You are on call.'), { key: 'd:1' });
    await expect(told).rejects.toMatchObject({ retry: false, gone: undefined });
  });

  test('is told directly what is for them alone, when nobody has asked', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    await platform.whisper(bot.ana, room, say('You are next.'), { key: 'w:1' });
    expect(bot.fake.direct(bot.people.ana).map(({ text }) => text)).toEqual(['You are next.']);
    expect(bot.fake.messages(bot.people.ana, room.id)).toEqual([]);
  });

  test('that is a bot is nobody', async ({ make }) => {
    const bot = await make();
    expect(await bot.make().whois({ id: bot.fake.botId })).toBe(null);
  });
});
