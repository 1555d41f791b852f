import { describe, expect } from 'vitest';

import type { Bot } from '#test/support/bot.ts';
import type { DiscordExtras } from '#test/support/discord/fake.ts';
import type { FakePlatform } from '#test/support/fake-platform.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { test as base } from '#test/support/rooms-everywhere-shared.ts';
import { Watched } from '#test/support/rooms-everywhere-watched.ts';
import { allIn, type On, type Options, type Rooms, SIDE_BY_SIDE } from '#test/support/rooms-everywhere.ts';
import type { FakeSlack } from '#test/support/slack/fake.ts';
import type { TeamsExtras } from '#test/support/teams/fake.ts';

const FAR: readonly On[] = ['slack', 'teams', 'discord'];

/** An incident with a room on each platform, at rest. */
const test = base.extend('begun', ({ program }) => async (name: string, title: string, how: Options = {}) => {
  const everywhere = await program(name, how);
  const it = new Watched(everywhere, await everywhere.declares(title));
  await everywhere.rests();
  return { it, everywhere, far: FAR.map((on) => everywhere.at(on)) };
});

/** They share a program, and what is broken is broken for all that is in it. */
const ONE_BY_ONE = { concurrent: false };

const movable = (): Options => ({ clock: new ManualClock(new Date()) });

describe.concurrent('while one platform is down', SIDE_BY_SIDE, () => {
  test.for(FAR)(
    'and that is %s, the incident goes on elsewhere, where it is said once, and all is right and there once afterwards',
    ONE_BY_ONE,
    async (on, { begun }) => {
      const { it, everywhere } = await begun('one after the other is down', `${on} is down`, movable());
      const away = everywhere.at(on);
      const others = everywhere.but(on);
      away.fake.trouble.down();
      await it.goesOnWithout([away], others);
      away.fake.trouble.back();
      await it.isRightAgain([away], others);
      expect(it.outages(away, away)).toEqual([]);
      await it.hearsAgain(away);
    },
  );
});

describe.concurrent('while no platform lets the bot in any more', SIDE_BY_SIDE, () => {
  test('the incident goes on in the web chat, which says so once for each, and all is right on them afterwards', async ({
    begun,
  }) => {
    const { it, everywhere, far } = await begun('revoked', 'checkout is down', movable());
    for (const { fake } of far) fake.trouble.revokeToken();
    await it.goesOnWithout(far, [everywhere.web]);
    for (const { fake } of far) fake.trouble.restoreToken();
    await it.isRightAgain(far, [everywhere.web]);
    for (const story of far) await it.hearsAgain(story);
  });
});

describe.concurrent('while the app is taken out of every platform', SIDE_BY_SIDE, () => {
  test('the incident goes on in the web chat, which says so once for each, and all is right on them when it is put in again', async ({
    begun,
  }) => {
    const { it, everywhere, far } = await begun('taken out', 'checkout is down', movable());
    const slack = everywhere.slack.fake as FakeSlack;
    const teams = everywhere.teams.fake as FakePlatform & TeamsExtras;
    const discord = everywhere.discord.fake as FakePlatform & DiscordExtras;
    slack.uninstall();
    await teams.uninstalls();
    discord.kicks();
    await it.goesOnWithout(far, [everywhere.web]);
    slack.trouble.restoreToken();
    await teams.installs();
    discord.invites();
    await it.isRightAgain(far, [everywhere.web]);
    for (const story of far) await it.hearsAgain(story);
  });
});

describe.concurrent('while every platform is down when the program starts', SIDE_BY_SIDE, () => {
  test('incidents are opened and run in the web chat, and have their rooms on each as soon as it is there', async ({
    program,
  }) => {
    const meanwhile = async (bot: Bot) => {
      await bot.types('admin', '/incident declare P1 checkout is down');
      await bot.types('responder', '/incident ack', await bot.roomOf(1));
    };
    const everywhere = await program('begun while all are down', { meanwhile });
    const it = new Watched(everywhere, { number: 1, rooms: await everywhere.rooms(1) });
    await it.cardsSay('Acknowledged');
    await it.standsOnce();
    await everywhere.teams.types('bo', it.rooms.teams, '/incident resolve rolled back');
    await it.cardsSay('Resolved');
    expect(await everywhere.givenUp()).toEqual([]);
  });
});

