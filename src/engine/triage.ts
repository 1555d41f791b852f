import { eventsOf } from '#src/db/events.ts';
import { change } from '#src/engine/change.ts';
import * as changes from '#src/incident/changes.ts';
import { event, type Deciding, type Decision } from '#src/incident/decision.ts';
import {
  isOpen,
  rank,
  type Category,
  type Incident,
  type IncidentNumber,
  type Severity,
} from '#src/incident/incident.ts';

import type { Context } from './context.ts';

/** What somebody surer than the rules says of a fresh incident; what is left out stays. */
export interface Triaged {
  /** Worse than it has. A better one is not taken. */
  readonly severity?: Severity | undefined;
  /** Taken where it is `other` so far. */
  readonly category?: Category | undefined;
  /** Taken where none is known. */
  readonly service?: string | undefined;
  /** Taken where it still has this one. */
  readonly title?: { readonly from: string; readonly to: string } | undefined;
  /** Who says so and why, as a clause. */
  readonly reason: string;
}

/**
 * Makes a fresh incident what it was found to be, unless people said something meanwhile: what they
 * set stays, and no severity is ever lowered. Done twice it changes nothing.
 */
export async function triage(ctx: Context, number: number, found: Triaged): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    if (!isOpen(before)) return changes.unchanged(before);
    const spoken = await eventsOf(tx, number, { types: ['incident.severity_changed'], limit: 1 });
    const isWorse = found.severity !== undefined && rank(found.severity) < rank(before.severity);
    let all = changes.unchanged(before);
    if (found.severity !== undefined && isWorse && spoken.length === 0) {
      all = changes.setSeverity(before, found.severity, found.reason, who);
    }
    return withEdit(all, found, who);
  });
}

function withEdit(first: Decision, { category, service, title }: Triaged, who: Deciding): Decision {
  const { incident } = first;
  const edited = changes.edit(
    incident,
    {
      ...(category !== undefined && incident.category === 'other' ? { category } : {}),
      ...(service !== undefined && incident.resource === null ? { service } : {}),
      ...(title !== undefined && incident.title === title.from ? { title: title.to } : {}),
    },
    who,
  );
  return edited.events.length === 0 ? first : { ...edited, events: [...first.events, ...edited.events] };
}

/** Writes down that it looks like another one, once; nothing is merged by that. */
export async function suggestDuplicate(
  ctx: Context,
  number: number,
  found: { readonly of: IncidentNumber; readonly isSame: boolean; readonly reason: string },
): Promise<void> {
  await change(ctx, number, async (before, who, tx) => {
    const said = await eventsOf(tx, number, { types: ['incident.duplicate_suggested'], limit: 1 });
    if (!isOpen(before) || said.length > 0) return changes.unchanged(before);
    return {
      ...changes.unchanged(before),
      events: [event(before, 'incident.duplicate_suggested', found, who)],
    };
  });
}
