import { saveDecisions } from '#src/db/decisions.ts';
import { lockIncident } from '#src/db/incidents.ts';
import type { LoggedEvent, Whom } from '#src/incident/events.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { escalatedTo } from '#src/paging/escalating.ts';
import { chainOf, type EscalationPolicy } from '#src/paging/policy.ts';
import { policyOf, type EscalationRun, type Outcome, type World } from '#src/paging/run.ts';
import { begin, replan } from '#src/paging/running.ts';

import { walk } from './act.ts';
import { bookOf, type Book } from './book.ts';
import { deciding, type Context } from './context.ts';
import { callIn, type CalledPerson } from './page-people.ts';

export interface EscalateTo {
  readonly whom: Whom;
  readonly reason: string | undefined;
  readonly level: number | undefined;
}

export interface EscalatedTo {
  readonly incident: Incident;
  /** Those who are paged for it at once. */
  readonly called: readonly CalledPerson[];
  /** The name of the policy that goes on from here, and pages by itself; null: the one that was at work. */
  readonly policy: string | null;
}

/**
 * Escalates an incident to somebody by name, a level up as always. A team that has an escalation
 * policy of its own gets the incident by that, from its first level; all others are paged at once,
 * and if they do not answer within the time of the present level it goes on as before.
 * @throws UserError where it cannot be escalated, or it comes to nobody.
 */
export async function escalateTo(
  ctx: Context,
  number: number,
  { whom, reason, level }: EscalateTo,
): Promise<EscalatedTo> {
  const done = await ctx.db.transaction().execute(async (tx) => {
    const before = await lockIncident(tx, number);
    const book = await bookOf(ctx, tx);
    const input = { reason, level, whom, target: book.nameOf(whom) };
    const raised = walk(before, 'escalate', input, deciding(ctx));
    const policy = policyOfTeam(book, whom);
    if (policy) {
      await saveDecisions(tx, [raised]);
      return { incident: raised.incident, called: [], policy: policy.name };
    }
    const paging = { ctx, tx, incident: raised.incident, reason: reason ?? null };
    const { called, decision } = await callIn(paging, whom);
    await saveDecisions(tx, [{ ...decision, events: [...raised.events, ...decision.events] }]);
    return { incident: decision.incident, called, policy: null };
  });
  ctx.committed();
  return done;
}

/** What an escalation makes of that; null: nothing. Whoever was paged by hand is not paged by it once more. */
export function handedTo(
  run: EscalationRun | null,
  it: LoggedEvent<'incident.escalated' | 'incident.level_raised'>,
  whom: Whom,
  { book, world, incident }: { readonly book: Book; readonly world: World; readonly incident: Incident },
): Outcome | null {
  const by = it.by.id as PersonId;
  const { at } = it;
  const policy = policyOfTeam(book, whom);
  if (!policy) return run && { ...escalatedTo(run, world, { target: whom }, by, at), pages: [] };
  const plan = chainOf(policy, book.setup.policies);
  const { number, severity } = incident;
  if (!run) return begin({ incident: number, severity, plan, at }, world);
  if (policyOf(run).id === policy.id) {
    const level = Math.min(it.data.level, policyOf(run).levels.length);
    const next = escalatedTo(run, world, { level }, by, at);
    // It is at its last level: asked for once more it begins again.
    return next.run === run
      ? escalatedTo({ ...run, status: 'completed' }, world, { level: 1 }, by, at)
      : next;
  }
  const next = replan(run, world, plan, at);
  if (next.run.status === 'active') return next;
  const woken = escalatedTo(next.run, world, { level: 1 }, by, at);
  return { ...woken, pages: [...next.pages, ...woken.pages], notes: [...next.notes, ...woken.notes] };
}

function policyOfTeam({ setup }: Book, { kind, id }: Whom): EscalationPolicy | null {
  const team = kind === 'team' ? setup.teams.find((it) => it.id === id) : undefined;
  return setup.policies.find((it) => it.id === team?.policy && it.enabled) ?? null;
}
