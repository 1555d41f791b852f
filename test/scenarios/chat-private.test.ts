import { describe, expect } from 'vitest';

import { Bridged } from '#test/support/rooms-everywhere-bridged.ts';
import { test } from '#test/support/rooms-everywhere-shared.ts';
import { allIn, SIDE_BY_SIDE, type Everywhere } from '#test/support/rooms-everywhere.ts';
import { OTHER_STAGES } from '#test/support/stages.ts';
import type { Story, Who } from '#test/support/story.ts';
import { httpWire } from '#test/support/web-wire.ts';

const SECRET = /payroll|inc-\d\b/i;

const BRIDGED = { env: { BRIDGE: 'on' } };

describe.concurrent('an incident that is declared privately', SIDE_BY_SIDE, () => {
  test('on any platform has a private room on each, and is not there for those who were not invited', async ({
    program,
  }) => {
    const everywhere = await program('nobody invited', BRIDGED);
    for (const [index, story] of everywhere.all.entries()) await declares(story, index + 1);
    for (const number of [1, 2, 3, 4]) {
      const rooms = await everywhere.rooms(number, 'bo');
      for (const story of everywhere.all) {
        const id = rooms[story.stage.name];
        const room = story.fake.room(id);
        expect([story.stage.name, room?.name, room?.private]).toEqual([
          story.stage.name,
          `inc-${number}`,
          true,
        ]);
        expect(room?.topic).not.toMatch(/payroll/);
        expect(story.card(id, 'bo')?.text).toContain(`payroll was read on`);
        for (const who of ['cy', 'guest'] as const) {
          expect(allIn(story, who, id)).toEqual([]);
        }
      }
    }
    for (const story of everywhere.all) {
      for (const who of ['cy', 'guest'] as const) expect(found(story, who)).not.toMatch(SECRET);
      for (const who of ['ana', 'cy'] as const) expect(publicWords(story, who)).not.toMatch(SECRET);
      await asksAround(story);
    }
    await everywhere.rests();
    for (const story of everywhere.all) {
      expect(publicWords(story, 'cy')).not.toMatch(/payroll/);
    }
    await asksTheWeb(everywhere);
    expect(await everywhere.givenUp()).toEqual([]);
    expect(everywhere.refused).toEqual([]);
  });

  test('is opened on every platform to whoever is invited, and the bridge carries nothing of it', async ({
    program,
  }) => {
    const everywhere = await program('somebody invited', BRIDGED);
    await declares(everywhere.slack, 1);
    const rooms = await everywhere.rooms(1, 'bo');
    const it = new Bridged(everywhere, rooms);
    for (const story of it.all) {
      await story.types('bo', it.roomOn(story), `a name of somebody, on ${story.stage.name}`);
    }
    await everywhere.discord.types(
      'bo',
      rooms.discord,
      `/incident invite <@${everywhere.discord.person('cy').id}>`,
    );
    await everywhere.rooms(1, 'cy');
    await everywhere.rests();
    for (const story of it.all) {
      const names = allIn(story, 'cy', it.roomOn(story)).filter(({ text }) => text.includes('a name of'));
      expect(names.map(({ text }) => text)).toEqual([`a name of somebody, on ${story.stage.name}`]);
      expect(allIn(story, 'guest', it.roomOn(story))).toEqual([]);
      expect(publicWords(story, 'ana')).not.toMatch(SECRET);
    }
    await everywhere.teams.types('cy', everywhere.teams.lobby, '/incident show INC-1');
    await everywhere.teams.reads('cy', everywhere.teams.lobby, /payroll was read[^]*Severity/);
    expect(await everywhere.givenUp()).toEqual([]);
    expect(everywhere.refused).toEqual([]);
  });

  test('has no room and leaves no trace where a platform has no private rooms', async ({ program }) => {
    const everywhere = await program('threads', {
      ...BRIDGED,
      stages: OTHER_STAGES.filter(({ name }) => name === 'teams'),
    });
    const { slack, teams } = everywhere;
    await slack.types('bo', slack.lobby, '/incident declare checkout is slow --severity P3');
    await everywhere.rooms(1);
    await declares(slack, 2);
    const elsewhere = everywhere.but('teams');
    const rooms = await everywhere.rooms(2, 'bo', elsewhere);
    await slack.types('bo', rooms.slack, '/incident ack');
    await everywhere.cardsSay(rooms, 'Bo Chen', { who: 'bo', on: elsewhere });
    await slack.types('bo', rooms.slack, '/incident resolve wiped it');
    await everywhere.cardsSay(rooms, 'Resolved', { who: 'bo', on: elsewhere });
    await slack.types('bo', rooms.slack, '/incident close');
    await everywhere.cardsSay(rooms, 'Closed', { who: 'bo', on: elsewhere });
    await everywhere.rests();

    const sent = JSON.stringify(teams.fake.measured.calls.map(({ body }) => body));
    expect(sent).toContain('checkout is slow');
    expect(sent).not.toMatch(/payroll|INC-2\b/i);
    expect(found(teams, 'bo')).toMatch(/inc-1-checkout/);
    expect((await everywhere.incidentRooms(2)).map(({ platform }) => platform)).toEqual([
      'discord',
      'slack',
      'web',
    ]);
    expect(await everywhere.givenUp()).toEqual([]);
    expect(everywhere.refused).toEqual([]);
  });
});

