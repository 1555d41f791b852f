import { describe } from 'vitest';

import { OTHER_STAGES, STAGES } from '#test/support/stages.ts';
import { Endings } from '#test/support/story-ending.ts';
import { SCENARIOS } from '#test/support/story-scenarios.ts';
import { tellOn } from '#test/support/story-telling.ts';

/** Each platform as it can be set up too: a story ends there as it does on the first. */
const endings = new Endings();

describe.concurrent.each([...STAGES.slice(0, 1), ...OTHER_STAGES])('$title', (stage) => {
  tellOn(stage, SCENARIOS, { endings });
});
