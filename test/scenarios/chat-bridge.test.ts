import { describe, expect } from 'vitest';

import { HOSTILE_STRINGS } from '#test/support/hostile-strings.ts';
import { Bridged } from '#test/support/rooms-everywhere-bridged.ts';
import { test as base } from '#test/support/rooms-everywhere-shared.ts';
import { titleOf, SIDE_BY_SIDE } from '#test/support/rooms-everywhere.ts';

/** A new incident with a room on each platform: with the bridge, or where nobody has turned it on. */
const test = base.extend(
  'rooms',
  ({ program }) =>
    async (name: 'with the bridge' | 'with the bridge and hostile words' | 'without', title: string) => {
      const everywhere = await program(name, name === 'without' ? {} : { env: { BRIDGE: 'on' } });
      return new Bridged(everywhere, (await everywhere.declares(title)).rooms);
    },
);

describe.concurrent('an incident', SIDE_BY_SIDE, () => {
  test('has a room with the same card on every platform, and what is done on one changes all four', async ({
    rooms,
  }) => {
    const it = await rooms('with the bridge', 'mail is stuck');
    const { teams, discord } = it.everywhere;
    await it.showsTheSame(/Severity P1\b.*Status New\b/);
    await teams.presses('bo', it.roomOn(teams), 'Acknowledge');
    await it.showsTheSame(/Status Acknowledged\b.*Bo Chen/);
    await discord.types('bo', it.roomOn(discord), '/incident severity P0 nobody gets any');
    await it.showsTheSame(/Severity P0\b/);
    await it.hasNoTrouble();
  });
});

describe.concurrent('what people write in one room of an incident', SIDE_BY_SIDE, () => {
  test('stands in the three others in their name, once, with what they attach, and follows what they do to it', async ({
    rooms,
  }) => {
    const it = await rooms('with the bridge', 'checkout is down');
    // Platforms deliver again what they think was not heard.
    for (const { fake } of it.all) fake.trouble.deliverTimes(2);
    const bytes = new Uint8Array(2000).map((_, index) => index % 251);
    for (const story of it.all) {
      const name = `${story.stage.name}.png`;
      const file = { name, type: 'image/png', bytes, words: `I see it on ${story.stage.name}` };
      await story.fake.shares(story.person('bo'), it.roomOn(story), file);
    }
    await it.onTheOthers(async (there, from) => {
      const text = `Bo Chen (${titleOf(from)}): I see it on ${from.stage.name}`;
      expect((await it.copy(there, text)).text).toBe(text);
      const attached = await it.copy(there, `${from.stage.name}.png, from Bo Chen`);
      expect(attached.files.map(({ bytes: those }) => Buffer.from(those).equals(bytes))).toEqual([true]);
    });

    for (const { fake } of it.all) fake.trouble.deliverTimes(1);
    for (const story of it.all) {
      const own = it.own(story, 'I see it');
      await story.fake.rewrites(story.person('bo'), own, `I saw it on ${story.stage.name}`);
    }
    await it.onTheOthers(async (there, from) => {
      await it.copy(there, `Bo Chen (${titleOf(from)}): I saw it on ${from.stage.name}`);
    });
    await it.everywhere.rests();
    for (const story of it.all) {
      const authors = it.words(story, /I saw it/).map(({ author }) => (author === 'bot' ? 'bot' : 'Bo'));
      expect([story.stage.name, ...authors.toSorted()]).toEqual([
        story.stage.name,
        'Bo',
        'bot',
        'bot',
        'bot',
      ]);
      expect(it.words(story, /, from Bo Chen/)).toHaveLength(3);
    }

    for (const story of it.all) await story.fake.deletes(story.person('bo'), it.own(story, 'I saw it'));
    await it.onTheOthers(async (there, from) => {
      await it.isGone(there, `I saw it on ${from.stage.name}`);
      await it.isGone(there, `${from.stage.name}.png`);
    });
    await it.hasNoTrouble();
  });

  test('is answered below it on any platform, and takes the marks that people put to it', async ({
    rooms,
  }) => {
    const it = await rooms('with the bridge', 'search is slow');
    const { slack, teams, web, discord } = it.everywhere;
    await slack.types('bo', it.roomOn(slack), 'who knows redis?');
    const others = it.everywhere.but('slack');
    for (const story of others) {
      const copy = await it.copy(story, 'who knows redis?');
      await story.fake.answers(story.person('cy'), copy, `I do, says ${story.stage.name}`);
    }
    for (const there of it.all) {
      for (const { stage } of others) {
        await it.answerBelow(there, 'who knows redis?', `I do, says ${stage.name}`);
      }
    }

    await slack.fake.reacts(slack.person('bo'), it.own(slack, 'who knows'), '👍');
    await teams.fake.reacts(teams.person('cy'), await it.copy(teams, 'who knows redis?'), '❤️');
    for (const there of [web, slack, discord]) {
      await there.waits(`both marks on ${there.stage.name}`, () => {
        const { '👍': up, '❤️': heart } = it.words(there, /who knows/)[0]?.reactions ?? {};
        return up === 1 && heart === 1;
      });
    }
    // Bots have no reactions of their own there: theirs is a line below.
    await it.answerBelow(teams, 'who knows redis?', '👍');
    await slack.fake.reacts(slack.person('bo'), it.own(slack, 'who knows'), '👍', { off: true });
    for (const there of [web, slack, discord]) {
      await there.waits(`one mark on ${there.stage.name}`, () => {
        return Object.keys(it.words(there, /who knows/)[0]?.reactions ?? {}).join() === '❤️';
      });
    }
    await it.hasNoTrouble();
  });

  test('is words and nothing else in the others: it calls in nobody, leads nowhere, and looks as it was typed', async ({
    rooms,
  }) => {
    const it = await rooms('with the bridge and hostile words', 'checkout is down');
    // Every platform's own ways to call people in, and a person who is really mentioned.
    const lines = HOSTILE_STRINGS.slice(0, 48);
    for (const story of it.all) {
      const text = [`to <@${story.person('ana').id}>`, ...lines].join('\n');
      await story.types('bo', it.roomOn(story), text);
    }
    await it.everywhere.discord.types('guest', it.roomOn(it.everywhere.discord), 'hello @everyone, I am new');
    await it.onTheOthers(async (there, from) => {
      const copy = await it.copy(there, `Bo Chen (${titleOf(from)}): to @`);
      expect(copy.text).toMatch(/: to @(?:Ana Lima|ana)\n/);
      expect([there.stage.name, copy.notified, copy.links, copy.buttons]).toEqual([
        there.stage.name,
        [],
        [],
        [],
      ]);
      const shown = copy.text.split('\n').slice(1);
      const plain = lines.filter((line) => !line.startsWith('<@'));
      expect(shown.filter((line) => plain.includes(line))).toEqual(plain);
    });
    for (const there of it.everywhere.but('discord')) {
      const copy = await it.copy(there, 'Gus Guest (Discord): hello @everyone, I am new');
      expect(copy.notified).toEqual([]);
    }
    expect(await it.everywhere.givenUp()).toEqual([]);
  });

  test('stays there where nobody has turned the bridge on', async ({ rooms }) => {
    const it = await rooms('without', 'checkout is down');
    for (const story of it.all) await story.types('bo', it.roomOn(story), `only on ${story.stage.name}`);
    await it.everywhere.rests();
    for (const story of it.all) {
      expect(it.words(story, /only on/).map(({ text }) => text)).toEqual([`only on ${story.stage.name}`]);
    }
    await it.hasNoTrouble();
  });
});
