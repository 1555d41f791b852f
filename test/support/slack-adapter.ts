import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { makeSlack, type SlackSettings } from '#adapters/slack/adapter.ts';
import { slackManifest } from '#adapters/slack/manifest.ts';
import { commands } from '#commands/index.ts';
import type { WantedRoom } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';

import { test as base } from './database.ts';
import { ListeningInbox } from './listening-inbox.ts';
import { startFakeSlack, type FakeSlack, type FakeSlackOptions } from './slack/fake.ts';

export const SHAPES = commands.map(shapeOf);

/** The room of an incident, as the engine asks for it. */
export const WANTED: WantedRoom = {
  name: 'inc-1',
  topic: 'INC-1',
  title: 'Checkout',
  isPrivate: false,
  links: [],
};

/** Slack set up with the app's own manifest: it may do what that says, and no more. */
export async function slackFake(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  return await startFakeSlack({ manifest: slackManifest(SHAPES), ...options });
}

export function settingsFor({ env }: FakeSlack): SlackSettings {
  return {
    botToken: env['SLACK_BOT_TOKEN'] ?? '',
    appToken: env['SLACK_APP_TOKEN'],
    signingSecret: env['SLACK_SIGNING_SECRET'],
    apiUrl: env['SLACK_API_URL'] ?? '',
    publicUrl: 'https://incidents.example',
  };
}

const now = () => new Date();

export function slackOn(db: Db, fake: FakeSlack, report: (error: unknown) => void = () => {}) {
  return makeSlack({ settings: settingsFor(fake), store: platformStore(db, 'slack', now), now, report });
}

/** The adapter between a fake Slack and an engine's ear. */
export async function startSlack(db: Db, { mode = 'socket' }: { readonly mode?: 'socket' | 'http' } = {}) {
  const errors: unknown[] = [];
  const inbox = new ListeningInbox();
  let port = 0;
  const fake = await slackFake({ mode, appUrl: () => `http://127.0.0.1:${port}/slack/events` });
  const { platform, mounts } = slackOn(db, fake, (error) => void errors.push(error));
  const server = createServer((request, response) => {
    const mount = mounts.find(({ path }) => request.url?.startsWith(path));
    if (mount) mount.handle(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ({ port } = server.address() as AddressInfo);
  return {
    fake,
    platform,
    inbox,
    /** What was reported that nobody waits for. */
    errors,
    url: () => `http://127.0.0.1:${port}/slack/events`,
    start: async () => {
      await platform.start(inbox, SHAPES);
      await platform.socket?.open();
    },
    async stop() {
      await platform.stop();
      await fake.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

export type StartedSlack = Awaited<ReturnType<typeof startSlack>>;

/** Gives a test a Slack of its own, where the adapter is at work until the test ends. */
export const test = base.extend('slack', async ({ db }, { onCleanup }) => {
  const slack = await startSlack(db);
  onCleanup(() => slack.stop());
  await slack.start();
  return slack;
});
