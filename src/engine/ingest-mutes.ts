import { activeMutes, countSilenced } from '#src/db/mutes.ts';
import type { Tx } from '#src/db/schema.ts';
import type { Known, Plan } from '#src/incident/grouping.ts';
import { silencer } from '#src/incident/muting.ts';

import type { Prepared } from './prepared.ts';

/** By which mute each alert of a batch is silent, in the batch's order; null: it is heard. */
export async function silencersOf(
  tx: Tx,
  prepared: readonly Prepared[],
  { alerts, groups }: Pick<Known, 'alerts' | 'groups'>,
  now: Date,
): Promise<readonly (string | null)[]> {
  const mutes = await activeMutes(tx, now);
  if (mutes.length === 0) return [];
  return prepared.map(({ alert, triage, fingerprint, groupKey }) => {
    const places = [alerts.get(fingerprint)?.place, groups.get(groupKey)?.place];
    const { service, severity } = triage;
    const about = { service, severity, rule: alert.rule, labels: alert.labels };
    return silencer(mutes, { ...about, incidents: places.flatMap((it) => it ?? []) })?.id ?? null;
  });
}

/** Counts what was silenced as planned; false where a mute has ended meanwhile, so that the plan does not hold. */
export async function countMuted(
  tx: Tx,
  planned: Plan,
  silencers: readonly (string | null)[],
  now: Date,
): Promise<boolean> {
  const counts = new Map<string, number>();
  for (const [index, { verdict }] of planned.placed.entries()) {
    const mute = silencers[index];
    if (verdict === 'muted' && mute) counts.set(mute, (counts.get(mute) ?? 0) + 1);
  }
  return await countSilenced(tx, counts, now);
}
