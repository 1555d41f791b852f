import { setTimeout as sleep } from 'node:timers/promises';

import { GatewayIntentBits as Intents } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { call, identified } from '#test/support/discord/raw-bot.ts';
import { answering, COMMANDS, test } from '#test/support/discord/testing-commands.ts';

const text = (all: readonly { readonly text: string }[]): string[] => all.map((it) => it.text);

describe('an answer', () => {
  test('that is private is seen by one person alone, and later only changed', async ({ fake, ears }) => {
    const { ana, bo } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    const { heard } = await ears.next(5, { flags: 64 });
    await typing;
    expect(fake.messages(ana, fake.general)).toEqual([]);
    expect(await ears.original(heard, 'PATCH', { content: 'only you' })).toMatchObject({
      status: 200,
      body: { flags: 64 },
    });
    expect(text(fake.messages(ana, fake.general))).toEqual(['only you']);
    expect(fake.messages(ana, fake.general)[0]?.private).toBe(true);
    expect(fake.messages(bo, fake.general)).toEqual([]);
    expect((await ears.original(heard, 'GET')).body).toMatchObject({ content: 'only you' });
    expect(await ears.original(heard, 'DELETE')).toMatchObject({ status: 204 });
    expect(fake.messages(ana, fake.general)).toEqual([]);
  });

  test('that was begun for all stays for all, and one for one stays for one', async ({ fake, ears }) => {
    const { ana, bo } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    const { heard } = await ears.next(5);
    await typing;
    await call(
      fake,
      'POST',
      `/webhooks/${fake.botId}/${heard.token}`,
      { content: 'public', flags: 64 },
      { authorization: '' },
    );
    await call(
      fake,
      'POST',
      `/webhooks/${fake.botId}/${heard.token}`,
      { content: 'private', flags: 64 },
      { authorization: '' },
    );
    expect(text(fake.messages(ana, fake.general))).toEqual(['public', 'private']);
    expect(text(fake.messages(bo, fake.general))).toEqual(['public']);
  });

  test('is given once, and in time', async ({ fake, ears }) => {
    const { ana } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack');
    const { heard } = await ears.next(4, { content: 'one' });
    await typing;
    expect(await ears.answer(heard, { type: 4, data: { content: 'two' } })).toMatchObject({
      status: 400,
      body: { code: 40060 },
    });
    expect(
      await ears.answer({ id: heard.id, token: 'x' }, { type: 4, data: { content: 'x' } }),
    ).toMatchObject({ status: 404, body: { code: 10062 } });

    const late = fake.types(ana, fake.general, '/incident ack');
    const failure = late.catch((error: unknown) => error);
    const second = await ears.hears();
    expect(await ears.original(second, 'PATCH', { content: 'early' })).toMatchObject({
      status: 404,
      body: { code: 10015 },
    });
    await sleep(3100);
    expect(String(await failure)).toContain('did not respond');
    expect(await ears.answer(second, { type: 5 })).toMatchObject({ status: 404, body: { code: 10062 } });
    expect(text(fake.messages(ana, fake.general))).toEqual(['one']);
    expect(fake.measured.acknowledged).toHaveLength(1);
  });

  test('can be changed for a quarter of an hour', async ({ make }) => {
    let ms = Date.parse('2026-03-01T08:00:00Z');
    const fake = await make({ now: () => new Date(ms), pace: 1000 });
    const gateway = await identified(fake, Intents.Guilds);
    await call(fake, 'PUT', `/applications/${fake.botId}/guilds/${fake.guildId}/commands`, COMMANDS);
    const { next, original } = answering(fake, gateway);
    const typing = fake.types(fake.people.ana, fake.general, '/incident ack');
    const { heard } = await next(5);
    await typing;
    ms += 14 * 60_000;
    expect(await original(heard, 'PATCH', { content: 'x' })).toMatchObject({ status: 200 });
    ms += 2 * 60_000;
    expect(await original(heard, 'PATCH', { content: 'y' })).toMatchObject({
      status: 401,
      body: { code: 50027 },
    });
  });

  test('to a button changes its message; to a command there is nothing to change', async ({
    fake,
    bot,
    ears,
  }) => {
    const { ana, bo } = fake.people;
    const components = [
      { type: 1, components: [{ type: 2, style: 1, label: 'Acknowledge', custom_id: 'k' }] },
    ];
    await bot.post(`/channels/${fake.general}/messages`, { content: 'new', components });
    const pressing = fake.presses(bo, fake.general, 'Acknowledge');
    const { heard, answered } = await ears.next(7, { content: 'acknowledged', components: [] });
    await pressing;
    expect(answered.status).toBe(204);
    expect(heard).toMatchObject({
      type: 3,
      data: { custom_id: 'k', component_type: 2 },
      message: { content: 'new' },
    });
    expect(fake.messages(ana, fake.general)).toMatchObject([{ text: 'acknowledged', buttons: [] }]);
    await expect(fake.presses(bo, fake.general, 'Acknowledge')).rejects.toThrow('no `Acknowledge`');

    const typing = fake.types(ana, fake.general, '/incident ack');
    const second = await ears.hears();
    expect(await ears.answer(second, { type: 7, data: { content: 'x' } })).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
    await ears.answer(second, { type: 4, data: { content: 'x' } });
    await typing;
  });

  test('delivered twice is asked twice and answered once', async ({ fake, ears }) => {
    const { ana } = fake.people;
    const typing = fake.types(ana, fake.general, '/incident ack', { delivery: 'd1' });
    const { heard } = await ears.next(4, { content: 'one' });
    await typing;
    await fake.types(ana, fake.general, '/incident ack', { delivery: 'd1' });
    const again = await ears.hears();
    expect(again).toEqual(heard);
    expect(await ears.answer(again, { type: 4, data: { content: 'two' } })).toMatchObject({
      body: { code: 40060 },
    });
  });
});
