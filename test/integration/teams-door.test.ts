import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect } from 'vitest';

import { makeTeams } from '#adapters/teams/adapter.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { test as base } from '#test/support/database.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';
import type { Forgery } from '#test/support/teams/fake.ts';

async function started(db: Db, auth: boolean) {
  const teams = await teamsOn(db, { auth });
  const inbox = new ListeningInbox();
  const { platform } = teams.make();
  await platform.start(inbox, []);
  await teams.fake.installed();
  return { ...teams, inbox, platform };
}

const test = base.extend('teams', async ({ db }, { onCleanup }) => {
  const teams = await started(db, true);
  onCleanup(async () => {
    await teams.platform.stop();
    await teams.stop();
  });
  return teams;
});

const FORGERIES: readonly Forgery[] = [
  'no token',
  'bad signature',
  'wrong audience',
  'wrong issuer',
  'expired',
  'other service',
];

describe('the door to Teams', () => {
  for (const forgery of FORGERIES) {
    test(`answers 401 to a call with ${forgery}, and hears nothing of it`, async ({ teams }) => {
      const { fake, inbox } = teams;
      expect(await fake.forges(fake.people.ana, 'resolve INC-1', forgery)).toBe(401);
      await fake.types(fake.people.ana, fake.lobby, '/incident list');
      await expect.poll(() => inbox.invocations.length).toBe(1);
      expect(inbox.invocations[0]?.ask).toEqual({ type: 'typed', text: 'list' });
    });
  }

  test('answers 503 and says so while the signing keys cannot be fetched, so that Teams sends it again', async ({
    teams,
  }) => {
    const { fake, inbox, reported, settings } = teams;
    const keys: { state: 'refused' | 'no keys' | 'no answer' | 'there' } = { state: 'refused' };
    const issuer = createServer((_, response) => {
      const answers = {
        refused: () => response.writeHead(500).end(),
        'no keys': () => response.end('<html>Sign in to the network</html>'),
        'no answer': () => {},
        there: () => response.writeHead(302, { location: settings.openIdUrl }).end(),
      };
      answers[keys.state]();
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const { port } = issuer.address() as AddressInfo;
    await teams.platform.stop();
    const { platform } = teams.make({ openIdUrl: `http://127.0.0.1:${port}/` });
    await platform.start(inbox, []);
    const activity = {
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: fake.serviceUrl,
      text: 'list',
      from: { id: fake.mri(fake.people.ana), name: 'Ana', aadObjectId: fake.people.ana.id },
      recipient: fake.bot,
      conversation: {
        id: fake.chat(fake.people.ana),
        conversationType: 'personal',
        tenantId: settings.tenantId,
      },
    };
    for (const state of ['refused', 'no keys', 'no answer'] as const) {
      keys.state = state;
      const before = reported.length;
      expect([state, (await fake.delivers(activity)).status]).toEqual([state, 503]);
      expect(String(reported[before])).toContain('who signed a call cannot be checked');
    }
    expect(inbox.invocations).toEqual([]);

    keys.state = 'there';
    expect(await fake.forges(fake.people.ana, 'resolve INC-1', 'bad signature')).toBe(401);
    expect((await fake.delivers(activity)).status).toBe(200);
    await expect.poll(() => inbox.invocations.length).toBe(1);
    await platform.stop();
    issuer.closeAllConnections();
    issuer.close();
    // What was never answered does not go on when it is.
    expect(inbox.invocations).toHaveLength(1);
  });

  test('lets in what is signed for this app alone, and of this organisation alone', async ({ teams }) => {
    const { fake, inbox } = teams;
    const activity = {
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: fake.serviceUrl,
      text: 'list',
      from: { id: fake.mri(fake.people.ana), name: 'Ana', aadObjectId: fake.people.ana.id },
      recipient: fake.bot,
      conversation: {
        id: fake.chat(fake.people.ana),
        conversationType: 'personal',
        tenantId: teams.settings.tenantId,
      },
    };
    const { conversation } = activity;
    const elsewhere = { ...activity, conversation: { ...conversation, tenantId: 'another-organisation' } };
    expect((await fake.delivers(elsewhere)).status).toBe(403);
    // The library trusts other channels in other ways.
    expect((await fake.delivers({ ...activity, channelId: 'AseChannel' })).status).toBe(400);
    expect((await fake.delivers({ ...activity, channelId: 'emulator' })).status).toBe(400);
    expect((await fake.delivers({ ...activity, conversation: {} })).status).toBe(400);
    expect((await fake.delivers({ ...activity, serviceUrl: 'file:///etc/passwd' })).status).toBe(400);
    expect(inbox.invocations).toEqual([]);
    expect((await fake.delivers(activity)).status).toBe(200);
    await expect.poll(() => inbox.invocations.length).toBe(1);
  });

  test('refuses what is no activity, whatever it is', async ({ teams }) => {
    const url = `${teams.publicUrl}/api/messages`;
    const post = async (body: string, authorization = 'Bearer x', type = 'application/json') =>
      (await fetch(url, { method: 'POST', headers: { authorization, 'content-type': type }, body })).status;
    expect((await fetch(url, { headers: { authorization: 'Bearer x' } })).status).toBe(405);
    for (const body of ['', 'null', '[]', '{', '7', '{"type":"message"}']) expect(await post(body)).toBe(400);
    expect(await post(`{"text":"${'x'.repeat(1_100_000)}"}`)).toBe(413);
    const whole = {
      type: 'message',
      channelId: 'msteams',
      serviceUrl: 'https://x.example/',
      from: { id: '29:x' },
    };
    const complete = { ...whole, conversation: { id: 'a:1' }, recipient: { id: '28:x' } };
    for (const token of ['x', 'a.b.c', 'e30.e30.e30', '']) {
      expect(await post(JSON.stringify(complete), `Bearer ${token}`)).toBe(401);
    }
    // What a page in a browser can send to this machine without asking.
    expect(await post(JSON.stringify(complete), 'Bearer x', 'text/plain')).toBe(415);
  });

  test('is closed while the program is not there', async ({ teams }) => {
    await teams.platform.stop();
    const url = `${teams.publicUrl}/api/messages`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(503);
  });

  base('works without authentication on this machine, and refuses to begin anywhere else', async ({ db }) => {
    const teams = await started(db, false);
    const { fake, inbox, settings } = teams;
    await fake.types(fake.people.bo, fake.lobby, '/incident list');
    await expect.poll(() => inbox.invocations.length).toBe(1);
    await expect
      .poll(() => fake.messages(fake.people.bo, fake.lobby).some(({ text }) => text === 'Done.'))
      .toBe(true);
    await teams.platform.stop();
    await teams.stop();

    const store = platformStore(db, 'teams', () => new Date());
    const open = {
      settings: { ...settings, isLoopback: false },
      store,
      now: () => new Date(),
      report: () => {},
    };
    expect(() => makeTeams(open)).toThrow(UserError);
    expect(() => makeTeams(open)).toThrow(/TEAMS_APP_ID/);
  });

  test('acknowledges at once when the database takes two seconds for everything', async ({ db, teams }) => {
    const { fake } = teams;
    const slow = new Proxy(
      platformStore(db, 'teams', () => new Date()),
      {
        get(target, name) {
          const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            await new Promise((resolve) => setTimeout(resolve, 2000));
            return await method.apply(target, args);
          };
        },
      },
    );
    const inbox = new ListeningInbox();
    const { platform } = teams.make({}, slow);
    await platform.start(inbox, []);
    const before = fake.measured.acknowledged.length;
    await Promise.all(
      Array.from({ length: 5 }, () => fake.types(fake.people.ana, fake.lobby, '/incident list')),
    );
    await fake.types(fake.people.ana, fake.lobby, 'the pool is exhausted');
    const times = fake.measured.acknowledged.slice(before);
    expect(times).toHaveLength(6);
    expect(Math.max(...times)).toBeLessThan(500);
    await platform.stop();
    expect(inbox.invocations).toHaveLength(5);
  });
});
