import { saveDecisions } from '#src/db/decisions.ts';
import { insertIncidents } from '#src/db/incidents.ts';
import type { Tx } from '#src/db/schema.ts';
import type { Category, Environment, Incident, Resource, Severity } from '#src/incident/incident.ts';
import { draft, opened } from '#src/incident/opening.ts';

import { deciding, type Context } from './context.ts';

export interface Declaration {
  readonly title: string;
  /** P2 where nobody says. */
  readonly severity?: Severity | undefined;
  readonly category?: Category | undefined;
  readonly description?: string | undefined;
  readonly impact?: string | undefined;
  readonly environment?: Environment | undefined;
  readonly resource?: Resource | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Only those see it who work on it or were invited, and admins. */
  readonly isPrivate?: boolean | undefined;
}

/**
 * Opens an incident because a person or a program says so. Its room, card and all else follow by themselves.
 * @param also belongs to it, and is committed with it
 */
export async function declare(
  ctx: Context,
  said: Declaration,
  also?: (tx: Tx, incident: Incident) => Promise<void>,
): Promise<Incident> {
  const who = deciding(ctx);
  const incident = await ctx.db.transaction().execute(async (tx) => {
    const opening = {
      ...said,
      severity: said.severity ?? 'P2',
      category: said.category ?? 'other',
      source: ctx.actor.type === 'integration' ? ctx.actor.name : 'manual',
      fingerprint: `declared:${ctx.newId()}`,
    } as const;
    const [inserted] = await insertIncidents(tx, [draft(opening, who)], who.at);
    if (!inserted) throw new Error('the incident that was inserted did not come back');
    await saveDecisions(tx, [opened(inserted, { rule: null, triage: null }, who)]);
    await also?.(tx, inserted);
    return inserted;
  });
  ctx.committed();
  return incident;
}
