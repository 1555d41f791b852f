import { eventsOf } from '#src/db/events.ts';
import { findPerson } from '#src/db/people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { unchanged } from '#src/incident/changes.ts';
import type { Deciding, Decision } from '#src/incident/decision.ts';
import { sayWhoHasIt, TAKING } from '#src/incident/holder.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import { actionsFrom, decide, pathTo, type Action, type ActionInput } from '#src/incident/lifecycle.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

/** Moves an incident exactly one step along its lifecycle. Throws `illegal_transition`. */
export async function act(
  ctx: Context,
  number: number,
  action: Action,
  input: ActionInput = {},
): Promise<Incident> {
  return await step(ctx, number, action, (before, who) => decide(before, action, input, who));
}

/**
 * Takes the shortest legal path to the goal, each step recorded, all or none.
 * What is said along goes to the last step. Throws `illegal_transition`.
 * @param first belongs to it, and is done as soon as the incident is held
 */
export async function reach(
  ctx: Context,
  number: number,
  goal: Action,
  input: ActionInput = {},
  first?: (before: Incident, tx: Tx) => Promise<void>,
): Promise<Incident> {
  return await step(ctx, number, goal, (before, who) => walk(before, goal, input, who), first);
}

/** The steps to a goal as one decision. */
export function walk(before: Incident, goal: Action, input: ActionInput, who: Deciding): Decision {
  const path = pathTo(before, goal);
  let all = unchanged(before);
  for (const [index, action] of path.entries()) {
    const next = decide(all.incident, action, index === path.length - 1 ? input : {}, who);
    all = { ...next, events: [...all.events, ...next.events] };
  }
  return all;
}

async function step(
  ctx: Context,
  number: number,
  goal: Action,
  decideStep: (before: Incident, who: Deciding) => Decision,
  first?: (before: Incident, tx: Tx) => Promise<void>,
): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    await first?.(before, tx);
    try {
      return decideStep(before, who);
    } catch (error) {
      throw await tooLate(tx, before, goal, who, error);
    }
  });
}

/** What to throw instead of this where two people want to take it: the second is told who was first. */
export async function tooLate(
  tx: Tx,
  before: Incident,
  goal: Action,
  who: Deciding,
  error: unknown,
): Promise<unknown> {
  const wantsIt = goal === 'acknowledge' || goal === 'start';
  if (!(error instanceof UserError) || !wantsIt || !isOpen(before)) return error;
  const taken = await eventsOf(tx, before.number, { types: TAKING, limit: 1 });
  const assignee = before.assignee && (await findPerson(tx, before.assignee));
  const held = sayWhoHasIt(before, taken, assignee?.name ?? null, { id: who.by.id, at: who.at });
  if (held === null) return error;
  const state = before.status.toLowerCase().replace('_', ' ');
  const next = actionsFrom(before.status).join(', ');
  return new UserError(
    error.code,
    `${shortName(before.number)} is ${state} already: ${held}. What it can take now: ${next}.`,
    { ...error.details, held_by: before.assignee ?? taken[0]?.by.name, since: taken[0]?.at.toISOString() },
  );
}
