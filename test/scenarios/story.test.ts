import { describe, expect } from 'vitest';

import { test } from '#test/support/database.ts';
import { STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { SCENARIOS } from '#test/support/story-scenarios.ts';
import { Story } from '#test/support/story.ts';

/** One for each story: however it is told, it ends the same. */
const endings = new Endings();

describe.concurrent.each(STAGES)('$title', (stage) => {
  for (const scenario of SCENARIOS) {
    test(scenario.title, async ({ place, onTestFinished: atEnd }) => {
      const story = await Story.on(stage, { place, atEnd });
      await scenario.play(story);
      await endings.expectSame(scenario, story);
      expect(story.fake.measured.refused).toEqual([]);
      expect(story.fake.measured.tooMany).toEqual([]);
    });
  }
});
