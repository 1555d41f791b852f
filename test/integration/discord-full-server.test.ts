import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { ROOM, test, type Bot } from '#test/support/discord-bot.ts';

const ANOTHER = { ...ROOM, name: 'inc-8-search-is-slow' };
const SECRET = { ...ROOM, name: 'inc-9-payroll', isPrivate: true };

describe('In a server that takes no more channels', () => {
  test('a room is a thread in the lobby, open or private, and works like any other', async ({ make }) => {
    const bot = await make({ settings: { voice: true } });
    const platform = await bot.start();
    await platform.openRoom({ ...ROOM, name: 'incidents' });
    fill(bot);
    const room = await platform.openRoom(ANOTHER);
    const secret = await platform.openRoom(SECRET);
    expect([bot.channel(room).type, bot.channel(secret).type]).toEqual([
      ChannelType.PublicThread,
      ChannelType.PrivateThread,
    ]);
    expect(await platform.openRoom(ANOTHER)).toEqual(room);
    await platform.invite(secret, [bot.ana]);
    await platform.post(room, say('Ana has it.'), { key: 'k' });
    expect(bot.fake.world.messagesIn(room.id)).toHaveLength(1);
    await platform.archiveRoom(room);
    await platform.reviveRoom(room);
  });

  test('the last channel is a room without a voice channel, and closes where it stands', async ({ make }) => {
    const bot = await make({ settings: { voice: true } });
    const platform = await bot.start();
    await platform.openRoom({ ...ROOM, name: 'incidents' });
    fill(bot, 1);
    const room = await platform.openRoom(ANOTHER);
    expect(bot.channel(room).type).toBe(ChannelType.GuildText);
    await platform.archiveRoom(room);
    await expect(bot.fake.types(bot.people.ana, room.id, 'one more thing')).rejects.toThrow('may not');
    await platform.reviveRoom(room);
  });

  test('a room is a channel again when there is a place', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    await platform.openRoom({ ...ROOM, name: 'incidents' });
    const [old] = fill(bot);
    await platform.openRoom(ANOTHER);
    bot.fake.world.channels.delete(old ?? '');
    expect(bot.channel(await platform.openRoom(ROOM)).type).toBe(ChannelType.GuildText);
  });
});

describe('A category that takes no more channels', () => {
  test('leaves a thread without a voice channel, and not without a room', async ({ make }) => {
    const bot = await make({ settings: { voice: true, rooms: 'thread' } });
    const platform = await bot.start();
    const lobby = await platform.openRoom({ ...ROOM, name: 'incidents' });
    const { parentId } = bot.channel(lobby);
    for (let count = 0; count < 49; count += 1) {
      bot.fake.world.addChannel({ type: ChannelType.GuildText, name: `old-${count}`, parentId });
    }
    const room = await platform.openRoom(ANOTHER);
    expect(bot.channel(room).type).toBe(ChannelType.PublicThread);
    expect(bot.failures).toHaveLength(1);
    await platform.archiveRoom(room);
    await platform.reviveRoom(room);
  });

  test('is followed by one that is seen by the same people, whichever Discord names first', async ({
    make,
  }) => {
    const bot = await make();
    const { world, guildId } = bot.fake;
    const second = world.addChannel({ type: ChannelType.GuildCategory, name: 'Incidents 2' });
    const hidden = [{ id: guildId, type: 0 as const, allow: 0n, deny: Bits.ViewChannel }];
    const first = world.addChannel({
      type: ChannelType.GuildCategory,
      name: 'Incidents',
      overwrites: [...hidden, { id: bot.fake.botId, type: 1, allow: Bits.ViewChannel, deny: 0n }],
    });
    for (const { id: parentId } of [first, second]) {
      for (let count = 0; count < 49; count += 1) {
        world.addChannel({ type: ChannelType.GuildText, name: `old-${count}`, parentId });
      }
    }
    const room = await bot.make().openRoom(ROOM);
    const { parentId } = bot.channel(room);
    const third = world.channels.get(parentId ?? '');
    expect(third?.name).toBe('Incidents 3');
    for (const it of [bot.channel(room), third]) {
      expect(it?.overwrites).toContainEqual(expect.objectContaining({ id: guildId, deny: Bits.ViewChannel }));
    }
  });
});

test('The voice channel of a room that comes back stands beside it', async ({ make }) => {
  const bot = await make({ settings: { voice: true } });
  const platform = await bot.start();
  const room = await platform.openRoom(ROOM);
  await platform.archiveRoom(room);
  await platform.reviveRoom(room);
  const voice = [...bot.fake.world.channels.values()].find(({ type }) => type === ChannelType.GuildVoice);
  expect(voice?.parentId).toBe(bot.channel(room).parentId);
});

/** All of its 500 channels are there, but for so many. */
function fill(bot: Bot, left = 0): string[] {
  const { world } = bot.fake;
  const ids: string[] = [];
  while (world.guildChannels().length < 500 - left) {
    ids.push(world.addChannel({ type: ChannelType.GuildText, name: `old-${ids.length}` }).id);
  }
  return ids;
}
