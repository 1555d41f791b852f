import { ChannelType, PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { ROOM, test, type Bot } from '#test/support/discord-bot.ts';
import { BOT_PERMISSIONS } from '#test/support/discord/world.ts';

const SECRET = { ...ROOM, name: 'inc-9-payroll', isPrivate: true };
const MAKE = 'POST /guilds/{guild_id}/channels';

describe("An incident's channel", () => {
  test('stands below a category, and among the archived ones when it is over', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    expect(headingOf(bot, room)).toBe('Incidents');
    await platform.archiveRoom(room);
    expect(headingOf(bot, room)).toBe('Archived incidents');
    await platform.reviveRoom(room);
    expect(headingOf(bot, room)).toBe('Incidents');
  });

  test('stands below the category that an operator has named', async ({ make }) => {
    const bot = await make();
    const { id } = bot.fake.world.addChannel({ type: ChannelType.GuildCategory, name: 'War rooms' });
    Object.assign(bot.settings, { categoryId: id });
    expect(headingOf(bot, await bot.make().openRoom(ROOM))).toBe('War rooms');
  });

  test('is seen by those who see the category, also in the one after it, and is closed for them too', async ({
    make,
  }) => {
    const bot = await make({ settings: { voice: true } });
    const { world } = bot.fake;
    const staff = world.addRole('Staff', 0n);
    world.members.get(bot.people.ana.id)?.roles.push(staff.id);
    const { id } = world.addChannel({
      type: ChannelType.GuildCategory,
      name: 'War rooms',
      overwrites: [
        { id: bot.fake.guildId, type: 0, allow: 0n, deny: Bits.ViewChannel | Bits.MentionEveryone },
        { id: staff.id, type: 0, allow: Bits.ViewChannel | Bits.SendMessages, deny: 0n },
        { id: bot.fake.botId, type: 1, allow: Bits.ViewChannel, deny: 0n },
      ],
    });
    Object.assign(bot.settings, { categoryId: id });
    const platform = bot.make();
    const seenBy = (who: Bot['people']['ana']) =>
      bot.fake
        .rooms(who)
        .map(({ name }) => name)
        .filter((it) => it.startsWith('inc-'));
    const room = await platform.openRoom(ROOM);
    for (let count = 0; count < 48; count += 1) {
      world.addChannel({ type: ChannelType.GuildText, name: `old-${count}`, parentId: id });
    }
    const next = await platform.openRoom({ ...ROOM, name: 'inc-2' });
    expect([headingOf(bot, room), headingOf(bot, next)]).toEqual(['War rooms', 'Incidents 2']);
    // Each with its voice channel.
    expect(seenBy(bot.people.ana)).toEqual([ROOM.name, ROOM.name, 'inc-2', 'inc-2']);
    expect(seenBy(bot.people.bo)).toEqual([]);
    await platform.archiveRoom(room);
    await expect(bot.fake.types(bot.people.ana, room.id, 'one more thing')).rejects.toThrow('may not');
  });

  test('goes to a second category when the first has no room', async ({ make }) => {
    const bot = await make();
    const { world } = bot.fake;
    const full = world.addChannel({ type: ChannelType.GuildCategory, name: 'Incidents' });
    for (let count = 0; count < 49; count += 1) {
      world.addChannel({ type: ChannelType.GuildText, name: `old-${count}`, parentId: full.id });
    }
    const platform = bot.make();
    expect(headingOf(bot, await platform.openRoom(ROOM))).toBe('Incidents 2');
    expect(headingOf(bot, await platform.openRoom({ ...ROOM, name: 'inc-2' }))).toBe('Incidents 2');
  });

  test('is not the one of the same name that a person made', async ({ make }) => {
    const bot = await make();
    const theirs = bot.fake.world.addChannel({ type: ChannelType.GuildText, name: ROOM.name });
    const room = await bot.make().openRoom(ROOM);
    expect(room.id).not.toBe(theirs.id);
    expect(room.name).toBe(ROOM.name);
  });

  test('is found again when the program was killed before it knew of it', async ({ make, db }) => {
    const bot = await make();
    const store = platformStore(db, 'discord', () => new Date());
    await expect(
      store.once(`open:${ROOM.name}:1`, () => Promise.reject(new Error('killed'))),
    ).rejects.toThrow('killed');
    const never = new Promise<never>(() => {});
    const first = bot.make({
      ...store,
      once: async (_, send) => (await send(false), await never),
    });
    void first.openRoom(ROOM);
    await expect.poll(() => bot.calls(MAKE).length).toBe(2);
    await expect.poll(() => bot.fake.rooms(bot.people.ana).map(({ name }) => name)).toContain(ROOM.name);

    const room = await bot.make().openRoom(ROOM);
    expect(bot.fake.rooms(bot.people.ana).filter(({ name }) => name === ROOM.name)).toEqual([
      expect.objectContaining({ id: room.id }),
    ]);
  });

  test('is opened one after the other when many begin at once', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const rooms = await Promise.all(
      Array.from({ length: 12 }, (_, index) => platform.openRoom({ ...ROOM, name: `inc-${index}` })),
    );
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(12);
    const categories = [...bot.fake.world.channels.values()].filter(
      ({ type }) => type === ChannelType.GuildCategory,
    );
    expect(categories.map(({ name }) => name)).toEqual(['Incidents']);
  });

  test('is seen by those who were invited and by nobody else where it is private', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const room = await platform.openRoom(SECRET);
    await platform.invite(room, [bot.ana]);
    await platform.archiveRoom(room);
    expect(bot.fake.room(room.id)).toMatchObject({ archived: true, private: true, members: [bot.ana.id] });
    await platform.reviveRoom(room);
    expect(bot.fake.room(room.id)).toMatchObject({ archived: false, private: true, members: [bot.ana.id] });
    const seenBy = (who: Bot['people']['ana']) => bot.fake.rooms(who).map(({ id }) => id);
    expect(seenBy(bot.people.ana)).toContain(room.id);
    expect(seenBy(bot.people.bo)).not.toContain(room.id);
  });

  test('is closed for those who were invited as well', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    await platform.invite(room, [bot.ana]);
    await platform.archiveRoom(room);
    await expect(bot.fake.types(bot.people.ana, room.id, 'one more thing')).rejects.toThrow('may not');
    await platform.post(room, say('the bot still can'), { key: 'k1' });
    await platform.reviveRoom(room);
    await bot.fake.types(bot.people.ana, room.id, 'one more thing');
  });

  test('never carries the state in its name or topic', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    for (let count = 0; count < 10; count += 1) await platform.setTopic(room, `state ${count}`);
    expect(bot.calls('PATCH /channels/{channel_id}')).toEqual([]);
    expect(bot.channel(room).topic).toBe(ROOM.topic);
  });
});

