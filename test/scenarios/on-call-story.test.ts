import { describe } from 'vitest';

import { JumpingClock } from '#test/support/jumping-clock.ts';
import { STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { ON_CALL } from '#test/support/story-on-call.ts';
import { tellOn } from '#test/support/story-telling.ts';

/** One for each story: however it is told, it ends the same. */
const endings = new Endings();

describe.concurrent.each(STAGES)('$title', (stage) => {
  tellOn(stage, ON_CALL, { endings, clock: () => new JumpingClock() });
});
