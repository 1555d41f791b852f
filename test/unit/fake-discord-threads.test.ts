import { describe, expect } from 'vitest';

import { call } from '#test/support/discord/raw-bot.ts';
import { test } from '#test/support/discord/testing.ts';

describe('pins and reactions', () => {
  test('are seen, and a pin is told of in a line of its own', async ({ fake, bot }) => {
    const { ana } = fake.people;
    const { body } = await bot.post(`/channels/${fake.general}/messages`, { content: 'card' });
    for (const path of ['messages/pins', 'pins', 'messages/pins']) {
      expect(await bot.put(`/channels/${fake.general}/${path}/${body.id}`)).toMatchObject({ status: 204 });
    }
    await bot.put(`/channels/${fake.general}/messages/${body.id}/reactions/${encodeURIComponent('👀')}/@me`);
    const [seen] = fake.messages(ana, fake.general);
    expect(seen).toMatchObject({ text: 'card', pinned: true, reactions: { '👀': 1 } });
    expect(fake.notices(fake.general)).toHaveLength(1);
    expect((await bot.get(`/channels/${fake.general}/messages/pins`)).body.items).toMatchObject([
      { message: { id: body.id } },
    ]);
    expect((await bot.get(`/channels/${fake.general}/pins`)).body).toMatchObject([
      { id: body.id, pinned: true },
    ]);

    if (!seen) throw new Error('nothing is seen');
    await fake.reacts(ana, seen, '👀');
    expect(fake.messages(ana, fake.general)[0]?.reactions).toEqual({ '👀': 2 });
    await fake.reacts(ana, seen, '👀', { off: true });
    await bot.delete(
      `/channels/${fake.general}/messages/${body.id}/reactions/${encodeURIComponent('👀')}/@me`,
    );
    expect(fake.messages(ana, fake.general)[0]?.reactions).toEqual({});
  });

  test('are emoji as Discord knows them, and at most 250 pins', async ({ fake, bot }) => {
    const { body } = await bot.post(`/channels/${fake.general}/messages`, { content: 'card' });
    const react = async (emoji: string) =>
      await bot.put(
        `/channels/${fake.general}/messages/${body.id}/reactions/${encodeURIComponent(emoji)}/@me`,
      );
    expect(await react('eyes')).toMatchObject({ status: 400, body: { code: 10014 } });
    expect(await react('👍🏽')).toMatchObject({ status: 204 });
    for (let index = 0; index < 250; index += 1) {
      const message = fake.world.messages.get(body.id);
      if (message) {
        fake.world.messages.set(`${index}`, { ...message, id: `${index}`, pinnedAt: '2026-03-01T08:00:00Z' });
      }
    }
    expect(await bot.put(`/channels/${fake.general}/messages/pins/${body.id}`)).toMatchObject({
      status: 400,
      body: { code: 30003 },
    });
  });
});

