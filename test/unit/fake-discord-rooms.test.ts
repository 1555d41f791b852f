import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { call } from '#test/support/discord/raw-bot.ts';
import { test } from '#test/support/discord/testing.ts';

describe('a channel', () => {
  test('is named as Discord names text channels, and voice channels and categories as they are', async ({
    fake,
    bot,
  }) => {
    const make = async (body: object) => (await bot.post(`/guilds/${fake.guildId}/channels`, body)).body.name;
    expect(await make({ name: 'INC 1: Checkout is down!' })).toBe('inc-1-checkout-is-down');
    expect(await make({ name: 'INC 1: Checkout', type: 2 })).toBe('INC 1: Checkout');
    expect(await make({ name: 'Open Incidents', type: 4 })).toBe('Open Incidents');
  });

  test('is refused with a name or a topic that is too long, or in a category that is none', async ({
    fake,
    bot,
  }) => {
    const path = `/guilds/${fake.guildId}/channels`;
    const bodies = [
      {},
      { name: 'x'.repeat(101) },
      { name: '!!!' },
      { name: 'x', topic: 'x'.repeat(1025) },
      { name: 'x', parent_id: fake.general },
      { name: 'x', type: 1 },
      { name: 'x', permission_overwrites: [{ id: 'ana', type: 1 }] },
    ];
    for (const body of bodies) {
      expect(await bot.post(path, body)).toMatchObject({ status: 400, body: { code: 50035 } });
    }
    expect(await bot.post('/guilds/999999999/channels', { name: 'x' })).toMatchObject({
      status: 404,
      body: { code: 10004 },
    });
  });

  test('finds no place where there are 50 in its category or 500 in the guild', async ({ fake, bot }) => {
    const path = `/guilds/${fake.guildId}/channels`;
    const category = (await bot.post(path, { name: 'Incidents', type: 4 })).body.id;
    for (let index = 0; index < 50; index += 1) {
      fake.world.addChannel({ type: 0, name: `r-${index}`, parentId: category });
    }
    expect(await bot.post(path, { name: 'x', parent_id: category })).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
    for (let index = fake.world.guildChannels().length; index < 500; index += 1) {
      fake.world.addChannel({ type: 0, name: `s-${index}` });
    }
    expect(await bot.post(path, { name: 'x' })).toMatchObject({ status: 400, body: { code: 30013 } });
  });

  test('that is private is seen by those who are let in, and by nobody else', async ({ fake, bot }) => {
    const { ana, bo } = fake.people;
    const room = (
      await bot.post(`/guilds/${fake.guildId}/channels`, {
        name: 'secret',
        permission_overwrites: [
          { id: fake.guildId, type: 0, deny: String(Bits.ViewChannel) },
          { id: fake.botId, type: 1, allow: String(Bits.ViewChannel | Bits.SendMessages) },
        ],
      })
    ).body.id;
    await bot.post(`/channels/${room}/messages`, { content: 'hello' });
    expect(fake.messages(ana, room)).toEqual([]);
    expect(fake.rooms(ana).map(({ name }) => name)).toEqual(['general']);
    await expect(fake.types(ana, room, 'hi')).rejects.toThrow('do not see');

    await bot.put(`/channels/${room}/permissions/${ana.id}`, { type: 1, allow: String(Bits.ViewChannel) });
    expect(fake.messages(ana, room).map(({ text }) => text)).toEqual(['hello']);
    expect(fake.rooms(ana).map(({ name }) => name)).toEqual(['general', 'secret']);
    expect(fake.room(room)).toMatchObject({ private: true, archived: false, members: [ana.id] });
    expect(fake.messages(bo, room)).toEqual([]);

    await bot.delete(`/channels/${room}/permissions/${ana.id}`);
    expect(fake.rooms(ana).map(({ name }) => name)).toEqual(['general']);
  });

  test('that shuts the bot out is lost to it', async ({ fake, bot }) => {
    const deny = [{ id: fake.guildId, type: 0, deny: String(Bits.ViewChannel) }];
    const { body } = await bot.post(`/guilds/${fake.guildId}/channels`, {
      name: 'lost',
      permission_overwrites: deny,
    });
    expect(await bot.post(`/channels/${body.id}/messages`, { content: 'x' })).toMatchObject({
      status: 403,
      body: { code: 50001 },
    });
    expect(await bot.get(`/channels/${body.id}`)).toMatchObject({ status: 403, body: { code: 50001 } });
  });

  test('is closed when nobody may write in it', async ({ fake, bot }) => {
    const room = (await bot.post(`/guilds/${fake.guildId}/channels`, { name: 'done' })).body.id;
    expect(fake.room(room)?.archived).toBe(false);
    await bot.put(`/channels/${room}/permissions/${fake.guildId}`, {
      type: 0,
      deny: String(Bits.SendMessages),
    });
    expect(fake.room(room)?.archived).toBe(true);
    await expect(fake.types(fake.people.ana, room, 'hi')).rejects.toThrow('may not');
    expect(await bot.post(`/channels/${room}/messages`, { content: 'x' })).toMatchObject({
      status: 403,
      body: { code: 50013 },
    });
  });

  test('gives nobody what the bot has not', async ({ fake, bot }) => {
    const put = async (allow: bigint) =>
      await bot.put(`/channels/${fake.general}/permissions/${fake.people.ana.id}`, {
        type: 1,
        allow: String(allow),
      });
    expect(await put(Bits.BanMembers)).toMatchObject({ status: 403, body: { code: 50013 } });
    expect(await put(Bits.ManageRoles)).toMatchObject({ status: 403, body: { code: 50013 } });
    expect(await put(Bits.ViewChannel)).toMatchObject({ status: 204 });
  });

  test('takes from a bot with fewer rights only what it may do', async ({ make }) => {
    const fake = await make({ permissions: Bits.ViewChannel });
    const forbidden = { status: 403, body: { code: 50013 } };
    expect(await call(fake, 'POST', `/guilds/${fake.guildId}/channels`, { name: 'x' })).toMatchObject(
      forbidden,
    );
    expect(await call(fake, 'PATCH', `/channels/${fake.general}`, { topic: 'x' })).toMatchObject(forbidden);
    expect(await call(fake, 'DELETE', `/channels/${fake.general}`)).toMatchObject(forbidden);
    expect(await call(fake, 'POST', `/guilds/${fake.guildId}/roles`, { name: 'x' })).toMatchObject(forbidden);
    await fake.types(fake.people.ana, fake.general, 'hi');
    const [message] = fake.messages(fake.people.ana, fake.general);
    expect(await call(fake, 'PUT', `/channels/${fake.general}/messages/pins/${message?.id}`)).toMatchObject(
      forbidden,
    );
  });
});

