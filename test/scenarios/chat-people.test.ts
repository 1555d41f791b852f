import { describe, expect } from 'vitest';

import { test } from '#test/support/rooms-everywhere-shared.ts';
import { allIn, SIDE_BY_SIDE } from '#test/support/rooms-everywhere.ts';
import type { Story } from '#test/support/story.ts';

const STRANGER = 'I do not know you yet';

describe.concurrent('somebody of Discord, which tells no e-mail addresses,', SIDE_BY_SIDE, () => {
  test('gets a code there, gives it in the web chat or Slack where they are known, and is that person from then on', async ({
    program,
  }) => {
    const { web, slack, discord, bot } = await program('known by e-mail', { known: 'by e-mail' });
    await web.types('bo', web.lobby, '/incident declare checkout is down --severity P1');
    await discord.types('bo', discord.lobby, '/incident ack INC-1');
    await discord.reads('bo', discord.lobby, STRANGER);
    expect(await bot.incident(1)).toMatchObject({ status: 'NEW' });

    await discord.presses('bo', discord.lobby, 'Get a code');
    const code = codeIn((await discord.reads('bo', discord.lobby, CODE)).text);
    for (const who of ['ana', 'cy', 'guest'] as const) {
      expect(discord.readable(who, discord.lobby)).not.toMatch(CODE);
    }
    await web.types('bo', web.lobby, `/incident link ${code}`);
    await web.reads('bo', web.lobby, /This lets Bo Chen on discord do everything that you may do/i);
    await discord.types('bo', discord.lobby, '/incident ack INC-1');
    expect(await bot.incident(1)).toMatchObject({ status: 'NEW' });
    await web.presses('bo', web.lobby, 'Yes, that is me');
    await web.reads('bo', web.lobby, /Bo Chen on discord is you from now on/i);
    await discord.types('bo', discord.lobby, '/incident ack INC-1');
    await discord.waits('Bo has it', async () => (await bot.incident(1))['assigned_to'] === 'bo');

    // A code is good once.
    await slack.types('cy', slack.lobby, `/incident link ${code}`);
    await slack.reads('cy', slack.lobby, 'That code does not work');

    await discord.types('cy', discord.lobby, '/incident link');
    const other = codeIn((await discord.reads('cy', discord.lobby, CODE)).text);
    await slack.types('cy', slack.lobby, `/incident link ${other.toLowerCase().replace('-', ' ')}`);
    await slack.presses('cy', slack.lobby, 'Yes, that is me');
    await slack.reads('cy', slack.lobby, /Cy Rossi on discord is you/i);
    await discord.types('cy', discord.lobby, '/incident home');
    await discord.reads('cy', discord.lobby, 'Cy Rossi, your incidents');
  });
});

describe.concurrent('somebody of Slack or Teams', SIDE_BY_SIDE, () => {
  test('is recognised by their e-mail address: one person, wherever they act', async ({ program }) => {
    const everywhere = await program('known', {});
    const { web, slack, teams, bot } = everywhere;
    const { number, rooms } = await everywhere.declares('checkout is down');
    await slack.types('bo', rooms.slack, '/incident note seen on Slack');
    await teams.types('bo', rooms.teams, '/incident note seen on Teams');
    await web.types('bo', rooms.web, '/incident note seen here');
    for (const text of ['seen on Slack', 'seen on Teams', 'seen here']) await web.keeps(number, text);
    const notes = (await web.timeline(number)).filter(({ description }) => description.includes('seen'));
    expect(notes.map(({ actor }) => actor)).toEqual(Array.from({ length: 3 }, () => BO));
    expect(await peopleOf(bot)).toMatchObject({ bo: { role: 'responder' } });
  });

  test('who is new is a responder from their first word on, and the same one on both', async ({
    program,
  }) => {
    const { slack, teams, discord, bot } = await program('new', { known: 'nobody' });
    await slack.types('bo', slack.lobby, '/incident declare checkout is down --severity P1');
    await slack.room(1, 'bo');
    await teams.types('bo', teams.lobby, '/incident ack INC-1');
    await teams.waits('Bo has it', async () => (await bot.incident(1))['assigned_to'] === 'bo');
    const bos = Object.values(await peopleOf(bot)).filter(({ email }) => email === 'bo@example.com');
    expect(bos).toEqual([expect.objectContaining({ id: 'bo', role: 'responder' })]);
    await discord.types('bo', discord.lobby, '/incident show INC-1');
    await discord.reads('bo', discord.lobby, STRANGER);
  });

  test('who is new can do nothing where newcomers are not let in, is told the way in, and takes it', async ({
    program,
  }) => {
    const notLetIn = { known: 'nobody', env: { NEWCOMERS: 'none' } } as const;
    const { slack, teams, bot } = await program('not let in', notLetIn);
    const before = Object.keys(await peopleOf(bot));
    for (const story of [slack, teams]) {
      await story.types('bo', story.lobby, '/incident declare checkout is down');
      const { text } = await story.reads('bo', story.lobby, STRANGER);
      expect(text).toMatch(/\/incident link/);
      expect(text).toContain('ask an admin to add you');
      expect(text).toContain(story.person('bo').id);
    }
    expect(Object.keys(await peopleOf(bot))).toEqual(before);
    expect(await bot.incident(1)).toMatchObject({ error: 'NOT_FOUND' });

    const person = { id: 'bo', name: 'Bo Chen', email: 'bo@example.com', role: 'responder' };
    expect((await bot.call('POST', '/api/v1/people', person)).status).toBeLessThan(300);
    await teams.types('bo', teams.lobby, '/incident declare checkout is down');
    await slack.room(1, 'bo');
    await slack.types('bo', slack.lobby, '/incident ack INC-1');
    await slack.waits('Bo has it', async () => (await bot.incident(1))['assigned_to'] === 'bo');
  });
});

