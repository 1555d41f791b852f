import { describe, expect } from 'vitest';

import { test } from '#test/support/database.ts';
import { STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { SCENARIOS, SHORT } from '#test/support/story-scenarios.ts';
import { Story } from '#test/support/story.ts';
import { STORM, WEATHERS } from '#test/support/weather.ts';

/** Whatever the platforms and the way to them are like, each story ends as it does when all is well, and nothing is there twice. */
const endings = new Endings();

describe('when all is well', () => {
  for (const scenario of SCENARIOS) {
    test(scenario.title, async ({ place, onTestFinished: atEnd }) => {
      const [stage] = STAGES;
      if (!stage) throw new Error('there is no platform');
      const story = await Story.on(stage, { place, atEnd });
      await scenario.play(story);
      await endings.expectSame(scenario, story);
    });
  }
});

describe.concurrent.each(STAGES)('$title', (stage) => {
  for (const scenario of SCENARIOS) {
    test(`in a storm, ${scenario.title}`, async ({ place, onTestFinished: atEnd }) => {
      const story = await Story.on(stage, { place, atEnd, weather: STORM });
      await scenario.play(story);
      await endings.expectSame(scenario, story);
      expect(story.fake.measured.refused).toEqual([]);
    });
  }
  for (const weather of WEATHERS) {
    test(`${weather.name}, ${SHORT.title}`, async ({ place, onTestFinished: atEnd }) => {
      const story = await Story.on(stage, { place, atEnd, weather });
      await SHORT.play(story);
      await endings.expectSame(SHORT, story);
      expect(story.fake.measured.refused).toEqual([]);
    });
  }
});
