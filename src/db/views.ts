import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import type { Reader } from './schema.ts';

/** The `seq` of the last event a person was shown of an incident; 0 when they never looked. */
export async function lastSeen(r: Reader, person: PersonId, incident: number): Promise<number> {
  const row = await r
    .selectFrom('incidentViews')
    .select('lastSeq')
    .where('personId', '=', person)
    .where('incident', '=', incident)
    .executeTakeFirst();
  return row?.lastSeq ?? 0;
}

/** Never goes back. */
export async function markSeen(r: Reader, person: PersonId, incident: number, seq: number): Promise<void> {
  await r
    .insertInto('incidentViews')
    .values({ personId: person, incident, lastSeq: seq })
    .onConflict((conflict) =>
      conflict
        .columns(['personId', 'incident'])
        .doUpdateSet({ lastSeq: sql`greatest(incident_views.last_seq, excluded.last_seq)` }),
    )
    .execute();
}
