import { describe } from 'vitest';

import { STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { SCENARIOS } from '#test/support/story-scenarios.ts';
import { tellOn } from '#test/support/story-telling.ts';

/** One for each story: however it is told, it ends the same. */
const endings = new Endings();

describe.concurrent.each(STAGES)('$title', (stage) => {
  tellOn(stage, SCENARIOS, { endings });
});
