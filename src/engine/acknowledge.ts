import { saveDecisions } from '#src/db/decisions.ts';
import { findRun } from '#src/db/escalations.ts';
import { lockIncident } from '#src/db/incidents.ts';
import { hasUnanswered } from '#src/db/pages.ts';
import type { Tx } from '#src/db/schema.ts';
import { unchanged } from '#src/incident/changes.ts';
import { decided, event, type Deciding } from '#src/incident/decision.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { ActionInput } from '#src/incident/lifecycle.ts';

import { tooLate, walk } from './act.ts';
import { change } from './change.ts';
import type { Context } from './context.ts';
import { escalateIn } from './escalation.ts';

export interface Acknowledged {
  readonly incident: Incident;
  /** It had been taken before, and only its page was answered. */
  readonly isPageOnly: boolean;
}

/**
 * Somebody has it. Of an incident that was taken before its page is answered, as long as people are paged
 * for it (it was reopened or fires still, or more than one of them must answer) or they were paged themselves.
 * @param first belongs to it, and is done as soon as the incident is held
 * @throws UserError `illegal_transition` where nobody is paged for it, with who has it.
 */
export async function acknowledge(
  ctx: Context,
  number: number,
  input: Pick<ActionInput, 'notes'> = {},
  first?: (before: Incident, tx: Tx) => Promise<void>,
): Promise<Acknowledged> {
  let isPageOnly = false;
  const incident = await change(ctx, number, async (held, who, tx) => {
    const before = isTaken(held) ? await upToDate({ ctx, tx }, number) : held;
    await first?.(before, tx);
    isPageOnly = isTaken(before) && (await isPagedFor(tx, before, who));
    if (isPageOnly) {
      const answered = event(before, 'incident.page_answered', { notes: input.notes ?? null }, who);
      await saveDecisions(tx, [decided(before, [answered], who)]);
      // A process of the version before does not know this event, and nobody else may look at it.
      return unchanged(await upToDate({ ctx, tx }, number));
    }
    try {
      return walk(before, 'acknowledge', input, who);
    } catch (error) {
      throw await tooLate(tx, before, 'acknowledge', who, error);
    }
  });
  if (isPageOnly) ctx.committed();
  return { incident, isPageOnly };
}

function isTaken({ status }: Incident): boolean {
  return status === 'ACKNOWLEDGED' || status === 'IN_PROGRESS';
}

/** As far as all that happened leads: whoever took it a moment ago may have ended the paging by that. */
async function upToDate(
  place: { readonly ctx: Context; readonly tx: Tx },
  number: number,
): Promise<Incident> {
  await escalateIn(place, number);
  return await lockIncident(place.tx, number);
}

async function isPagedFor(tx: Tx, { number }: Incident, { by }: Deciding): Promise<boolean> {
  const run = (await findRun(tx, number))?.run;
  const isWanted = run?.status === 'active' || run?.status === 'completed';
  if (isWanted && !run.ackedBy.some((it) => it === by.id)) return true;
  return by.type === 'user' && (await hasUnanswered(tx, number, by.id));
}
