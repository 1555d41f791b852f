import { remember } from '#src/db/memories.ts';
import type { Db } from '#src/db/schema.ts';
import { reach } from '#src/engine/act.ts';
import { ingest } from '#src/engine/ingest.ts';
import type { Actor } from '#src/incident/person.ts';

import { engineContext, SetClock } from './context.ts';
import { alert } from './incident.ts';

export const ADMIN = { id: null, role: 'admin' } as const;

interface Told {
  readonly service?: string;
  readonly rule?: string;
  readonly title?: string;
}

/** An incident of an alert that took 40 minutes and was resolved by a person, or by the program; its number. */
export async function happened(
  db: Db,
  actor: Actor | null,
  told: Told = {},
  clock = new SetClock(),
): Promise<number> {
  const { service = 'checkout', rule = 'HighLatency', title = `${rule} on ${service}` } = told;
  const ctx = engineContext(db, { clock, ...(actor ? { actor } : {}) });
  const system = engineContext(db, { clock });
  const key = `${service}-${rule}-${clock.now().getTime()}`;
  const [it] = await ingest(system, [{ alert: alert({ service, rule, title, key }), payload: {} }]);
  const number = Number(it?.incident);
  clock.advance(40 * 60_000);
  await reach(ctx, number, 'resolve', { rootCause: 'cache eviction', notes: 'made the cache larger' });
  // So long that the next one like it is an incident of its own.
  clock.advance(7 * 3_600_000);
  return number;
}

export async function remembered(db: Db, number: number): Promise<boolean> {
  return await db.transaction().execute(async (tx) => await remember(tx, number));
}
