import { tellMuter } from '#src/chat/mute-tell.ts';
import { muteOver } from '#src/engine/mute.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Errand } from './reaction.ts';

/** A mute ends: what it silenced and fires still is heard. */
export const muteEnd: Errand<Deps> = {
  name: 'mute-end',
  kinds: ['mute-end'],
  priority: PRIORITY.paging,
  async run({ subject }, { system }) {
    await muteOver(system, subject, tellMuter);
  },
};
