import { findIncident } from '#src/db/incidents.ts';
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
