import type { DiscordSettings } from '#adapters/discord/adapter.ts';

import type { FakePlatform } from './fake-platform.ts';

/** The adapter's settings, as the program reads them from its environment. */
export function discordSettings(
  { env }: Pick<FakePlatform, 'env'>,
  more: Partial<DiscordSettings> = {},
): DiscordSettings {
  return {
    token: env['DISCORD_TOKEN'] ?? '',
    guildId: env['DISCORD_GUILD_ID'] ?? '',
    apiUrl: env['DISCORD_API_URL'] ?? '',
    rooms: env['DISCORD_ROOMS'] === 'thread' ? 'thread' : 'channel',
    voice: false,
    publicUrl: 'https://incidents.example',
    ...more,
  };
}
