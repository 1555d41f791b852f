import { sql } from 'kysely';

import type { IncidentNumber } from '#src/incident/incident.ts';

import type { Tx } from './schema.ts';
import { setTimers } from './timers.ts';

/**
 * Lets go of what waits for classes that nobody serves any more, all but these
 * and the program's own: whole jobs are dropped, since another follows the next
 * event; what is to be sent is due once more, so that it is known that nobody can;
 * and the others are given up, to be looked at. Answers how many were given up.
 */
export async function leaveClasses(tx: Tx, served: readonly string[], now: Date): Promise<number> {
  const isLeft = sql`class <> '' and class <> all(${served}::text[]) and dead_at is null
    and (locked_until is null or locked_until <= ${now})`;
  await sql`delete from jobs where whole and ${isLeft}`.execute(tx);
  const { rows } = await sql<{
    incident: IncidentNumber | null;
    kind: `notify@${string}`;
    subject: string;
  }>`
    delete from jobs where payload -> 'timer' ->> 'kind' like 'notify@%' and ${isLeft}
    returning (payload ->> 'incident')::bigint as incident,
      payload -> 'timer' ->> 'kind' as kind, payload -> 'timer' ->> 'subject' as subject`.execute(tx);
  await setTimers(
    tx,
    rows.map(({ incident, kind, subject }) => ({ kind, incident, subject, at: now })),
  );
  const { numAffectedRows = 0n } = await sql`
    update jobs set dead_at = ${now}, locked_until = null, last_error = class || ' is not connected any more'
    where ${isLeft}`.execute(tx);
  return Number(numAffectedRows);
}
