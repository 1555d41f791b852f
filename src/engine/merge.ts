import { hasUnlockedAlerts, lockAlertsOf, moveAlerts } from '#src/db/alerts.ts';
import { saveDecisions } from '#src/db/decisions.ts';
import { moveRepeats } from '#src/db/repeats.ts';
import type { Incident } from '#src/incident/incident.ts';
import { merge as decideMerge } from '#src/incident/merging.ts';

import { deciding, type Context } from './context.ts';
import { lockPair } from './link.ts';
import { Overtaken, untilNotOvertaken } from './overtaken.ts';

/**
 * Makes `duplicate` a duplicate of `into` and closes it. Its alerts and the
 * groups it stood for move over, so that what fires next joins `into`. Answers
 * `into`. Throws `conflict` where either is merged away already.
 */
export async function merge(
  ctx: Context,
  duplicate: number,
  into: number,
  reason: string | null = null,
): Promise<Incident> {
  const kept = await untilNotOvertaken(() =>
    ctx.db.transaction().execute(async (tx) => {
      // Groups, alerts, incidents, as in ingest: whoever takes them in another order may wait for ever.
      const locked = await lockAlertsOf(tx, duplicate);
      const [source, target] = await lockPair(tx, duplicate, into);
      if (await hasUnlockedAlerts(tx, duplicate, locked)) throw new Overtaken();
      const moved = await moveAlerts(tx, source.number, target.number);
      const decisions = decideMerge(source, target, reason, moved, deciding(ctx));
      await saveDecisions(tx, decisions);
      await moveRepeats(tx, source.number, target.number);
      return decisions[1].incident;
    }),
  );
  ctx.committed();
  return kept;
}
