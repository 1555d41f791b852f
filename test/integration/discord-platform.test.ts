// Loaded before the adapter, as by a way to page people: files must go to Discord all the same.
// oxlint-disable-next-line import/no-unassigned-import -- that it is loaded is all that counts
import 'undici';
import { makeDiscord } from '#adapters/discord/adapter.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { seenOn } from '#test/contracts/chat-platform-fake.ts';
import { chatPlatformContract, farPlatformContract } from '#test/contracts/chat-platform.ts';
import { test } from '#test/support/database.ts';
import { discordSettings } from '#test/support/discord-settings.ts';
import { startFakeDiscord } from '#test/support/discord/fake.ts';

const withEyes = test.extend('seen', async ({ db }, { onCleanup }) => {
  const fake = await startFakeDiscord({ pace: 20 });
  const failures: unknown[] = [];
  const now = () => new Date();
  const make = async () =>
    makeDiscord({
      settings: discordSettings(fake),
      store: platformStore(db, 'discord', now),
      now,
      report: (error) => failures.push(error),
    });
  const seen = await seenOn(fake, make, {
    calls: {
      openRoom: 'POST /guilds/{guild_id}/channels',
      post: 'POST /channels/{channel_id}/messages',
      edit: 'PATCH /channels/{channel_id}/messages/{message_id}',
    },
    messageId: ({ id }) => id.split(':').at(-1) ?? id,
  });
  onCleanup(async () => {
    await seen.stop();
    await fake.stop();
    const broken = [...fake.broken, ...fake.measured.tooMany];
    if (broken.length > 0) throw new Error(broken.join('\n'));
  });
  return seen;
});

chatPlatformContract('Discord', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});

farPlatformContract('Discord', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});
