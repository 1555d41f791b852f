import { seenOn } from '#test/contracts/chat-platform-fake.ts';
import type { SeenTest } from '#test/contracts/chat-platform-seen.ts';
import { chatPlatformContract, farPlatformContract } from '#test/contracts/chat-platform.ts';
import { test } from '#test/support/database.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';

const EDIT = 'PUT /v3/conversations/{id}/activities/{id}';
const CALLS = {
  channel: { openRoom: 'POST /teams/{id}/channels', post: 'POST /v3/conversations', edit: EDIT },
  thread: {
    openRoom: 'POST /v3/conversations',
    post: 'POST /v3/conversations/{id}/activities',
    edit: EDIT,
  },
} as const;

for (const rooms of ['channel', 'thread'] as const) {
  const withEyes = test.extend('seen', async ({ db }, { onCleanup }) => {
    const teams = await teamsOn(db, { rooms });
    const seen = await seenOn(teams.fake, async () => teams.make(), { calls: CALLS[rooms], canTell: false });
    onCleanup(async () => {
      await seen.stop();
      await teams.stop();
    });
    await teams.fake.installed();
    return seen;
  });
  const run: SeenTest = (name, body) => {
    withEyes(name, async ({ seen }) => await body({ seen }));
  };
  chatPlatformContract(`Microsoft Teams, a ${rooms} for each room,`, run);
  // What a thread's bot cannot know, whether a post was taken whose answer was lost, is in teams-threads.test.ts.
  if (rooms === 'channel') farPlatformContract('Microsoft Teams', run);
}
