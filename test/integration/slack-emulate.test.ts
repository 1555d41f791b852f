import { createEmulator } from 'emulate';
import { expect } from 'vitest';

import { makeSlack } from '#adapters/slack/adapter.ts';
import { botScopes } from '#adapters/slack/methods.ts';
import { bold, say } from '#src/chat/message.ts';
import type { WantedRoom } from '#src/chat/platform.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';
import { test } from '#test/support/database.ts';

/**
 * Somebody else's idea of Slack's Web API, so that ours is not the only one
 * that the adapter was ever tried against. It has no sockets, no commands and no
 * user groups, takes any blocks and knows no rates.
 */
const TOKEN = 'xoxb-emulated';
const BOT = { bot_id: 'B0INCIDENT', bot_user_id: 'U0INCIDENT' };
const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [{ title: 'Web room', url: 'https://incidents.example/rooms/inc-1' }],
};

const emulated = test.extend('slack', async ({ db }, { onCleanup }) => {
  const slack = await emulatedSlack(db);
  onCleanup(slack.stop);
  return slack;
});

emulated('runs a room in an emulated Slack: opened once, topic, archive', async ({ slack }) => {
  const { platform, web } = slack;
  const [room, ...same] = await Promise.all([1, 2, 3].map(() => platform.openRoom(ROOM)));
  if (!room) throw new Error('no room');
  expect(same).toEqual([room, room]);
  await platform.setTopic(room, 'INC-1 P1 resolved & <done>');
  const info = await web('conversations.info', { channel: room.id });
  expect(info).toMatchObject({ channel: { name: 'inc-1-checkout', is_private: false, is_archived: false } });
  expect(JSON.stringify(info)).toContain('INC-1 P1 resolved');
  expect(await web('bookmarks.list', { channel_id: room.id })).toMatchObject({
    bookmarks: [{ title: 'Web room', link: 'https://incidents.example/rooms/inc-1' }],
  });
  await platform.archiveRoom(room);
  await platform.archiveRoom(room);
  expect(await web('conversations.info', { channel: room.id })).toMatchObject({
    channel: { is_archived: true },
  });
});

emulated('posts, edits, pins, answers below and takes away in an emulated Slack', async ({ slack }) => {
  const { platform, web } = slack;
  const room = await platform.openRoom(ROOM);
  const post = async () =>
    await platform.post(room, say(['INC-1 is ', bold('new')]), { key: 'card:1', pin: true });
  const posted = await post();
  expect(await post()).toEqual(posted);
  await platform.edit(posted, say('INC-1 is acknowledged'));
  await platform.replyTo(posted, say('7 more alerts'), { key: 'storm:1' });
  await platform.react(posted, '👀', true);
  await platform.react(posted, '👀', true);
  const other = await platform.post(room, say('posted by mistake'), { key: 'k2' });
  await platform.remove(other);
  await platform.remove(other);

  const { messages } = (await web('conversations.history', { channel: room.id })) as {
    messages: { text: string }[];
  };
  const texts = messages.map(({ text }) => text);
  expect(texts.filter((text) => text.includes('INC-1 is acknowledged'))).toHaveLength(1);
  expect(texts.join('\n')).not.toMatch(/INC-1 is new|posted by mistake/);
  expect(JSON.stringify(messages)).toContain('eyes');
  expect(JSON.stringify(await web('pins.list', { channel: room.id }))).toContain('INC-1 is acknowledged');
  const [, ts] = posted.id.split(':');
  expect(JSON.stringify(await web('conversations.replies', { channel: room.id, ts }))).toContain(
    '7 more alerts',
  );
});

emulated('finds people in an emulated Slack, invites them and writes to them', async ({ slack }) => {
  const { platform, web } = slack;
  const ana = await platform.whois({ email: 'ana@example.com' });
  expect(ana).toMatchObject({ platform: 'slack', email: 'ana@example.com', isGuest: false });
  if (!ana) throw new Error('nobody');
  expect(await platform.whois({ id: ana.id })).toEqual(ana);
  expect(await platform.whois({ email: 'nobody@example.com' })).toBe(null);
  expect(await platform.whois({ id: 'U0NOBODY' })).toBe(null);
  const room = await platform.openRoom({ ...ROOM, isPrivate: true });
  await platform.invite(room, [ana, { platform: 'slack', id: 'U0NOBODY' }]);
  await platform.invite(room, [ana]);
  expect(JSON.stringify(await web('conversations.members', { channel: room.id }))).toContain(ana.id);
  const told = await platform.direct(ana, say('You are on call from 9:00'), { key: 'd:1' });
  const [channel] = told.id.split(':');
  expect(JSON.stringify(await web('conversations.history', { channel }))).toContain(
    'You are on call from 9:00',
  );
});

emulated('puts a file into a room of an emulated Slack', async ({ slack }) => {
  const { platform, web } = slack;
  const room = await platform.openRoom(ROOM);
  const bytes = new TextEncoder().encode('a,b\n1,2\n');
  await platform.attach(
    room,
    { name: 'numbers.csv', type: 'text/csv', bytes },
    { key: 'f:1', words: 'the numbers' },
  );
  expect(JSON.stringify(await web('conversations.history', { channel: room.id }))).toContain('numbers.csv');
});

async function emulatedSlack(db: Db) {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: 'Example', domain: 'example' },
        users: ['ana', 'bo'].map((name) => ({ name, real_name: name, email: `${name}@example.com` })),
        oauth_apps: [
          {
            client_id: '1.2',
            client_secret: 'unused',
            app_id: 'A0INCIDENT',
            name: 'Incident Manager',
            redirect_uris: [],
            scopes: botScopes(),
            ...BOT,
            bot_name: 'incident',
          },
        ],
        tokens: [{ token: TOKEN, user_id: BOT.bot_user_id, ...BOT, scopes: botScopes() }],
        strict_scopes: true,
      },
    },
  });
  const now = () => new Date();
  const failures: unknown[] = [];
  const { platform } = makeSlack({
    settings: {
      botToken: TOKEN,
      signingSecret: 'unused',
      apiUrl: `${emulator.url}/api/`,
      publicUrl: 'https://incidents.example',
    },
    store: platformStore(db, 'slack', now),
    now,
    report: (error) => void failures.push(error),
  });
  return {
    platform,
    /** What the emulator itself says. */
    web: async (method: string, args: Readonly<Record<string, string | undefined>>): Promise<unknown> => {
      const fields = Object.entries(args).map(([name, it]) => [name, it ?? ''] as [string, string]);
      const response = await fetch(`${emulator.url}/api/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
      return await response.json();
    },
    stop: async () => {
      expect(failures).toEqual([]);
      await emulator.close();
    },
  };
}