describe('A voice channel', () => {
  test('stands beside a room where it is wanted, and goes with it', async ({ make }) => {
    const bot = await make({ settings: { voice: true } });
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    const voices = () =>
      [...bot.fake.world.channels.values()].filter(({ type }) => type === ChannelType.GuildVoice);
    expect(voices()).toMatchObject([{ name: ROOM.name, parentId: bot.channel(room).parentId }]);
    await platform.openRoom(ROOM);
    expect(voices()).toHaveLength(1);
    await platform.archiveRoom(room);
    await platform.archiveRoom(room);
    expect(voices()).toEqual([]);
    await platform.reviveRoom(room);
    await platform.reviveRoom(room);
    expect(voices()).toHaveLength(1);
  });

  test('of a private room is for those who were invited', async ({ make }) => {
    const bot = await make({ settings: { voice: true } });
    const platform = bot.make();
    const room = await platform.openRoom(SECRET);
    await platform.invite(room, [bot.ana]);
    await platform.archiveRoom(room);
    await platform.reviveRoom(room);
    const voice = [...bot.fake.world.channels.values()].find(({ type }) => type === ChannelType.GuildVoice);
    const seenBy = (who: Bot['people']['ana']) => bot.fake.rooms(who).map(({ id }) => id);
    expect(seenBy(bot.people.ana)).toContain(voice?.id);
    expect(seenBy(bot.people.bo)).not.toContain(voice?.id);
  });
});

