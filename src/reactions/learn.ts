import { correct, learnMerge, type Correction } from '#src/engine/lessons.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { rank } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Reaction } from './reaction.ts';

/** What people correct of an alert's incident is kept, and where they say the same again it holds for the next ones. */
export const learn: Reaction<Deps> = {
  name: 'learn',
  priority: PRIORITY.enrichment,
  on: ['incident.severity_changed', 'incident.edited', 'incident.merged'],
  async run({ incident, event }, { system }) {
    if (event?.type === 'incident.merged' && event.by.type === 'user') {
      await learnMerge(system, incident, event.data.into, event.by);
    }
    const corrections = event?.by.type === 'user' ? correctionsIn(event) : [];
    if (corrections.length > 0) await correct(system, incident, corrections);
  },
};

function correctionsIn({ type, data, by, at }: LoggedEvent): Correction[] {
  const who = { by: by.id, at };
  if (type === 'incident.severity_changed') {
    return [{ ...who, field: 'severity', value: data.to, lowers: rank(data.to) > rank(data.from) }];
  }
  if (type !== 'incident.edited') return [];
  return data.changes.flatMap(({ field, to }) =>
    (field === 'category' || field === 'service') && typeof to === 'string'
      ? [{ ...who, field, value: to, lowers: false } as const]
      : [],
  );
}
