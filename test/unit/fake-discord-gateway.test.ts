import { setTimeout as sleep } from 'node:timers/promises';

import { GatewayIntentBits as Intents } from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { call, identified, RawGateway } from '#test/support/discord/raw-bot.ts';
import { test } from '#test/support/discord/testing.ts';

const { Guilds, GuildMessages, GuildMessageReactions, GuildMembers, MessageContent, DirectMessages } =
  Intents;
const ALL = Guilds | GuildMessages | GuildMessageReactions | GuildMembers | MessageContent | DirectMessages;

async function opened(
  fake: { env: Readonly<Record<string, string>> },
  query = 'v=10&encoding=json',
): Promise<RawGateway> {
  const { body } = await call(fake, 'GET', '/gateway/bot');
  return new RawGateway(`${body.url}/?${query}`);
}

describe('the gateway', () => {
  test('lets in who says who they are, and tells them of their guild', async ({ fake }) => {
    const { body } = await call(fake, 'GET', '/gateway/bot');
    expect(body).toMatchObject({ shards: 1, session_start_limit: { total: 1000, remaining: 1000 } });
    const gateway = await identified(fake, ALL);
    expect((await gateway.hears(10)).d.heartbeat_interval).toBe(41_250);
    expect((await gateway.hears('READY')).d).toMatchObject({
      v: 10,
      user: { id: fake.botId },
      resume_gateway_url: body.url,
    });
    const { d: guild } = await gateway.hears('GUILD_CREATE');
    expect(guild).toMatchObject({ id: fake.guildId, channels: [{ name: 'general' }] });
    expect(guild.members).toHaveLength(6);
    gateway.send(1, 1);
    await gateway.hears(11);
    const { body: after } = await call(fake, 'GET', '/gateway/bot');
    expect(after.session_start_limit.remaining).toBe(999);
  });

  test('shuts out a wrong token, intents that are none or forbidden, and another version', async ({
    make,
  }) => {
    const fake = await make({ forbiddenIntents: MessageContent });
    const identify = async (d: object): Promise<number> => {
      const gateway = await opened(fake);
      await gateway.hears(10);
      gateway.send(2, { token: fake.env['DISCORD_TOKEN'], intents: Guilds, properties: { os: 'x' }, ...d });
      return await gateway.closed;
    };
    expect(await identify({ token: 'x' })).toBe(4004);
    expect(await identify({ intents: 1 << 30 })).toBe(4013);
    expect(await identify({ intents: MessageContent })).toBe(4014);
    expect(await (await opened(fake, 'v=6&encoding=json')).closed).toBe(4012);
    const early = await opened(fake);
    await early.hears(10);
    early.send(8, {});
    expect(await early.closed).toBe(4003);
    const flags = (await call(fake, 'GET', '/applications/@me')).body.flags;
    expect([flags & (1 << 19), flags & (1 << 15)]).toEqual([0, 1 << 15]);
  });

  test('tells of nothing that was not asked for', async ({ fake, bot }) => {
    const { ana } = fake.people;
    const [all, some] = [await identified(fake, ALL), await identified(fake, Guilds)];
    await fake.types(ana, fake.general, 'hello');
    const [message] = fake.messages(ana, fake.general);
    if (!message) throw new Error('nothing is seen');
    await fake.reacts(ana, message, '👀');
    await fake.pins(ana, message);
    await bot.post(`/guilds/${fake.guildId}/channels`, { name: 'room' });
    fake.trouble.leaves(ana);
    await all.hears('GUILD_MEMBER_REMOVE');
    expect(all.events).toEqual([
      'MESSAGE_CREATE',
      'MESSAGE_REACTION_ADD',
      'CHANNEL_PINS_UPDATE',
      'MESSAGE_UPDATE',
      'MESSAGE_CREATE',
      'CHANNEL_CREATE',
      'GUILD_MEMBER_REMOVE',
    ]);
    expect(some.events).toEqual(['CHANNEL_PINS_UPDATE', 'CHANNEL_CREATE']);
  });

  test('keeps the words of others from who may not read them, unless the bot is mentioned or told directly', async ({
    fake,
  }) => {
    const { ana } = fake.people;
    const gateway = await identified(fake, Guilds | GuildMessages | DirectMessages);
    await call(fake, 'POST', '/users/@me/channels', { recipient_id: ana.id });
    await fake.types(ana, fake.general, 'a secret');
    await fake.types(ana, fake.general, `<@${fake.botId}> hello`);
    await fake.types(ana, fake.world.directWith(ana.id)?.id ?? '', 'just you');
    await gateway.hears('MESSAGE_CREATE', 3);
    const contents = gateway.heard.flatMap(({ t, d }) => (t === 'MESSAGE_CREATE' ? [d.content] : []));
    expect(contents).toEqual(['', `<@${fake.botId}> hello`, 'just you']);
  });

  test('keeps them over HTTP too from an application that may not read them', async ({ make }) => {
    const fake = await make({ forbiddenIntents: MessageContent | GuildMembers });
    const { ana } = fake.people;
    await fake.types(ana, fake.general, 'a secret');
    await call(fake, 'POST', `/channels/${fake.general}/messages`, { content: 'my own' });
    const { body } = await call(fake, 'GET', `/channels/${fake.general}/messages`);
    expect(body.map((it: { content: string }) => it.content)).toEqual(['my own', '']);
    const members = await call(fake, 'GET', `/guilds/${fake.guildId}/members?limit=10`);
    expect(members).toMatchObject({ status: 403, body: { code: 50001 } });
  });

  test('takes a session up again where it broke off, and no other', async ({ fake }) => {
    const { ana } = fake.people;
    const first = await identified(fake, ALL);
    const { session_id: session } = (await first.hears('READY')).d;
    await fake.types(ana, fake.general, 'one');
    const { s: seq } = await first.hears('MESSAGE_CREATE');
    fake.trouble.dropConnections();
    await first.closed;
    await fake.types(ana, fake.general, 'two');

    const resume = async (d: object): Promise<RawGateway> => {
      const gateway = await opened(fake);
      await gateway.hears(10);
      gateway.send(6, { token: fake.env['DISCORD_TOKEN'], session_id: session, seq, ...d });
      return gateway;
    };
    const second = await resume({});
    expect((await second.hears('MESSAGE_CREATE')).d.content).toBe('two');
    await second.hears('RESUMED');
    expect(second.events).toEqual(['MESSAGE_CREATE', 'RESUMED']);
    expect((await (await resume({ session_id: 'x' })).hears(9)).d).toBe(false);
    expect((await (await resume({ seq: 999 })).hears(9)).d).toBe(false);
  });

  test('asks to reconnect, invalidates sessions, and notices who has stopped to breathe', async ({
    make,
  }) => {
    const fake = await make({ heartbeatMs: 60 });
    const gateway = await identified(fake, ALL);
    fake.gateway.askToReconnect();
    await gateway.hears(7);
    fake.gateway.invalidate(false);
    expect((await gateway.hears(9)).d).toBe(false);
    expect(await gateway.closed).toBe(4009);
  });

  test('shuts out who talks too much', async ({ make }) => {
    const fake = await make();
    const gateway = await identified(fake, ALL);
    for (let index = 0; index < 121; index += 1) gateway.send(1, index);
    expect(await gateway.closed).toBe(4008);
    expect(fake.measured.tooMany).toEqual(['gateway']);
  });

  test('is gone while all is down', async ({ fake }) => {
    const gateway = await identified(fake, ALL);
    fake.trouble.down();
    expect(await gateway.closed).toBe(1006);
    const refused = new RawGateway(
      `${fake.env['DISCORD_API_URL']?.replace('http', 'ws')}/?v=10&encoding=json`,
    );
    expect(await refused.closed).toBe(1006);
    fake.trouble.back();
    await identified(fake, ALL);
  });
});