describe.concurrent('on every platform', SIDE_BY_SIDE, () => {
  test('who only looks on is refused when they press Acknowledge, and nobody else is told', async ({
    program,
  }) => {
    const everywhere = await program('known', {});
    const { number, rooms } = await everywhere.declares('search is slow');
    await everywhere.rests();
    for (const story of everywhere.all) {
      const room = rooms[story.stage.name];
      const before = allIn(story, 'ana', room).length;
      await story.presses('cy', room, 'Acknowledge');
      await story.reads('cy', room, /ack.* is for responders and admins/i);
      expect(story.readable('ana', room)).not.toMatch(/is for responders/);
      expect(story.readable('bo', room)).not.toMatch(/is for responders/);
      expect(allIn(story, 'ana', room)).toHaveLength(before);
    }
    const { bot } = everywhere;
    expect(await bot.incident(number)).toMatchObject({ status: 'NEW', assigned_to: null });
  });

  test('a guest is not believed, whatever address they have', async ({ program }) => {
    const everywhere = await program('known', {});
    const { bot } = everywhere;
    const { number } = await everywhere.declares('payments are late');
    const person = { id: 'gus', name: 'Gus', email: 'gus@partner.example', role: 'admin' };
    expect((await bot.call('POST', '/api/v1/people', person)).status).toBeLessThan(300);
    const before = Object.keys(await peopleOf(bot));
    for (const story of everywhere.but('web')) {
      await story.types('guest', story.lobby, `/incident ack INC-${number}`);
      await story.reads('guest', story.lobby, STRANGER);
      await story.types('guest', story.lobby, `/incident show INC-${number}`);
    }
    await everywhere.rests();
    for (const story of everywhere.but('web')) {
      const told = [...allIn(story, 'guest', story.lobby), ...story.fake.direct(story.person('guest'))];
      expect([story.stage.name, told.filter(({ text }) => text.includes(STRANGER)).length]).toEqual([
        story.stage.name,
        2,
      ]);
      expect(story.readable('bo', story.lobby)).not.toContain(STRANGER);
    }
    expect(Object.keys(await peopleOf(bot))).toEqual(before);
    expect(await bot.incident(number)).toMatchObject({ status: 'NEW', assigned_to: null });
  });
});

const BO = { type: 'user', id: 'bo', name: 'Bo Chen' };
const CODE = /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/;

function codeIn(text: string): string {
  return CODE.exec(text)?.[0] ?? '';
}

type Shown = { readonly id: string; readonly email: string | null; readonly role: string };

async function peopleOf(bot: Story['bot']): Promise<Readonly<Record<string, Shown>>> {
  const { body } = await bot.call('GET', '/api/v1/people');
  return Object.fromEntries((body as { people: Shown[] }).people.map((it) => [it.id, it]));
}