describe('a person', () => {
  test('is told something directly, unless they left or closed that door', async ({ fake, bot }) => {
    const { ana, bo, cy } = fake.people;
    const tell = async (id: string) => {
      const { body } = await bot.post('/users/@me/channels', { recipient_id: id });
      return await bot.post(`/channels/${body.id}/messages`, { content: 'psst' });
    };
    expect(await tell(ana.id)).toMatchObject({ status: 200 });
    expect(await tell(ana.id)).toMatchObject({ status: 200 });
    expect(fake.direct(ana).map(({ text }) => text)).toEqual(['psst', 'psst']);
    expect(fake.direct(bo)).toEqual([]);
    fake.closesDirect(bo);
    expect(await tell(bo.id)).toMatchObject({ status: 403, body: { code: 50007 } });
    fake.trouble.leaves(cy);
    expect(await tell(cy.id)).toMatchObject({ status: 403, body: { code: 50007 } });
    expect(await bot.get(`/guilds/${fake.guildId}/members/${cy.id}`)).toMatchObject({
      status: 404,
      body: { code: 10007 },
    });
    expect(await bot.get(`/guilds/${fake.guildId}/members/999999999`)).toMatchObject({
      status: 404,
      body: { code: 10013 },
    });
    expect(await bot.post('/users/@me/channels', { recipient_id: '999999999' })).toMatchObject({
      status: 400,
      body: { code: 50033 },
    });
  });

  test("has no e-mail address here, and gets roles below the bot's own", async ({ fake, bot }) => {
    const { ana } = fake.people;
    expect((await bot.get(`/guilds/${fake.guildId}/members/${ana.id}`)).body.user).not.toHaveProperty(
      'email',
    );
    const { body: role } = await bot.post(`/guilds/${fake.guildId}/roles`, {
      name: 'on-call',
      permissions: '0',
    });
    expect(await bot.put(`/guilds/${fake.guildId}/members/${ana.id}/roles/${role.id}`)).toMatchObject({
      status: 204,
    });
    expect((await bot.get(`/guilds/${fake.guildId}/members/${ana.id}`)).body.roles).toContain(role.id);
    expect(await bot.delete(`/guilds/${fake.guildId}/members/${ana.id}/roles/${role.id}`)).toMatchObject({
      status: 204,
    });
    const all = (await bot.get(`/guilds/${fake.guildId}/members?limit=1000`)).body;
    expect(all).toHaveLength(6);
    const own = (await bot.get(`/guilds/${fake.guildId}/roles`)).body.find(
      (it: { managed: boolean }) => it.managed,
    ).id;
    expect(await bot.put(`/guilds/${fake.guildId}/members/${ana.id}/roles/${own}`)).toMatchObject({
      status: 403,
    });
  });
});
