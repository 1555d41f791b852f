import type { Decision } from '#src/incident/decision.ts';

import { appendEvents } from './events.ts';
import { saveIncidents } from './incidents.ts';
import type { Tx } from './schema.ts';
import { setTimers } from './timers.ts';

/**
 * Saves what verbs decided about incidents that are locked, or new: the rows, the events and the timers.
 * `traces`: by incident, what it came of, where that is not what is under way here.
 */
export async function saveDecisions(
  tx: Tx,
  decisions: readonly Decision[],
  traces?: ReadonlyMap<number, string>,
): Promise<void> {
  const real = decisions.filter((it) => it.events.length > 0);
  await saveIncidents(
    tx,
    real.map((it) => it.incident),
  );
  await appendEvents(
    tx,
    real.flatMap((it) => it.events),
    traces,
  );
  await setTimers(
    tx,
    real.flatMap((it) => it.timers),
  );
}