describe.concurrent('when something is broken by hand or by the network', SIDE_BY_SIDE, () => {
  const BROKEN = 'broken';

  test(
    'a room that is deleted is made anew on its platform, which says so once',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere, far } = await begun(BROKEN, 'checkout is down');
      for (const story of far) story.fake.trouble.deleteRoom(it.rooms[story.stage.name]);
      await it.types('/incident ack');
      const rooms = await everywhere.web.waits('other rooms on all', async () => {
        const all = await everywhere.incidentRooms(it.number);
        const now = Object.fromEntries(all.map(({ platform, id }) => [platform, id])) as Rooms;
        return FAR.every((on) => now[on] && now[on] !== it.rooms[on]) && now;
      });
      const anew = new Watched(everywhere, { number: it.number, rooms });
      await anew.cardsSay('Acknowledged');
      await anew.standsOnce();
      for (const story of everywhere.all) {
        const moved = anew.said(story, `The former room of INC-${it.number} was deleted`);
        expect([story.stage.name, moved]).toEqual([story.stage.name, far.includes(story) ? 1 : 0]);
      }
      await everywhere.slack.types('bo', rooms.slack, '/incident resolve rolled back');
      await anew.cardsSay('Resolved');
    },
  );

  test(
    'a card that is deleted stands there again, once, and a line in the lobby too',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere, far } = await begun(BROKEN, 'search is slow');
      for (const story of far) {
        for (const message of [story.card(it.rooms[story.stage.name]), it.lines(story)[0]]) {
          story.fake.trouble.deleteMessage(message?.id ?? '');
        }
      }
      await it.types('/incident severity P0 nobody can pay');
      await it.cardsSay('P0');
      for (const story of everywhere.all) {
        await story.waits('a line', () => it.lines(story).some(({ text }) => text.includes('P0')));
      }
      await it.standsOnce();
      for (const story of everywhere.all) {
        if (story.limits.pins) expect(story.card(it.rooms[story.stage.name])?.pinned).toBe(true);
      }
    },
  );

  test(
    'connections that drop are made again: what was typed meanwhile is done once, and nobody is told',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere, far } = await begun(BROKEN, 'payments are late');
      for (const { fake } of everywhere.all) fake.trouble.dropConnections();
      await it.types('/incident severity P0 nobody can pay');
      const noted = far.map(({ stage }) => `seen on ${stage.name}`);
      for (const [index, story] of far.entries()) {
        await story.types('bo', it.rooms[story.stage.name], `/incident note ${noted[index]}`);
      }
      for (const text of noted) await everywhere.web.keeps(it.number, text);
      await it.cardsSay('P0');
      await it.standsOnce();
      const notes = (await everywhere.web.timeline(it.number)).filter(({ description }) =>
        description.includes('seen on'),
      );
      expect(notes).toHaveLength(3);
      for (const story of everywhere.all) {
        const told = allIn(story, 'ana', it.rooms[story.stage.name]).filter(({ text }) =>
          /answer/.test(text),
        );
        expect(told).toEqual([]);
      }
    },
  );

  test(
    'an answer that gets lost makes nothing twice where the platform can be asked what is there',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere } = await begun(BROKEN, 'mail is stuck');
      const { slack, discord } = everywhere;
      // Of new messages; Teams tells no bot what stands in a conversation.
      slack.fake.trouble.next('chat.postMessage', { lost: true });
      discord.fake.trouble.next('POST /channels/{channel_id}/messages', { lost: true });
      await it.types('/incident resolve rolled back');
      await it.cardsSay('Resolved');
      const closing = `INC-${it.number} is resolved`;
      for (const story of everywhere.all) {
        await story.waits('the closing word', () => it.said(story, closing) > 0);
      }
      await it.standsOnce();
      it.saidOnce(closing);
    },
  );

  test(
    'a platform that asks for patience is given it, and the others do not wait',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere } = await begun(BROKEN, 'disks are full');
      const { slack } = everywhere;
      const others = everywhere.but('slack');
      slack.fake.trouble.next('chat.update', { status: 429, retryAfterS: 10 });
      await it.types('/incident severity P0 nobody can pay');
      await it.cardsSay('P0', others);
      expect(slack.card(it.rooms.slack)?.text).toContain('P1');
      await it.types('/incident ack');
      await it.cardsSay('Acknowledged');
      await it.standsOnce();
      for (const story of others) expect(it.outages(story, slack)).toEqual([]);
      expect(everywhere.all.flatMap(({ fake }) => fake.measured.tooMany)).toEqual([]);
    },
  );

  test(
    'who has left a platform is still at work on the others, and keeps nobody else out',
    ONE_BY_ONE,
    async ({ begun }) => {
      const { it, everywhere, far } = await begun(BROKEN, 'logins fail');
      const { web } = everywhere;
      for (const story of far) story.fake.trouble.leaves(story.person('bo'));
      await web.types('ana', it.rooms.web, '/incident assign @bo');
      await it.cardsSay('Bo Chen');
      await web.types('ana', it.rooms.web, '/incident role commander @ana');
      await web.types('ana', it.rooms.web, '/incident invite @cy');
      for (const story of far) {
        await story.waits('Ana and Cy in the room', () => {
          const { members = [] } = story.fake.room(it.rooms[story.stage.name]) ?? {};
          return members.includes(story.person('ana').id) && members.includes(story.person('cy').id);
        });
      }
      await it.types('/incident resolve rolled back');
      await it.cardsSay('Resolved');
      await it.standsOnce();
    },
  );
});
