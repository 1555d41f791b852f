import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import { carded, text } from '#test/support/teams/drafting.ts';
import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;
let ana: FakePerson;
let bo: FakePerson;

beforeEach(async () => {
  bot = await startStubBot();
  ({ ana, bo } = bot.fake.people);
});

afterEach(async () => await bot.stop());

const last = () => bot.heard.at(-1) ?? {};

describe('deliveries', () => {
  test('are repeated until they are taken, as long as that may help', async () => {
    const { fake } = bot;
    let tries = 0;
    bot.answer = () => ({ status: (tries += 1) < 3 ? 503 : 202 });
    await fake.types(ana, fake.lobby, 'hello');
    expect(bot.heard).toHaveLength(3);
    expect(fake.measured.acknowledged.length).toBeGreaterThan(0);
    bot.answer = () => ({ status: 401 });
    await expect(fake.types(ana, fake.lobby, 'again')).rejects.toThrow('401');
    expect(bot.heard).toHaveLength(4);
  });

  test('come several times, and in another order, when a test wants it', async () => {
    const { fake } = bot;
    fake.trouble.deliverTimes(3);
    await fake.types(ana, fake.lobby, 'hello');
    expect(bot.heard).toHaveLength(3);
    fake.trouble.deliverTimes(1);
    fake.trouble.hold();
    await fake.types(ana, fake.lobby, 'first');
    await fake.types(bo, fake.lobby, 'second');
    expect(bot.heard).toHaveLength(3);
    await fake.trouble.release();
    expect(bot.heard.slice(3).map((it) => it['text'])).toEqual(['second', 'first']);
  });

  test('tell of the team when the program begins to listen', async () => {
    await bot.fake.uninstalls();
    expect(last()).toMatchObject({ type: 'installationUpdate', action: 'remove' });
    await bot.fake.installs();
    expect(bot.heard.slice(-2)).toMatchObject([
      {
        type: 'installationUpdate',
        action: 'add',
        channelData: { team: { id: bot.fake.team.id, aadGroupId: bot.fake.team.groupId } },
      },
      {
        type: 'conversationUpdate',
        membersAdded: [{ id: bot.fake.bot.id }],
        channelData: { eventType: 'teamMemberAdded' },
      },
    ]);
    await bot.fake.joins(bot.fake.people.cy);
    expect(last()).toMatchObject({
      type: 'conversationUpdate',
      membersAdded: [{ aadObjectId: bot.fake.people.cy.id }],
    });
  });
});

describe('rooms that are threads', () => {
  test('have their name, topic and end in the post at their top', async () => {
    await bot.stop();
    bot = await startStubBot({ rooms: 'thread' });
    const { fake } = bot;
    const { people } = fake;
    expect(fake.env['TEAMS_TEAM_ID']).toBe(undefined);
    const head = (lines: readonly string[]) => carded(lines.map((it) => text(it)));
    const id = await bot.says(fake.lobby, head(['inc-1-checkout', 'P1 new']));
    const room = `${fake.lobby};messageid=${id}`;
    expect(fake.room(room)).toMatchObject({
      name: 'inc-1-checkout',
      topic: 'P1 new',
      archived: false,
      members: [],
    });
    expect(fake.rooms(people.bo).map(({ name }) => name)).toContain('inc-1-checkout');
    expect(fake.messages(people.ana, room)).toEqual([]);
    await bot.says(room, { text: 'card' });
    await fake.types(people.ana, room, '/incident ack');
    expect(last()).toMatchObject({ conversation: { id: room }, replyToId: id });
    const mention = {
      type: 'mention',
      text: '<at>Bo</at>',
      mentioned: { id: fake.mri(people.bo), name: 'Bo' },
    };
    await bot.says(room, { text: '<at>Bo</at> was added', entities: [mention] });
    expect(fake.room(room)?.members).toEqual([people.bo.id]);
    expect(fake.messages(people.bo, room).map((it) => it.text)).toEqual([
      'card',
      '@Incident Manager ack',
      '@Bo was added',
    ]);
    expect(fake.messages(people.bo, room)[0]?.room).toBe(room);
    const path = `/conversations/${encodeURIComponent(fake.lobby)}/activities/${id}`;
    await bot.call('PUT', path, {
      type: 'message',
      ...head(['inc-1-checkout', 'P1 resolved', 'Archived: it is over.']),
    });
    expect(fake.room(room)).toMatchObject({ topic: 'P1 resolved', archived: true });
    fake.trouble.deleteRoom(room);
    expect(fake.room(room)).toBe(null);
  });
});
