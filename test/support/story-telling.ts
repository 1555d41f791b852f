import { expect } from 'vitest';

import { test } from './database.ts';
import type { JumpingClock } from './jumping-clock.ts';
import type { Stage } from './stages.ts';
import type { Endings } from './story-ending.ts';
import { Story, type Scenario } from './story.ts';

/** Tells stories on one stage, a test each: they end as they do elsewhere, and the platform refused nothing. */
export function tellOn(
  stage: Stage,
  scenarios: readonly Scenario[],
  { endings, clock }: { readonly endings: Endings; readonly clock?: () => JumpingClock },
): void {
  for (const scenario of scenarios) {
    test(scenario.title, async ({ place, onTestFinished: atEnd }) => {
      const story = await Story.on(stage, { place, atEnd, ...(clock ? { clock: clock() } : {}) });
      await scenario.play(story);
      await endings.expectSame(scenario, story);
      expect(story.fake.measured.refused).toEqual([]);
      expect(story.fake.measured.tooMany).toEqual([]);
    });
  }
}
