import { findIncident } from '#src/db/incidents.ts';
import type { Db } from '#src/db/schema.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import type { Call } from './route.ts';

export function viewerOf({ person, role }: Call['who']): Viewer {
  return { id: person?.id ?? null, role };
}

/** By anything people type for one. Throws `not_found` also for what is there but not for this caller: they cannot tell the difference. */
export async function incidentFor(
  { deps, who }: Pick<Call, 'deps' | 'who'>,
  ref: number | string,
): Promise<Incident> {
  return await findIncident(deps.db, ref, viewerOf(who));
}

/**
 * Reads what may be a moment old, from the replica where there is one. `programs`: people read it from the primary
 * all the same, since their page asks for it as soon as it hears that something changed.
 */
export async function mayBeOld<T>(
  { deps, who }: Pick<Call, 'deps' | 'who'>,
  whose: 'all' | 'programs',
  run: (db: Db) => Promise<T>,
): Promise<T> {
  const isTheirs = whose === 'all' || who.via === 'key';
  return deps.reads && isTheirs ? await deps.reads.read(who.owner, run) : await run(deps.db);
}
