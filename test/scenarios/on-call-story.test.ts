import { describe, expect } from 'vitest';

import { test } from '#test/support/database.ts';
import { JumpingClock } from '#test/support/jumping-clock.ts';
import { STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { ON_CALL } from '#test/support/story-on-call.ts';
import { Story } from '#test/support/story.ts';

/** One for each story: however it is told, it ends the same. */
const endings = new Endings();

describe.concurrent.each(STAGES)('$title', (stage) => {
  for (const scenario of ON_CALL) {
    test(scenario.title, async ({ place, onTestFinished: atEnd }) => {
      const story = await Story.on(stage, { place, atEnd, clock: new JumpingClock() });
      await scenario.play(story);
      await endings.expectSame(scenario, story);
      expect(story.fake.measured.refused).toEqual([]);
      expect(story.fake.measured.tooMany).toEqual([]);
    });
  }
});
