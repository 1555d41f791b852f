import { findEgress, listEgress, sumEgress, type Departure } from '#src/db/egress.ts';
import type { EgressRow } from '#src/db/schema-egress.ts';

import type { CommandContext } from './command.ts';

type Eyes = Pick<CommandContext, 'db'>;

/** What left about an incident, newest first, and how much that is in all. */
export async function departuresOf(
  { db }: Eyes,
  incident: number,
  limit: number,
): Promise<{ readonly departures: readonly Departure[]; readonly count: number; readonly bytes: number }> {
  const departures = await listEgress(db, { incident, limit });
  return { departures, ...(await sumEgress(db, incident)) };
}

/** With its text. Throws `not_found`. */
export async function departureOf({ db }: Eyes, incident: number, id: number): Promise<EgressRow> {
  return await findEgress(db, incident, id);
}