/** In a form: what somebody types may be seen by all. */
async function declares(story: Story, number: number): Promise<void> {
  await story.types('bo', story.lobby, '/incident declare --private yes');
  const title = `payroll was read on ${story.stage.name}`;
  await story.fills('bo', /^Declare/, { title, severity: 'P1' });
  await story.waits(`INC-${number}`, async () => (await story.incident(number))['title'] === title);
}

/** The rooms that somebody finds, with what stands above them. */
function found({ fake }: Story, who: Who): string {
  return fake
    .rooms(fake.people[who])
    .map(({ name, topic, bookmarks }) => `${name} ${topic} ${bookmarks.join(' ')}`)
    .join('\n');
}

/** What stands in the room that everybody is in, and what the bot has told this person alone. */
function publicWords(story: Story, who: Who): string {
  const { fake, lobby } = story;
  const all = [...allIn(story, who, lobby), ...fake.direct(fake.people[who])];
  return all.map(({ text, options }) => [text, ...options].join('\n')).join('\n');
}

/** Cy tries to find out by everything that there is to ask with. */
async function asksAround(story: Story): Promise<void> {
  for (const line of ['list all', 'home', 'show INC-1', 'timeline INC-1', 'who INC-1']) {
    await story.types('cy', story.lobby, `/incident ${line}`);
  }
  await story.reads('cy', story.lobby, 'No incident');
  await story.waits(`refusals on ${story.stage.name}`, () => {
    return (publicWords(story, 'cy').match(/There is no INC-1/g) ?? []).length === 3;
  });
  const cy = story.person('cy');
  for (const typed of ['show ', 'timeline I', 'note ']) {
    expect((await story.fake.completes(cy, story.lobby, typed)).join('\n')).not.toMatch(SECRET);
  }
  await story.fake.opensHome(cy);
  const home = await story.waits('the page of Cy', () => story.fake.home(cy));
  expect([home.text, ...home.options].join('\n')).not.toMatch(SECRET);
}

/** By the page's own search and lists, and by the API: Bo finds it by each of them, and Cy by none. */
async function asksTheWeb({ bot }: Everywhere): Promise<void> {
  const wire = httpWire(() => bot.url);
  for (const path of [
    '/web/search?q=payroll',
    '/web/rooms/inc-1/messages',
    '/web/rooms/inc-1/pins',
    '/api/v1/incidents',
    '/api/v1/incidents/1',
    '/api/v1/incidents/1/timeline',
    '/api/v1/incidents?search=payroll',
    '/api/v1/incidents?room=web:inc-1',
  ]) {
    const [bo, cy] = [await wire.request('bo', 'GET', path), await wire.request('cy', 'GET', path)];
    expect([path, bo.status, JSON.stringify(bo.body).includes('payroll')]).toEqual([path, 200, true]);
    expect(JSON.stringify(cy.body)).not.toMatch(/payroll/);
  }
}