describe('deliveries', () => {
  test('come as often as ordered, and in the other order when they were held', async ({ fake }) => {
    const { ana } = fake.people;
    const gateway = await identified(fake, ALL);
    fake.trouble.deliverTimes(2);
    await fake.types(ana, fake.general, 'twice');
    await gateway.hears('MESSAGE_CREATE', 2);
    fake.trouble.deliverTimes(1);
    fake.trouble.hold();
    await fake.types(ana, fake.general, 'first');
    await fake.types(ana, fake.general, 'second');
    await sleep(50);
    await fake.trouble.release();
    await gateway.hears('MESSAGE_CREATE', 4);
    const contents = gateway.heard.flatMap(({ t, d }) => (t === 'MESSAGE_CREATE' ? [d.content] : []));
    expect(contents).toEqual(['twice', 'twice', 'second', 'first']);
  });

  test('of one name are the same thing again', async ({ fake }) => {
    const { ana } = fake.people;
    const gateway = await identified(fake, ALL);
    await fake.types(ana, fake.general, 'hello', { delivery: 'd1' });
    await fake.types(ana, fake.general, 'hello', { delivery: 'd1' });
    const [first, second] = [await gateway.hears('MESSAGE_CREATE'), await gateway.hears('MESSAGE_CREATE', 2)];
    expect(second.d).toEqual(first.d);
    expect(fake.messages(ana, fake.general)).toHaveLength(1);
  });
});
