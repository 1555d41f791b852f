import type { Db } from '#src/db/schema.ts';
import { seenOn } from '#test/contracts/chat-platform-fake.ts';
import { chatPlatformContract, farPlatformContract } from '#test/contracts/chat-platform.ts';
import { test } from '#test/support/database.ts';
import { slackFake, slackOn } from '#test/support/slack-adapter.ts';

const withEyes = test.extend('seen', async ({ db }, { onCleanup }) => {
  const { fake, seen } = await seenOnSlack(db);
  onCleanup(async () => {
    await seen.stop();
    await fake.stop();
  });
  return seen;
});

chatPlatformContract('Slack', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});

farPlatformContract('Slack', (name, run) => {
  withEyes(name, async ({ seen }) => await run({ seen }));
});

async function seenOnSlack(db: Db) {
  const fake = await slackFake();
  const calls = { openRoom: 'conversations.create', post: 'chat.postMessage', edit: 'chat.update' };
  return { fake, seen: await seenOn(fake, async () => slackOn(db, fake), { calls }) };
}