describe('a thread', () => {
  test('stands below its message, once', async ({ fake, bot }) => {
    const { ana, bo } = fake.people;
    const { body: card } = await bot.post(`/channels/${fake.general}/messages`, { content: 'card' });
    const start = async () =>
      await bot.post(`/channels/${fake.general}/messages/${card.id}/threads`, { name: 'INC-1: More!' });
    const { status, body: thread } = await start();
    expect([status, thread.id, thread.name]).toEqual([201, card.id, 'INC-1: More!']);
    expect(await start()).toMatchObject({ status: 400, body: { code: 160004 } });
    await bot.post(`/channels/${thread.id}/messages`, { content: 'storm' });
    expect(fake.below(bo, card.id).map(({ text }) => text)).toEqual(['storm']);
    expect(fake.messages(bo, fake.general).map(({ text }) => text)).toEqual(['card']);

    const [seen] = fake.messages(ana, fake.general);
    if (!seen) throw new Error('nothing is seen');
    await fake.answers(ana, seen, 'I look');
    expect(fake.below(bo, card.id).map(({ text }) => text)).toEqual(['storm', 'I look']);
  });

  test('that is private is for its members, and a mention brings somebody in', async ({ fake, bot }) => {
    const { ana, bo, cy } = fake.people;
    const { body: thread } = await bot.post(`/channels/${fake.general}/threads`, {
      name: 'secret',
      type: 12,
      invitable: false,
    });
    expect(await bot.put(`/channels/${thread.id}/thread-members/${ana.id}`)).toMatchObject({ status: 204 });
    expect(await bot.put(`/channels/${thread.id}/thread-members/999999999`)).toMatchObject({
      status: 404,
      body: { code: 10013 },
    });
    expect(fake.room(thread.id)).toMatchObject({ private: true, members: [ana.id] });
    await bot.post(`/channels/${thread.id}/messages`, { content: `come <@${bo.id}>` });
    expect([ana, bo, cy].map((it) => fake.messages(it, thread.id).length)).toEqual([1, 1, 0]);
    expect(fake.rooms(cy).map(({ name }) => name)).toEqual(['general']);
  });

  test('that is locked is closed; one that fell asleep wakes up with the next word', async ({
    fake,
    bot,
  }) => {
    const { ana } = fake.people;
    const { body: thread } = await bot.post(`/channels/${fake.general}/threads`, { name: 'room', type: 11 });
    expect(
      (await bot.patch(`/channels/${thread.id}`, { archived: true })).body.thread_metadata,
    ).toMatchObject({ archived: true });
    expect(await bot.patch(`/channels/${thread.id}`, { name: 'other' })).toMatchObject({
      status: 400,
      body: { code: 50083 },
    });
    expect(fake.room(thread.id)?.archived).toBe(false);
    await fake.types(ana, thread.id, 'still there?');
    expect((await bot.get(`/channels/${thread.id}`)).body.thread_metadata).toMatchObject({ archived: false });

    await bot.patch(`/channels/${thread.id}`, { archived: true, locked: true });
    expect(fake.room(thread.id)?.archived).toBe(true);
    await expect(fake.types(ana, thread.id, 'hello?')).rejects.toThrow('may not');
    expect((await bot.get(`/channels/${fake.general}/threads/archived/public`)).body.threads).toMatchObject([
      { id: thread.id },
    ]);
    expect((await bot.get(`/guilds/${fake.guildId}/threads/active`)).body.threads).toEqual([]);
  });

  test('falls asleep when nobody has written for as long as it was told', async ({ make }) => {
    let ms = Date.parse('2026-03-01T08:00:00Z');
    const fake = await make({ now: () => new Date(ms), pace: 1_000_000 });
    const body = { name: 'room', type: 11, auto_archive_duration: 60 };
    const { id } = (await call(fake, 'POST', `/channels/${fake.general}/threads`, body)).body;
    const { body: message } = await call(fake, 'POST', `/channels/${id}/messages`, { content: 'x' });
    ms += 61 * 60_000;
    expect((await call(fake, 'GET', `/channels/${id}`)).body.thread_metadata.archived).toBe(true);
    const change = async () =>
      await call(fake, 'PATCH', `/channels/${id}/messages/${message.id}`, { content: 'y' });
    expect(await change()).toMatchObject({ status: 400, body: { code: 50083 } });
    await call(fake, 'PATCH', `/channels/${id}`, { archived: false });
    expect(await change()).toMatchObject({ status: 200 });
  });

  test('goes with its channel', async ({ fake, bot }) => {
    const { body: thread } = await bot.post(`/channels/${fake.general}/threads`, { name: 'room', type: 11 });
    fake.trouble.deleteRoom(fake.general);
    expect(await bot.get(`/channels/${thread.id}`)).toMatchObject({ status: 404, body: { code: 10003 } });
    expect(fake.rooms(fake.people.ana)).toEqual([]);
  });
});
