import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect } from 'vitest';

import { makeSlack } from '#adapters/slack/adapter.ts';
import { checkSlack } from '#adapters/slack/doctor.ts';
import { slackManifest } from '#adapters/slack/manifest.ts';
import { person, say } from '#src/chat/message.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { settingsFor, SHAPES, slackOn, test as it, WANTED } from '#test/support/slack-adapter.ts';
import { soon } from '#test/support/soon.ts';

const now = () => new Date();

describe('a room', () => {
  it('takes another name where somebody else has its own', async ({ slack: { platform } }) => {
    const room = await platform.openRoom({ ...WANTED, name: 'general' });
    expect(room.name).toBe('general-2');
    expect(await platform.openRoom({ ...WANTED, name: 'general' })).toEqual(room);
  });

  it('that is private and one that is not are two, also of the same name', async ({
    slack: { platform, fake },
  }) => {
    const open = await platform.openRoom(WANTED);
    const secret = await platform.openRoom({ ...WANTED, isPrivate: true });
    expect([open.name, secret.name]).toEqual(['inc-1', 'inc-1-2']);
    expect([fake.room(open.id)?.private, fake.room(secret.id)?.private]).toEqual([false, true]);
    expect(await platform.openRoom({ ...WANTED, isPrivate: true })).toEqual(secret);
  });

  it('that a person archived is given back by a person alone; until then there is a new one', async ({
    slack,
  }) => {
    const { platform, fake } = slack;
    const room = await platform.openRoom(WANTED);
    await platform.post(room, say('INC-1'), { key: 'k1' });
    await platform.archiveRoom(room);
    await expect(platform.reviveRoom(room)).rejects.toMatchObject({ retry: false, gone: 'room' });
    const next = await platform.openRoom(WANTED);
    expect(next.name).toBe('inc-1-2');
    fake.archives(fake.people.ana, room.id, false);
    await platform.reviveRoom(room);
    await platform.post(room, say('back again'), { key: 'k2' });
    expect(fake.messages(fake.people.ana, room.id).map(({ text }) => text)).toEqual(['INC-1', 'back again']);
  });

  it('that is archived keeps its card and its topic as they were', async ({ slack: { platform, fake } }) => {
    const room = await platform.openRoom(WANTED);
    const posted = await platform.post(room, say('INC-1 is resolved'), { key: 'k1' });
    await platform.archiveRoom(room);
    await platform.edit(posted, say('INC-1 is closed'));
    await platform.setTopic(room, 'closed');
    expect(fake.room(room.id)?.topic).toBe('INC-1');
  });

  it('takes the bot back that somebody put out of it', async ({ slack: { platform, fake } }) => {
    const room = await platform.openRoom(WANTED);
    const leave = await fetch(`${fake.env['SLACK_API_URL']}conversations.leave`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fake.env['SLACK_BOT_TOKEN']}` },
      body: new URLSearchParams({ channel: room.id }),
    });
    expect(await leave.json()).toMatchObject({ ok: true });
    await platform.setTopic(room, 'INC-1 P1 in progress');
    expect(fake.room(room.id)?.topic).toBe('INC-1 P1 in progress');
  });

  it('has the topic that was set last, whichever process set it', async ({ slack, db }) => {
    const { platform, fake } = slack;
    const { platform: other } = slackOn(db, fake);
    const room = await platform.openRoom(WANTED);
    for (const [process, topic] of [
      [platform, 'INC-1 in progress'],
      [other, 'INC-1 resolved'],
      [platform, 'INC-1 in progress'],
    ] as const) {
      await process.setTopic(room, topic);
      expect(fake.room(room.id)?.topic).toBe(topic);
    }
  });

  it('keeps a topic that another process set while it was still being opened', async ({ slack, db }) => {
    const { platform, fake } = slack;
    const { platform: other } = slackOn(db, fake);
    const room = await other.openRoom(WANTED);
    await other.setTopic(room, 'INC-1 resolved');
    // Killed before it had written down that all stands above the room.
    await platformStore(db, 'slack', now).keep('room:inc-1', {
      id: room.id,
      name: room.name,
      isDressed: false,
    });
    await platform.openRoom(WANTED);
    expect(fake.room(room.id)?.topic).toBe('INC-1 resolved');
  });

  it('whose deletion Slack tells is opened anew without a failure before', async ({
    slack: { platform, fake },
  }) => {
    const room = await platform.openRoom(WANTED);
    fake.trouble.deleteRoom(room.id);
    const fresh = await soon('there is a new one', async () => {
      const opened = await platform.openRoom(WANTED);
      return opened.id === room.id ? null : opened;
    });
    expect(fake.room(fresh.id)).toMatchObject({ name: 'inc-1', topic: 'INC-1' });
  });

  it('is opened although what stands above it is refused', async ({ slack: { platform, fake, errors } }) => {
    fake.trouble.next('bookmarks.add', { error: 'too_many_bookmarks' });
    const links = [{ title: 'Web room', url: 'https://incidents.example/rooms/inc-1' }];
    const room = await platform.openRoom({ ...WANTED, links });
    expect(await platform.openRoom({ ...WANTED, links })).toEqual(room);
    expect(String(errors)).toContain('too_many_bookmarks');
  });
});

describe('words', () => {
  it('are never previewed, and names in them stay words', async ({ slack: { platform, fake } }) => {
    const room = await platform.openRoom(WANTED);
    await platform.post(room, say('see https://evil.example @ana @here #general'), { key: 'k1' });
    const [shown] = fake.messages(fake.people.ana, room.id);
    expect(shown).toMatchObject({
      text: 'see https://evil.example @ana @here #general',
      links: [],
      notified: [],
    });
    expect(fake.previewed()).toEqual([]);
  });

  it('that name somebody whom Slack does not know name nobody', async ({ slack: { platform, fake } }) => {
    const room = await platform.openRoom(WANTED);
    await platform.post(room, say(['for ', person('not-an-id', 'Zoe')]), { key: 'k1' });
    expect(fake.messages(fake.people.ana, room.id)[0]).toMatchObject({ text: 'for @Zoe', notified: [] });
  });
});

describe('a user group', () => {
  it('has these members and nobody else, and is turned off for nobody', async ({
    slack: { platform, fake },
  }) => {
    const { ana, bo } = fake.people;
    const ref = ({ id }: { id: string }) => ({ platform: 'slack', id });
    await platform.setGroup('@oncall', [ref(ana), ref(bo)]);
    expect(fake.groupMembers(fake.group.id)).toEqual([ana.id, bo.id]);
    await platform.setGroup('oncall', []);
    expect(fake.groupMembers(fake.group.id)).toEqual([]);
    await platform.setGroup('oncall', [ref(bo)]);
    expect(fake.groupMembers(fake.group.id)).toEqual([bo.id]);
    await expect(platform.setGroup('nobody-has-it', [])).rejects.toMatchObject({ retry: false });
  });
});

describe('a file', () => {
  it('is fetched from nowhere but Slack', async ({ slack: { platform, fake } }) => {
    const file = { platform: 'slack', id: 'F1', name: 'x', type: 'image/png', size: 3 };
    await expect(platform.fetchFile(file)).rejects.toMatchObject({ retry: false });
    await expect(platform.fetchFile({ ...file, size: 10 ** 10 })).rejects.toMatchObject({ retry: false });
    expect(fake.measured.calls.filter(({ method }) => method === 'download')).toEqual([]);
  });

  it('that Slack says is kept elsewhere gets no token of ours', async ({ db }) => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('x');
    });
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x.png`;
    const api = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, file: { id: 'F1', url_private: url } }));
    });
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/`;
    const settings = {
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      apiUrl,
      publicUrl: 'https://incidents.example',
    };
    const { platform } = makeSlack({
      settings,
      store: platformStore(db, 'slack', now),
      now,
      report: () => {},
    });
    const file = { platform: 'slack', id: 'F1', name: 'x.png', type: 'image/png', size: 1 };
    await expect(platform.fetchFile(file)).rejects.toMatchObject({ retry: false });
    expect(asked).toEqual([]);
    elsewhere.close();
    api.close();
  });

  it('that was put into a room before an answer was lost is not put there twice', async ({
    slack: { platform, fake },
  }) => {
    const room = await platform.openRoom(WANTED);
    const chart = { name: 'chart.png', type: 'image/png', bytes: new Uint8Array([1, 2, 3]) };
    const put = () => platform.attach(room, chart, { key: 'f', words: 'p99' });
    fake.trouble.next('files.completeUploadExternal', { lost: true });
    await expect(put()).rejects.toMatchObject({ retry: true });
    await soon('it is shown', () => fake.messages(fake.people.ana, room.id).length > 0);
    await put();
    expect(fake.messages(fake.people.ana, room.id)).toMatchObject([
      { text: 'p99', files: [{ name: 'chart.png' }] },
    ]);
  });
});

describe('a file of ours', () => {
  it('is taken away with the message that shows it, also where that was not there yet when it was put in', async ({
    slack: { platform, fake },
  }) => {
    const room = await platform.openRoom(WANTED);
    const chart = { name: 'chart.png', type: 'image/png', bytes: new Uint8Array([1, 2, 3]) };
    const shown = () => fake.messages(fake.people.ana, room.id);
    const lastFile = () => {
      const put = fake.measured.calls.findLast((it) => it.method === 'files.completeUploadExternal');
      return /\bF[A-Z0-9]{4,}/.exec(JSON.stringify(put?.body))?.[0] ?? '';
    };
    const first = await platform.attach(room, chart, { key: 'f1', words: 'p99' });
    expect(shown()).toHaveLength(1);
    const file = { platform: 'slack', id: lastFile(), name: 'chart.png', type: 'image/png', size: 3 };
    expect(await platform.fetchFile(file)).toEqual(chart.bytes);
    await platform.remove(first);
    await platform.remove(first);
    expect(shown()).toEqual([]);
    await expect(platform.fetchFile(file)).rejects.toMatchObject({ retry: false });

    await platform.attach(room, chart, { key: 'f2', words: 'p99' });
    await platform.remove({ platform: 'slack', id: `${room.id}:${lastFile()}` });
    await platform.remove({ platform: 'slack', id: `${room.id}:${lastFile()}` });
    expect(shown()).toEqual([]);
    expect(fake.measured.refused.filter((it) => !it.includes('file_not_found'))).toEqual([]);
  });
});

describe('the doctor', () => {
  it('finds nothing to mend where all is as the manifest says', async ({ slack: { fake } }) => {
    const found = await checkSlack(settingsFor(fake), now);
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.length).toBeGreaterThan(5);
  });

  it('names scopes that are missing or too many, and what to do', async ({ slack: { fake } }) => {
    const manifest = structuredClone(slackManifest(SHAPES)) as {
      oauth_config: { scopes: { bot: string[] } };
    };
    const { scopes } = manifest.oauth_config;
    scopes.bot = [...scopes.bot.filter((one) => one !== 'pins:write'), 'team:read'];
    fake.installs(manifest);
    const wrong = (await checkSlack(settingsFor(fake), now)).filter(({ ok }) => !ok);
    expect(wrong.map(({ what }) => what)).toEqual([
      'Scopes are missing: pins:write',
      'Scopes are there that are not used: team:read',
    ]);
    expect(wrong[0]?.fix).toContain('manifests/slack.yaml');
  });

  it.for([
    ['a token of another kind', { botToken: 'xoxp-1' }, 'xoxb-'],
    ['an app token of another kind', { appToken: 'xoxb-1' }, 'xapp-'],
    ['a signing secret that is none', { appToken: undefined, signingSecret: 'short' }, 'Signing Secret'],
    ['a token that is not valid any more', { botToken: 'xoxb-old' }, 'Bot User OAuth Token'],
    ['an app token that is not valid', { appToken: 'xapp-old' }, 'connections:write'],
    ['nobody at the address', { apiUrl: 'http://127.0.0.1:9/api/' }, 'SLACK_API_URL'],
    [
      'a public address that leads elsewhere',
      { appToken: undefined, signingSecret: 'a'.repeat(32), publicUrl: 'http://127.0.0.1:9' },
      'https',
    ],
  ] as const)('says how to mend %s', async ([, change, fix], { slack: { fake } }) => {
    const wrong = (await checkSlack({ ...settingsFor(fake), ...change }, now)).filter(({ ok }) => !ok);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]?.fix).toContain(fix);
  });

  it('says that the clock is wrong', async ({ slack: { fake } }) => {
    const late = () => new Date(now().getTime() + 400_000);
    const wrong = (await checkSlack(settingsFor(fake), late)).filter(({ ok }) => !ok);
    expect(wrong.map(({ what }) => what).join()).toMatch(/clock is 40\d s off/);
  });
});
