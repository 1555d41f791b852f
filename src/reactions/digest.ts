import { drawDigest, farewell } from '#src/chat/ask-again.ts';
import { askAgain } from '#src/engine/digests.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Errand } from './reaction.ts';

/** A question is asked again at its time, and its answer said to whoever asked or in their room. */
export const digest: Errand<Deps> = {
  name: 'digest',
  kinds: ['digest'],
  priority: PRIORITY.enrichment,
  run: async ({ subject }, { system }) =>
    await askAgain(system, subject, { draw: drawDigest(system), farewell }),
};
