import { say, withTone } from '#src/chat/message.ts';
import { alertCounts } from '#src/db/alerts.ts';
import { isOpen, shortName } from '#src/incident/incident.ts';

import type { ChatReaction } from './on-platform.ts';
import { inRoom } from './rooms.ts';
import { tell } from './tell-room.ts';

/** When every alert of an incident is resolved its room is asked whether it is over, where the setting says so. */
export const askIfOver: ChatReaction = {
  name: 'ask-if-over',
  whole: false,
  on: ['incident.alerts_cleared'],
  async run(here, { event }) {
    const { number, deps } = here;
    if (deps.settings.whenAlertsClear !== 'tell') return;
    await inRoom(here, async (it) => {
      const counts = (await alertCounts(deps.db, [number])).get(number);
      // One of them may have fired again since.
      if (!isOpen(it.incident) || !counts || counts.firing > 0) return;
      const words = `All ${counts.total} alerts of ${shortName(number)} are resolved. Is it over?`;
      const args = { incident: String(number) };
      const buttons = [{ label: 'Resolve', command: 'resolve', args, style: 'primary' } as const];
      const message = withTone(say(words, { type: 'buttons', buttons }), 'good');
      await tell(here, it, message, `cleared-${number}-${event?.seq ?? 0}`);
    });
  },
};
