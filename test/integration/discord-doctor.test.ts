import {
  ChannelType,
  GatewayIntentBits as Intents,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';
import { describe, expect } from 'vitest';

import { checkDiscord } from '#adapters/discord/doctor.ts';
import { permissions } from '#adapters/discord/manifest.ts';
import { SHAPES, test, type Bot } from '#test/support/discord-bot.ts';

async function wrong({ settings }: Pick<Bot, 'settings'>, now = () => new Date()): Promise<string[]> {
  const found = await checkDiscord(settings, now, SHAPES);
  expect(found.every(({ what, fix }) => what !== '' && fix !== '')).toBe(true);
  return found.filter(({ ok }) => !ok).map(({ what, fix }) => `${what}. ${fix}`);
}

describe('The doctor', () => {
  test('finds nothing wrong where all is well', async ({ make }) => {
    const bot = await make({ discord: { permissions: permissions() } });
    await bot.start();
    expect(await wrong(bot)).toEqual([]);
  });

  test('says what rights are missing, and which are too many, and where they come from', async ({ make }) => {
    const bot = await make({
      discord: { permissions: (permissions() & ~Bits.ManageChannels) | Bits.BanMembers },
    });
    await bot.start();
    const [missing, needless] = await wrong(bot);
    expect(missing).toMatch(
      /lacks Manage Channels\. .*https:\/\/discord\.com\/oauth2\/authorize\?client_id=\d+/,
    );
    expect(needless).toMatch(/needs no Ban Members/);
  });

  test('says before it is too late that the server can hardly take more channels', async ({ make }) => {
    const bot = await make({ discord: { permissions: permissions() } });
    await bot.start();
    const { world } = bot.fake;
    while (world.guildChannels().length < 451) {
      world.addChannel({ type: ChannelType.GuildText, name: `old-${world.channels.size}` });
    }
    expect(await wrong(bot)).toEqual([
      expect.stringMatching(/^The server has 451 of the 500 channels .*Delete archived rooms/),
    ]);
  });

  test('says which intent is off', async ({ make }) => {
    const bot = await make({
      discord: { permissions: permissions(), forbiddenIntents: Intents.MessageContent },
    });
    expect(await wrong(bot)).toEqual([
      expect.stringContaining('Turn "Message Content Intent" on'),
      expect.stringContaining('not registered: incident ack'),
    ]);
  });

  test('says of a token whether it is none, or not accepted', async ({ make }) => {
    const bot = await make();
    expect(await wrong({ settings: { ...bot.settings, token: 'Bot abc' } })).toEqual([
      expect.stringContaining('Reset Token'),
    ]);
    bot.fake.trouble.revokeToken();
    expect(await wrong(bot)).toEqual([expect.stringContaining('DISCORD_TOKEN is accepted')]);
  });

  test('says when Discord cannot be reached', async ({ make }) => {
    const bot = await make();
    const settings = { ...bot.settings, apiUrl: 'http://127.0.0.1:9/api' };
    expect(await wrong({ settings })).toEqual([expect.stringContaining('DISCORD_API_URL')]);
  });

  test('says when the bot is not in the server, with the invitation', async ({ make }) => {
    const bot = await make();
    const settings = { ...bot.settings, guildId: '123456789012345678' };
    expect(await wrong({ settings })).toEqual([
      expect.stringMatching(/in the server 123456789012345678.*oauth2/),
    ]);
  });

  test('says when the clock is wrong', async ({ make }) => {
    const bot = await make({ discord: { permissions: permissions() } });
    await bot.start();
    const late = () => new Date(performance.timeOrigin + performance.now() + 300_000);
    expect(await wrong(bot, late)).toEqual([expect.stringMatching(/right, to (?:299|300|301) s.*NTP/)]);
  });

  test('says when the category is none', async ({ make }) => {
    const bot = await make({ discord: { permissions: permissions() } });
    await bot.start();
    const { id } = bot.fake.world.addChannel({ type: ChannelType.GuildCategory, name: 'War rooms' });
    expect(await wrong({ settings: { ...bot.settings, categoryId: id } })).toEqual([]);
    const settings = { ...bot.settings, categoryId: bot.fake.general };
    expect(await wrong({ settings })).toEqual([expect.stringContaining('DISCORD_CATEGORY_ID')]);
  });
});
