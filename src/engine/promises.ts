import { breach, missUpdate as decideMissed } from '#src/incident/changes.ts';
import type { Incident } from '#src/incident/incident.ts';
import { decide, isLegal, MAX_LEVEL } from '#src/incident/lifecycle.ts';
import { SYSTEM } from '#src/incident/person.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

/** Contracts 2.3: an acknowledgment that is late goes to level 2, a resolution that is late to level 3. */
const LEVEL_AFTER = { acknowledgment: 2, resolution: 3 } as const;

/**
 * A promised time has passed. Records the breach and escalates in one step; does
 * nothing where the promise was kept, moved or marked broken before.
 */
export async function breachSla(
  ctx: Context,
  number: number,
  promise: 'acknowledgment' | 'resolution',
): Promise<Incident> {
  return await change(ctx, number, (before, { at }) => {
    const who = { by: SYSTEM, at };
    const broken = breach(before, promise, who);
    if (broken.events.length === 0) return broken;
    const level = Math.min(MAX_LEVEL, Math.max(LEVEL_AFTER[promise], before.escalationLevel));
    const action = isLegal(broken.incident.status, 'escalate') ? 'escalate' : 'raise';
    const isNeeded = action === 'escalate' || level > before.escalationLevel;
    if (!isNeeded || !isLegal(broken.incident.status, action)) return broken;
    const escalated = decide(broken.incident, action, { level, reason: `${promise} is late` }, who);
    return { ...escalated, events: [...broken.events, ...escalated.events] };
  });
}

/** The promised update has not come. Says so once. */
export async function missUpdate(ctx: Context, number: number): Promise<Incident> {
  return await change(ctx, number, (before, who) => decideMissed(before, who));
}
