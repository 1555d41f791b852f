import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect } from 'vitest';

import { commands } from '#commands/index.ts';
import { say } from '#src/chat/message.ts';
import type { WantedRoom } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { test as base } from '#test/support/database.ts';
import { ListeningInbox } from '#test/support/listening-inbox.ts';
import { teamsOn } from '#test/support/teams-adapter.ts';

const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [],
};

const test = base.extend('teams', async ({ db }, { onCleanup }) => {
  const teams = await teamsOn(db);
  const inbox = new ListeningInbox();
  const { platform } = teams.make();
  await platform.start(inbox, commands.map(shapeOf));
  await teams.fake.installed();
  onCleanup(async () => {
    await platform.stop();
    await teams.stop();
  });
  return { ...teams, inbox, platform };
});

describe("somebody's own page", () => {
  test('is there when they begin to talk with the bot, and new when they look again', async ({ teams }) => {
    const { fake, inbox } = teams;
    const { ana, bo } = fake.people;
    let looks = 0;
    inbox.outcome = async () => {
      looks += 1;
      return { type: 'reply', message: say(`INC-1 is with you, look ${looks}`), visible: 'private' };
    };
    await fake.opensHome(ana);
    await expect.poll(() => fake.home(ana)?.text).toBe('INC-1 is with you, look 1');
    await fake.opensHome(ana);
    expect(fake.home(ana)?.text).toBe('INC-1 is with you, look 2');
    expect(fake.direct(ana)).toHaveLength(1);
    expect(fake.home(bo)).toBe(null);
  });
});

describe('what people do in Teams', () => {
  test('is heard of their reactions, with the words they were put to', async ({ db, teams }) => {
    const other = await teamsOn(db, { reactions: 'all' });
    const inbox = new ListeningInbox();
    const { platform } = other.make();
    await platform.start(inbox, []);
    await other.fake.installed();
    const { ana, bo } = other.fake.people;
    const room = await platform.openRoom({ ...ROOM, name: 'inc-2' });
    await other.fake.types(bo, room.id, 'vendor ticket 8812 is open');
    await expect.poll(() => inbox.words.length).toBe(1);
    const [message] = other.fake.messages(ana, room.id);
    if (!message) throw new Error('the words are not seen');
    await other.fake.reacts(ana, message, '📝');
    await expect.poll(() => inbox.words.length).toBe(2);
    expect(inbox.words[1]).toMatchObject({
      kind: 'reacted',
      emoji: '📝',
      on: true,
      text: 'vendor ticket 8812 is open',
      message: inbox.words[0]?.message,
    });
    await platform.stop();
    await other.stop();
    expect(teams.inbox.words).toEqual([]);
  });

  test('is not heard twice when it was meant for the bot: a command that is changed is no words', async ({
    teams,
  }) => {
    const { fake, platform, inbox } = teams;
    const room = await platform.openRoom(ROOM);
    await fake.types(fake.people.ana, room.id, '/incident list');
    await expect.poll(() => inbox.invocations.length).toBe(1);
    const message = fake
      .messages(fake.people.ana, room.id)
      .find(({ author }) => author === fake.people.ana.id);
    if (!message) throw new Error('the command is not seen');
    await fake.rewrites(fake.people.ana, message, '<at>Incident Manager</at> list all');
    await sleep(200);
    expect(inbox.words.filter(({ kind }) => kind === 'message')).toEqual([]);
    expect(inbox.invocations).toHaveLength(1);
  });

  test('is taken back, and put there again', async ({ teams }) => {
    const { fake, platform, inbox } = teams;
    const { bo } = fake.people;
    const room = await platform.openRoom(ROOM);
    await fake.types(bo, room.id, 'the pool is exhausted');
    const [message] = fake.messages(bo, room.id);
    if (!message) throw new Error('the words are not seen');
    await fake.deletes(bo, message);
    await fake.restores(bo, message);
    await expect.poll(() => inbox.words.map(({ kind }) => kind)).toEqual(['message', 'deleted', 'edited']);
  });

  test('shows an emoji of the bot as a line below, which it takes away again', async ({ teams }) => {
    const { fake, platform } = teams;
    const { ana } = fake.people;
    const room = await platform.openRoom(ROOM);
    const posted = await platform.post(room, say('noted'), { key: 'k1' });
    await platform.react(posted, '👀', true);
    await platform.react(posted, '👀', true);
    expect(fake.below(ana, posted.id).map(({ text }) => text)).toEqual(['👀']);
    await platform.react(posted, '👀', false);
    await platform.react(posted, '👀', false);
    expect(fake.below(ana, posted.id)).toEqual([]);
  });
});
