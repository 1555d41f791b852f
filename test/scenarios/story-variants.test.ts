import { describe, expect } from 'vitest';

import { test } from '#test/support/database.ts';
import { OTHER_STAGES, STAGES, type Stage } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { SCENARIOS } from '#test/support/story-scenarios.ts';
import { Story } from '#test/support/story.ts';

/** Each platform as it can be set up too: a story ends there as it does on the built-in chat. */
const endings = new Endings();
const [first] = STAGES;
const stages: readonly Stage[] = first ? [first, ...OTHER_STAGES] : OTHER_STAGES;

describe.concurrent.each(stages)('$title', (stage) => {
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
