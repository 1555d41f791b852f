import { describe, expect } from 'vitest';

import { checkTeams } from '#adapters/teams/doctor.ts';
import { test as base } from '#test/support/database.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';

const now = () => new Date();

const test = base.extend('teams', async ({ db }, { onCleanup }) => {
  const teams = await teamsOn(db);
  const { platform } = teams.make();
  await platform.start(new ListeningInbox(), []);
  await teams.fake.installed();
  onCleanup(async () => {
    await platform.stop();
    await teams.stop();
  });
  return { ...teams, platform };
});

describe('people in Teams', () => {
  test('are found by the ids that the directory and the bot have of them', async ({ teams }) => {
    const { fake, platform } = teams;
    const { ana, guest } = fake.people;
    const whole = { platform: 'teams', id: ana.id, name: ana.name, email: 'ana@example.com', isGuest: false };
    expect(await platform.whois({ id: ana.id })).toEqual(whole);
    expect(await platform.whois({ id: fake.mri(ana) })).toEqual(whole);
    expect(await platform.whois({ email: 'ANA@example.com' })).toEqual(whole);
    expect(await platform.whois({ id: guest.id })).toMatchObject({ isGuest: true });
  });

  test('are asked for once for many addresses, and again when somebody comes or goes', async ({ teams }) => {
    const { fake, platform } = teams;
    const lists = () => fake.measured.calls.filter(({ method }) => method.endsWith('/pagedmembers')).length;
    const before = lists();
    await Promise.all(['ana', 'bo', 'nobody'].map((it) => platform.whois({ email: `${it}@example.com` })));
    expect(lists()).toBe(before + 1);
    fake.trouble.leaves(fake.people.bo);
    await expect.poll(async () => await platform.whois({ email: 'bo@example.com' })).toBe(null);
    await fake.joins(fake.people.bo);
    await expect
      .poll(async () => await platform.whois({ email: 'bo@example.com' }))
      .toMatchObject({ id: fake.people.bo.id });
  });

  test('are in a tag of the team, and nobody else is', async ({ teams }) => {
    const { fake, platform } = teams;
    const [ana, bo, cy] = [fake.people.ana, fake.people.bo, fake.people.cy].map(({ id }) => ({
      platform: 'teams',
      id,
    }));
    if (!ana || !bo || !cy) throw new Error('nobody is there');
    const changes = () =>
      fake.measured.calls
        .filter(({ method }) => method.includes('/tags') && !method.startsWith('GET'))
        .map(({ method }) => method);
    await platform.setGroup('on-call', [ana, bo]);
    expect(changes()).toEqual(['POST /teams/{id}/tags']);
    await platform.setGroup('on-call', [cy, bo]);
    expect(changes().slice(1)).toEqual([
      'POST /teams/{id}/tags/{id}/members',
      'DELETE /teams/{id}/tags/{id}/members/{id}',
    ]);
    await platform.setGroup('on-call', [bo, cy]);
    expect(changes()).toHaveLength(3);
    await platform.setGroup('on-call', []);
    await platform.setGroup('on-call', []);
    expect(changes().slice(3)).toEqual(['DELETE /teams/{id}/tags/{id}']);
    expect(fake.measured.refused).toEqual([]);
  });

  test('are not a group where there is no team, and that is said', async ({ db, teams }) => {
    const { platform } = teams.make({ teamId: undefined });
    await expect(platform.setGroup('on-call', [])).rejects.toMatchObject({ retry: false });
    expect(db).toBeDefined();
  });
});

describe('the doctor of Teams', () => {
  test('finds nothing wrong with the manifest and what the guide says an administrator must grant', async ({
    teams,
  }) => {
    const found = await checkTeams({ ...teams.settings, publicUrl: 'https://incidents.example' }, now);
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.length).toBeGreaterThan(7);
  });

  test('says what is missing, and how to mend it', async ({ teams }) => {
    const { fake, settings } = teams;
    const fixes = async (changes: Partial<typeof settings> = {}) => {
      const whole = { ...settings, publicUrl: 'https://incidents.example', ...changes };
      return (await checkTeams(whole, now)).filter(({ ok }) => !ok).map(({ fix }) => fix);
    };
    expect(await fixes({ channelId: 'general' })).toEqual([expect.stringContaining('Get link to channel')]);
    expect(await fixes({ publicUrl: 'http://localhost:3000' })).toEqual([
      expect.stringContaining('PUBLIC_URL'),
    ]);
    expect(await fixes({ appPassword: 'wrong' })).toEqual([expect.stringContaining('TEAMS_APP_PASSWORD')]);
    expect(await fixes({ openIdUrl: `${settings.graphUrl}/nothing` })).toEqual([
      expect.stringContaining('TEAMS_OPENID_URL'),
    ]);
    expect(await fixes({ teamId: '8f0e5a3b-1f6f-4c9b-a10d-3b07384d9a01' })).toEqual([
      expect.stringContaining('no such team'),
    ]);
    expect(await fixes({ appId: '', isLoopback: false })).toEqual([expect.stringContaining('TEAMS_APP_ID')]);
    fake.roles.delete('ChannelSettings.ReadWrite.All');
    fake.roles.add('Files.ReadWrite.All');
    fake.rsc.delete('ChannelMessage.Read.Group');
    expect(await fixes()).toEqual([
      expect.stringMatching(/add ChannelSettings\.ReadWrite\.All/),
      expect.stringMatching(/remove Files\.ReadWrite\.All/),
      expect.stringMatching(/Missing: ChannelMessage\.Read\.Group/),
    ]);
    fake.trouble.down();
    expect(await fixes()).not.toEqual([]);
  });

  test('sees a clock that is wrong', async ({ teams }) => {
    const late = () => new Date(now().getTime() + 10 * 60_000);
    const settings = { ...teams.settings, publicUrl: 'https://incidents.example' };
    const found = await checkTeams(settings, late);
    expect(found.filter(({ ok }) => !ok).map(({ fix }) => fix)).toEqual([
      expect.stringContaining('wrong by 10 minutes'),
    ]);
  });
});
