import { describe, expect } from 'vitest';

import { makeTeams } from '#adapters/teams/adapter.ts';
import { LIMITS_OF_THREADS } from '#adapters/teams/limits.ts';
import { commands } from '#commands/index.ts';
import { person, say } from '#src/chat/message.ts';
import type { WantedRoom } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { Db } from '#src/db/schema.ts';
import { test as base } from '#test/support/database.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';
import { readBy } from '#test/support/teams-told.ts';

const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [{ title: 'Web room', url: 'https://incidents.example/rooms/inc-1' }],
};

async function started(db: Db, rooms: 'channel' | 'thread') {
  const teams = await teamsOn(db, { rooms });
  const inbox = new ListeningInbox();
  const { platform } = teams.make();
  await platform.start(inbox, commands.map(shapeOf));
  await teams.fake.installed();
  return { ...teams, inbox, platform };
}

type Started = Awaited<ReturnType<typeof started>>;

async function ended(teams: Started): Promise<void> {
  await teams.platform.stop();
  await teams.stop();
}

const test = base
  .extend('channels', async ({ db }, { onCleanup }) => {
    const teams = await started(db, 'channel');
    onCleanup(async () => await ended(teams));
    return teams;
  })
  .extend('threads', async ({ db }, { onCleanup }) => {
    const teams = await started(db, 'thread');
    onCleanup(async () => await ended(teams));
    return teams;
  });

describe('a room that is a channel', () => {
  test('is made below the rates of Teams, however long the first token is waited for', async ({
    channels,
  }) => {
    const { fake, platform } = channels;
    fake.trouble.next('POST /token', { delayMs: 900 });
    const names = ['inc-1-checkout', 'inc-2-search', 'inc-3-login'];
    const rooms = await Promise.all(
      names.map(async (name) => await platform.openRoom({ ...ROOM, name, title: name })),
    );
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(3);
    expect(fake.measured.tooMany).toEqual([]);
  });

  test('is a thread where the app may make no channels, and says why', async ({ channels }) => {
    const { fake, platform, reported } = channels;
    fake.rsc.delete('Channel.Create.Group');
    fake.roles.delete('Channel.Create');
    const room = await platform.openRoom(ROOM);
    expect(room.id).toMatch(new RegExp(`^${fake.lobby};messageid=\\d+$`));
    expect(URL.canParse(room.url)).toBe(true);
    expect(String(reported[0])).toContain('Channel.Create.Group');

    const posted = await platform.post(room, say('INC-1 is new'), { key: 'k1', pin: true });
    await platform.edit(posted, say('INC-1 is acknowledged'));
    await platform.setTopic(room, 'INC-1 P1 acknowledged');
    await platform.invite(room, [{ platform: 'teams', id: fake.people.bo.id }]);
    expect(fake.room(room.id)).toMatchObject({
      topic: 'INC-1 P1 acknowledged',
      members: [fake.people.bo.id],
    });
    expect(readBy(fake, fake.people.bo, room.id)).toContain('INC-1 is acknowledged');
    expect(await platform.openRoom(ROOM)).toEqual(room);
  });

  test('is never a thread that everybody sees, when it must be private', async ({ channels }) => {
    const { fake, platform } = channels;
    fake.roles.delete('Channel.Create');
    const before = fake.measured.calls.filter(({ method }) => method === 'POST /v3/conversations').length;
    await expect(platform.openRoom({ ...ROOM, isPrivate: true })).rejects.toMatchObject({ retry: false });
    const after = fake.measured.calls.filter(({ method }) => method === 'POST /v3/conversations').length;
    expect(after).toBe(before);
  });

  test('that is private lets those in who were invited, by name and once', async ({ channels }) => {
    const { fake, platform } = channels;
    const room = await platform.openRoom({ ...ROOM, isPrivate: true });
    const ref = (id: string) => ({ platform: 'teams', id });
    await platform.invite(room, [ref(fake.people.ana.id), ref('nobody')]);
    await platform.invite(room, [ref(fake.people.ana.id)]);
    expect(fake.room(room.id)?.members).toContain(fake.people.ana.id);
    expect(fake.rooms(fake.people.bo).map(({ id }) => id)).not.toContain(room.id);
    // Nobody was called in where those could read it who are not in it.
    await platform.post(room, say(['for ', person(fake.people.ana.id, 'Ana')]), { key: 'k1' });
    expect(fake.messages(fake.people.bo, room.id)).toEqual([]);
  });

  test('is a fresh one with a number when its name is taken', async ({ channels }) => {
    const { fake, platform } = channels;
    const first = await platform.openRoom(ROOM);
    fake.trouble.deleteRoom(first.id);
    const second = await platform.openRoom(ROOM);
    fake.trouble.deleteRoom(second.id);
    const third = await platform.openRoom(ROOM);
    expect([first.name, second.name, third.name]).toEqual([
      'inc-1-checkout',
      'inc-1-checkout-2',
      'inc-1-checkout-3',
    ]);
  });

  test('has its links above it, and opens without them where the app may not put them there', async ({
    channels,
  }) => {
    const { fake, platform, reported } = channels;
    const room = await platform.openRoom(ROOM);
    expect(fake.room(room.id)?.bookmarks).toEqual(['https://incidents.example/rooms/inc-1']);
    fake.trouble.next('POST /teams/{id}/channels/{id}/tabs', { status: 403 });
    const other = await platform.openRoom({ ...ROOM, name: 'inc-2' });
    expect(fake.room(other.id)?.bookmarks).toEqual([]);
    expect(String(reported.at(-1))).toContain('TeamsTab.Create.Group');
    await platform.openRoom({ ...ROOM, name: 'inc-2' });
    expect(fake.room(other.id)?.bookmarks).toHaveLength(1);
  });
});

