import { saveDecisions } from '#src/db/decisions.ts';
import { findRun, saveRun, type StoredRun } from '#src/db/escalations.ts';
import { lockIncident } from '#src/db/incidents.ts';
import { cancelPages } from '#src/db/pages.ts';
import type { Tx } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import { UserError } from '#src/errors.ts';
import { decided, event } from '#src/incident/decision.ts';
import type { IncidentEvent } from '#src/incident/events.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { snooze } from '#src/paging/running.ts';

import { bookOf } from './book.ts';
import { deciding, type Context } from './context.ts';
import { escalateIn } from './escalation.ts';

/**
 * Nobody is paged for an incident until then; then the level it is at is paged again.
 * What still waits to be sent is not sent. The room is told.
 * @throws UserError where no escalation runs for it, or `until` is past or more than 7 days off.
 */
export async function snoozeEscalation(ctx: Context, number: number, until: Date): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await escalateIn({ ctx, tx }, number);
    const incident = await lockIncident(tx, number);
    const stored = await findRun(tx, number);
    const name = shortName(number);
    if (!stored || !isOpen(incident) || stored.run.status === 'cancelled') {
      const why = isOpen(incident) ? 'no escalation runs for it' : `it is ${incident.status.toLowerCase()}`;
      throw new UserError('conflict', `Nobody is being paged for ${name}: ${why}.`);
    }
    const said = await snoozeRun({ ctx, tx }, incident, stored, until);
    await saveDecisions(tx, [decided(incident, said, deciding(ctx))]);
  });
  ctx.committed();
}

/** The same as a part of something larger. Answers what the timeline has to say of it; the caller holds the incident. */
export async function snoozeRun(
  { ctx, tx }: { readonly ctx: Context; readonly tx: Tx },
  incident: Incident,
  stored: StoredRun,
  until: Date,
): Promise<IncidentEvent[]> {
  const who = deciding(ctx);
  const { nameOf } = await bookOf(ctx, tx);
  const { run, notes, nextAt } = snooze(stored.run, until, ctx.actor.id as PersonId, who.at, nameOf);
  await saveRun(tx, { run, seen: stored.seen }, who.at);
  await setTimers(tx, [{ kind: 'escalation', incident: incident.number, at: nextAt }]);
  await cancelPages(tx, incident.number, { to: 'all', by: null, at: who.at });
  return notes.map((it) => event(incident, 'incident.escalation_noted', it, who));
}
