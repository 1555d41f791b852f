import type { TellMuter } from '#src/engine/mute.ts';
import { sayLater } from '#src/engine/say.ts';
import { shortName } from '#src/incident/incident.ts';

import { say } from './message.ts';
import { count, list } from './names.ts';

/** Tells who muted something how much was silenced, and where what fires still is now. */
export const tellMuter: TellMuter = async (place, to, { id, what, silenced, endedBy, alerts, incidents }) => {
  const over = endedBy ? `${endedBy} unmuted ${what}` : `The time for which ${what} was muted is over`;
  const many = `${count(silenced, 'message')} of alerts ${silenced === 1 ? 'was' : 'were'} silenced`;
  const where = list(incidents.map(shortName));
  const rest =
    alerts === 0 ? 'None of them fires any more.' : `${count(alerts, 'alert')} fired still: see ${where}.`;
  const message = say(silenced === 0 ? `${over}. Nothing was silenced.` : `${over}. ${many}. ${rest}`);
  await sayLater(place, { key: `mute-${id}-over`, to: { person: to }, message });
};