describe('the room that everybody is in', () => {
  test('is the configured channel, whatever it is called there', async ({ channels }) => {
    await expectLobby(channels);
  });

  test('is the channel of the threads, where rooms are threads', async ({ threads }) => {
    await expectLobby(threads);
  });
});

async function expectLobby({ fake, platform }: Started): Promise<void> {
  const lobby = await platform.openRoom({ ...ROOM, name: 'incidents' });
  expect(lobby).toMatchObject({ id: fake.lobby, name: 'incidents' });
  expect(new URL(lobby.url).pathname).toContain(encodeURIComponent(fake.lobby));
  await platform.post(lobby, say('INC-1 P1 checkout is down'), { key: 'line' });
  expect(readBy(fake, fake.people.cy, fake.lobby)).toContain('INC-1 P1');
  expect(fake.measured.refused).toEqual([]);
}

describe('a room that is a thread', () => {
  test('says at its top what it is, and that it is closed', async ({ threads }) => {
    const { fake, platform } = threads;
    expect(platform.limits).toEqual(LIMITS_OF_THREADS);
    const room = await platform.openRoom(ROOM);
    expect(fake.room(room.id)).toMatchObject({
      name: 'inc-1-checkout',
      topic: 'INC-1 P1 new',
      archived: false,
    });
    await platform.archiveRoom(room);
    expect(fake.room(room.id)).toMatchObject({ archived: true });
    await platform.reviveRoom(room);
    expect(fake.room(room.id)).toMatchObject({ topic: 'INC-1 P1 new', archived: false });
  });

  test('carries on nothing that is written in it after its end, and commands all the same', async ({
    threads,
  }) => {
    const { fake, platform, inbox } = threads;
    const room = await platform.openRoom(ROOM);
    await fake.types(fake.people.bo, room.id, 'before');
    await expect.poll(() => inbox.words.length).toBe(1);
    await platform.archiveRoom(room);
    await fake.types(fake.people.bo, room.id, 'after');
    await fake.types(fake.people.bo, room.id, '/incident reopen');
    await expect.poll(() => inbox.invocations.length).toBe(1);
    await platform.reviveRoom(room);
    await fake.types(fake.people.bo, room.id, 'again');
    await expect.poll(() => inbox.words.length).toBe(2);
    expect(inbox.words).toMatchObject([
      { text: 'before', room: { id: room.id }, below: null },
      { text: 'again', room: { id: room.id } },
    ]);
    expect(inbox.invocations).toMatchObject([{ room: { id: room.id } }]);
  });

  test('is told apart from other talk in the same channel', async ({ threads }) => {
    const { fake, platform, inbox } = threads;
    const one = await platform.openRoom(ROOM);
    const two = await platform.openRoom({ ...ROOM, name: 'inc-2' });
    await fake.types(fake.people.ana, one.id, 'in one');
    await fake.types(fake.people.ana, two.id, 'in two');
    await fake.types(fake.people.ana, fake.lobby, 'in the lobby');
    await expect.poll(() => inbox.words.length).toBe(3);
    const rooms = Object.fromEntries(
      inbox.words.map((it) => [it.kind === 'message' ? it.text : '', it.room.id]),
    );
    expect(rooms).toEqual({ 'in one': one.id, 'in two': two.id, 'in the lobby': fake.lobby });
  });

  test('is not private, and no room is opened that only seems to be', async ({ threads }) => {
    const { fake, platform } = threads;
    const calls = fake.measured.calls.length;
    await expect(platform.openRoom({ ...ROOM, isPrivate: true })).rejects.toThrow(/private/);
    expect(fake.measured.calls).toHaveLength(calls);
  });

  test('gets each message at least once when an answer of Teams is lost', async ({ threads }) => {
    const { fake, platform } = threads;
    const room = await platform.openRoom(ROOM);
    fake.trouble.next('POST /v3/conversations/{id}/activities', { lost: true });
    const post = async () => await platform.post(room, say('INC-1 is new'), { key: 'k1' });
    await expect(post()).rejects.toMatchObject({ retry: true });
    const posted = await post();
    expect(await post()).toEqual(posted);
    const words = fake.messages(fake.people.ana, room.id).filter(({ text }) => text === 'INC-1 is new');
    expect(words.length).toBeLessThanOrEqual(2);
    expect(words.at(-1)?.id).toBe(posted.id);
  });

  test('takes answers and changes while posts must wait, and is made anew when it was deleted', async ({
    threads,
  }) => {
    const { fake, platform } = threads;
    const room = await platform.openRoom(ROOM);
    const posted = await platform.post(room, say('INC-1 is new'), { key: 'k1' });
    fake.trouble.next('POST /v3/conversations/{id}/activities', { status: 429, retryAfterS: 20 });
    await expect(platform.post(room, say('?'), { key: 'k2' })).rejects.toMatchObject({ retry: true });
    await platform.edit(posted, say('INC-1 is acknowledged'));
    expect(readBy(fake, fake.people.ana, room.id)).toContain('INC-1 is acknowledged');

    fake.trouble.deleteRoom(room.id);
    await expect(platform.setTopic(room, '?')).rejects.toMatchObject({ retry: false, gone: 'room' });
    const fresh = await platform.openRoom(ROOM);
    expect(fresh.id).not.toBe(room.id);
    expect(await platform.openRoom(ROOM)).toEqual(fresh);
  });
});

