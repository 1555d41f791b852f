import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { CARD_EVENTS } from './refresh-card.ts';

/** Open pages look at an incident again when something happened to it. */
export const showLive: Reaction<Deps> = {
  name: 'show-live',
  on: ['incident.declared', 'incident.noted', 'incident.room_opened', ...CARD_EVENTS],
  async run({ incident }, { live }) {
    live(incident);
  },
};