describe('A room that is a thread', () => {
  const lobby = { ...ROOM, name: 'incidents', topic: 'Every incident, one line each', title: 'Incidents' };

  test('stands in the lobby, which is a channel', async ({ make }) => {
    const bot = await make({ discord: { rooms: 'thread' } });
    const platform = await bot.start();
    expect(platform.limits.room).toBe('thread');
    const [room, again] = await Promise.all([platform.openRoom(ROOM), platform.openRoom(ROOM)]);
    expect(again).toEqual(room);
    const channel = await platform.openRoom(lobby);
    expect(bot.channel(channel).type).toBe(ChannelType.GuildText);
    expect(bot.channel(room)).toMatchObject({
      type: ChannelType.PublicThread,
      parentId: channel.id,
      name: ROOM.name,
    });

    await platform.invite(room, [bot.ana, { platform: 'discord', id: '999999999999999999' }]);
    await platform.post(room, say('INC-1 is new'), { key: 'card:1', pin: true });
    expect(bot.fake.messages(bot.people.bo, room.id).map(({ text }) => text)).toEqual(['INC-1 is new']);
    expect(bot.fake.room(room.id)?.members).toEqual([bot.ana.id]);
    expect(bot.fake.measured.refused).toEqual([
      'GET /guilds/{guild_id}/members/{user_id}: 10013 Unknown User',
    ]);
  });

  test('hears what is said in it as said in the room', async ({ make }) => {
    const bot = await make({ discord: { rooms: 'thread' } });
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    await bot.fake.types(bot.people.ana, room.id, 'the pool is exhausted');
    await bot.fake.types(bot.people.ana, room.id, '/incident status');
    await expect.poll(() => bot.inbox.words).toMatchObject([{ room: { id: room.id }, below: null }]);
    expect(bot.inbox.invocations).toMatchObject([{ room: { id: room.id } }]);
  });

  test('is locked and put to sleep, and can still be written to by the bot', async ({ make }) => {
    const bot = await make({ discord: { rooms: 'thread' } });
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    const card = await platform.post(room, say('INC-1 is new'), { key: 'card:1' });
    await platform.archiveRoom(room);
    await platform.archiveRoom(room);
    expect(bot.channel(room).thread).toMatchObject({ archived: true, locked: true });
    await platform.edit(card, say('INC-1 is closed'));
    expect(bot.fake.messages(bot.people.bo, room.id).map(({ text }) => text)).toEqual(['INC-1 is closed']);
    expect(bot.channel(room).thread).toMatchObject({ archived: true, locked: true });
    await platform.reviveRoom(room);
    expect(bot.channel(room).thread).toMatchObject({ archived: false, locked: false });
  });

  test('takes people in also after it fell asleep', async ({ make }) => {
    let passedMs = 0;
    const now = () => new Date(new Date().getTime() + passedMs);
    const bot = await make({ discord: { rooms: 'thread', now } });
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    passedMs = 8 * 24 * 60 * 60 * 1000;
    await platform.invite(room, [bot.ana, bot.bo]);
    expect(bot.fake.room(room.id)?.members).toEqual([bot.ana.id, bot.bo.id]);
  });

  test('is a private one where it has to be, which others do not find', async ({ make }) => {
    const bot = await make({ discord: { rooms: 'thread' } });
    const platform = bot.make();
    const room = await platform.openRoom(SECRET);
    await platform.invite(room, [bot.ana]);
    expect(bot.channel(room).type).toBe(ChannelType.PrivateThread);
    const seenBy = (who: Bot['people']['ana']) => bot.fake.rooms(who).map(({ id }) => id);
    expect(seenBy(bot.people.ana)).toContain(room.id);
    expect(seenBy(bot.people.bo)).not.toContain(room.id);
    expect(JSON.stringify(bot.fake.notices((await platform.openRoom(lobby)).id))).not.toContain('payroll');
  });

  test('has answers to a message refer to it, because threads have no threads', async ({ make }) => {
    const bot = await make({ discord: { rooms: 'thread' } });
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    const card = await platform.post(room, say('INC-1 is new'), { key: 'card:1' });
    const reply = () => platform.replyTo(card, say('7 more alerts'), { key: 'storm:1' });
    expect(await reply()).toEqual(await reply());
    const id = card.id.split(':').at(-1) ?? '';
    expect(bot.fake.below(bot.people.bo, id).map(({ text }) => text)).toEqual(['7 more alerts']);
    expect(bot.fake.measured.refused).toEqual([]);
  });
});

describe('A room', () => {
  test('that the bot may not make is refused for good, with what is missing', async ({ make }) => {
    const bot = await make({ discord: { permissions: Bits.ViewChannel } });
    await expect(bot.make().openRoom(ROOM)).rejects.toMatchObject({
      retry: false,
      message: expect.stringContaining('Missing Permissions') as unknown,
    });
  });

  test('has its card also where the card cannot be pinned', async ({ make }) => {
    const bot = await make({ discord: { permissions: BOT_PERMISSIONS & ~Bits.PinMessages } });
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    const post = () => platform.post(room, say('INC-1 is new'), { key: 'card:1', pin: true });
    expect(await post()).toEqual(await post());
    expect(bot.fake.messages(bot.people.ana, room.id)).toMatchObject([
      { text: 'INC-1 is new', pinned: false },
    ]);
    expect(bot.failures).toMatchObject([
      { message: expect.stringContaining('Missing Permissions') as unknown },
    ]);
  });

  test('is opened anew when the bot cannot see it any more', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    const room = await platform.openRoom(ROOM);
    bot.channel(room).overwrites = [{ id: bot.fake.guildId, type: 0, allow: 0n, deny: Bits.ViewChannel }];
    const next = await platform.openRoom(ROOM);
    expect(next.id).not.toBe(room.id);
    expect(await platform.openRoom(ROOM)).toEqual(next);
  });
});

function headingOf(bot: Bot, room: { readonly id: string; readonly platform: string }): string {
  const { parentId } = bot.channel(room);
  return bot.channel({ platform: 'discord', id: parentId ?? '' }).name;
}
