import { countFiring } from '#src/db/alerts.ts';
import { unchanged } from '#src/incident/changes.ts';
import { isOpen, type Incident } from '#src/incident/incident.ts';

import { walk } from './act.ts';
import { change } from './change.ts';
import type { Context } from './context.ts';

/**
 * Resolves an incident whose alerts are all resolved; leaves it where it is over
 * already or one of them fires again. Looks and resolves under one lock, which
 * whoever makes an alert join has to wait for.
 */
export async function resolveCleared(ctx: Context, number: number): Promise<Incident> {
  return await change(ctx, number, async (before, who, tx) => {
    const firing = (await countFiring(tx, [number])).get(number) ?? 0;
    if (!isOpen(before) || firing > 0) return unchanged(before);
    return walk(before, 'resolve', { notes: 'All alerts of it are resolved.' }, who);
  });
}