describe('conversations that were learned', () => {
  base('are found again after a restart, at the address where Teams called from', async ({ db }) => {
    const teams = await started(db, 'thread');
    const room = await teams.platform.openRoom(ROOM);
    await teams.platform.stop();
    // A new process that nobody has called yet.
    const { platform } = teams.make();
    await platform.post(room, say('after the restart'), { key: 'k1' });
    await platform.direct({ platform: 'teams', id: teams.fake.people.ana.id }, say('a page'), { key: 'd1' });
    expect(readBy(teams.fake, teams.fake.people.ana, room.id)).toMatch(/after the restart\na page/);
    await teams.stop();
  });

  base('are looked for where Teams is for everybody, before it has called', async ({ db }) => {
    const teams = await teamsOn(db, { rooms: 'thread' });
    const { fake, settings } = teams;
    const report = () => {};
    const now = () => new Date();
    const known = new Map<string, unknown>();
    const store = {
      find: async <T>(key: string) => (known.get(key) ?? null) as T | null,
      keep: async (key: string, value: unknown) => void known.set(key, value),
      forget: async (key: string) => void known.delete(key),
      once: async <T>(_: string, send: (isRepeat: boolean) => Promise<T>) => await send(false),
      inTurn: async <T>(_: string, work: () => Promise<T>) => await work(),
    };
    const { platform } = makeTeams({
      settings: { ...settings, serviceUrl: fake.serviceUrl },
      store,
      now,
      report,
    });
    const room = await platform.openRoom(ROOM);
    expect(fake.room(room.id)).toMatchObject({ topic: 'INC-1 P1 new' });
    await teams.stop();
  });
});
