import { setTimeout as sleep } from 'node:timers/promises';

import { ChannelType, GatewayIntentBits as Intents } from 'discord-api-types/v10';
import { describe, expect, onTestFinished } from 'vitest';

import { discordCommands } from '#adapters/discord/manifest.ts';
import { say } from '#src/chat/message.ts';
import { ProviderError } from '#src/errors.ts';
import { ROOM, SHAPES, test } from '#test/support/discord-bot.ts';

const REGISTER = 'PUT /applications/{application_id}/guilds/{guild_id}/commands';

describe('The list of commands', () => {
  test('is registered once, and not again while nothing has changed', async ({ make }) => {
    const bot = await make();
    const first = await bot.start();
    await first.stop();
    await bot.start();
    expect(bot.calls(REGISTER)).toHaveLength(1);
    const names = bot.fake.commands.in(bot.fake.guildId).map(({ name }) => name);
    expect(names).toEqual(discordCommands(SHAPES).map(({ name }) => name));
    expect(names[0]).toBe('incident');
  });

  test('is registered again when it has changed, here or there', async ({ make }) => {
    const bot = await make();
    await (await bot.start()).stop();
    const fewer = bot.make();
    await fewer.start(bot.inbox, SHAPES.slice(1));
    await fewer.socket?.open();
    await fewer.stop();
    expect(bot.calls(REGISTER)).toHaveLength(2);

    bot.fake.commands.overwrite(bot.fake.guildId, []);
    const same = bot.make();
    await same.start(bot.inbox, SHAPES.slice(1));
    await same.socket?.open();
    await same.stop();
    expect(bot.calls(REGISTER)).toHaveLength(3);
  });

  test('does not keep the bot from its work when it is refused', async ({ make }) => {
    const bot = await make();
    bot.fake.trouble.next(REGISTER, { error: '50001' });
    const platform = await bot.start();
    expect(bot.failures).toMatchObject([{ message: expect.stringContaining('Missing Access') as unknown }]);
    const room = await platform.openRoom(ROOM);
    await platform.post(room, say('INC-1 is new'), { key: 'card:1' });
  });
});

describe('The connection', () => {
  test('is taken up again when it breaks off, with what was missed', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.fake.trouble.dropConnections();
    await bot.fake.types(bot.people.ana, room.id, 'said meanwhile');
    await expect
      .poll(() => bot.inbox.words.map((it) => (it.kind === 'message' ? it.text : '')))
      .toEqual(['said meanwhile']);
    expect(bot.fake.gateway.identified).toBe(1);
    expect(bot.fake.gateway.resumed).toBe(1);
  });

  test('comes back when Discord has forgotten it, and when it asks for it', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.fake.gateway.askToReconnect();
    await expect.poll(() => bot.fake.gateway.resumed).toBe(1);
    bot.fake.gateway.invalidate(false);
    await expect.poll(() => bot.fake.gateway.identified).toBe(2);
    await bot.fake.types(bot.people.ana, room.id, 'hello again');
    await expect.poll(() => bot.inbox.words.length).toBe(1);
  });

  test('comes back when Discord forgets it in the moment in which it is taken up again', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.fake.gateway.endsWhatResumes = true;
    bot.fake.gateway.askToReconnect();
    await expect.poll(() => bot.fake.gateway.identified).toBe(2);
    expect(bot.fake.gateway.resumed).toBe(1);
    await bot.fake.types(bot.people.ana, room.id, 'hello again');
    await expect.poll(() => bot.inbox.words.length).toBe(1);
  });

  test('is tried again until a token that was revoked is good again', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    bot.fake.trouble.revokeToken();
    await expect(platform.check()).rejects.toMatchObject({ retry: true, retryAfterMs: undefined });
    bot.fake.trouble.restoreToken();
    await platform.check();
    await expect.poll(() => bot.fake.gateway.connected).toBe(1);
    await bot.fake.types(bot.people.ana, room.id, 'hello again');
    await expect.poll(() => bot.inbox.words.length).toBe(1);
  });

  test('that Discord refuses says what to do about it', async ({ make }) => {
    const bot = await make({ discord: { forbiddenIntents: Intents.MessageContent } });
    const refused = await bot.start().then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ProviderError);
    expect(refused).toMatchObject({
      retry: true,
      message: expect.stringContaining('Message Content Intent') as unknown,
    });
  });

  test('is closed when the program stops, and nothing is heard after that', async ({ make }) => {
    const bot = await make();
    const platform = await bot.start();
    const room = await platform.openRoom(ROOM);
    await platform.stop();
    await platform.stop();
    expect(bot.fake.gateway.connected).toBe(0);
    await bot.fake.types(bot.people.ana, room.id, 'is anybody there?');
    expect(bot.inbox.words).toEqual([]);
  });
});

describe('A connection that is given up while it is being opened', () => {
  test('ends at once, and what comes of it later harms nobody', async ({ make }) => {
    const bot = await make();
    const platform = bot.make();
    await platform.start(bot.inbox, SHAPES);
    bot.fake.gateway.isSilent = true;
    const opening = platform.socket?.open();
    await expect.poll(() => bot.fake.gateway.held.length).toBe(1);
    let crashes = 0;
    const crashed = () => void (crashes += 1);
    process.on('uncaughtExceptionMonitor', crashed);
    onTestFinished(() => void process.off('uncaughtExceptionMonitor', crashed));
    await Promise.all([expect(opening).rejects.toThrow('closed while it was being opened'), platform.stop()]);
    for (const socket of bot.fake.gateway.held) socket.destroy();
    await sleep(100);
    expect(crashes).toBe(0);
  });
});

describe('Calls', () => {
  test('of twenty incidents at once stay below every limit, at its true length', async ({ make }) => {
    const bot = await make({ discord: { pace: 1 } });
    const platform = bot.make();
    const rooms = Array.from({ length: 20 }, (_, index) =>
      bot.fake.world.addChannel({ type: ChannelType.GuildText, name: `inc-${index}` }),
    ).map(({ id }) => ({ platform: 'discord', id }));
    const cards = await Promise.all(
      rooms.map((room, index) => platform.post(room, say('new'), { key: `card:${index}` })),
    );
    await sleep(1000);
    const start = performance.now();
    const took = await Promise.all(
      cards.flatMap((posted) =>
        [1, 2, 3].map(async (state) => {
          await platform.edit(posted, say(`state ${state}`));
          return performance.now() - start;
        }),
      ),
    );
    expect(took.toSorted((x, y) => x - y)[Math.floor(took.length * 0.95)]).toBeLessThan(1000);
    expect(bot.calls('PATCH /channels/{channel_id}/messages/{message_id}').length).toBeLessThanOrEqual(40);
    expect(bot.fake.messages(bot.people.ana, rooms[0]?.id ?? '').at(-1)?.text).toBe('state 3');
    expect(bot.fake.measured.tooMany).toEqual([]);
  });
});
