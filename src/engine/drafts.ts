import { lockIncident } from '#src/db/incidents.ts';
import { askDraft } from '#src/db/summaries.ts';
import { setTimers } from '#src/db/timers.ts';
import { UserError } from '#src/errors.ts';
import { isOpen, shortName } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Context } from './context.ts';

/**
 * Has a post-mortem drafted. Whoever asks is told when it is there.
 *
 * @throws UserError `illegal_transition` while the incident is open, `not_found`
 */
export async function askPostMortem(ctx: Context, number: number): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const incident = await lockIncident(tx, number);
    if (isOpen(incident)) {
      throw new UserError(
        'illegal_transition',
        `${shortName(number)} is not over yet. Resolve it first; its post-mortem is drafted after that.`,
      );
    }
    const by = ctx.actor.type === 'user' ? (ctx.actor.id as PersonId) : null;
    await askDraft(tx, number, { by, at: ctx.now() });
    // One for each person, so that two who ask at once are both told.
    const subject = by === null ? {} : { subject: by };
    await setTimers(tx, [{ kind: 'post-mortem', incident: incident.number, at: ctx.now(), ...subject }]);
  });
  ctx.committed();
}
