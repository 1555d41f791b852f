import type { Alert } from '#src/alerts/alert.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { ingest, type Ingested, type Received } from '#src/engine/ingest.ts';

import { engineContext, SetClock, type ContextOptions } from './context.ts';
import { alert } from './incident.ts';

/** An alert of the service checkout, by its key. */
export function about(key: string, changes: Partial<Alert> = {}): Received {
  return { alert: alert({ key, title: `Alert ${key}`, ...changes }), payload: { key } };
}

export function ended(key: string, changes: Partial<Alert> = {}): Received {
  return about(key, { state: 'resolved', ...changes });
}

export function many(count: number, changes: (index: number) => Partial<Alert> = () => ({})): Received[] {
  return Array.from({ length: count }, (_, index) => about(`alert-${index}`, changes(index)));
}

export interface SetUp {
  readonly ctx: Context;
  readonly clock: SetClock;
  readonly take: (batch: readonly Received[]) => Promise<Ingested[]>;
}

export function setUp(db: Db, options: ContextOptions = {}): SetUp {
  const clock = new SetClock();
  const ctx = engineContext(db, { clock, ...options });
  return { ctx, clock, take: (batch) => ingest(ctx, batch) };
}

/** How many messages are stored. */
export async function alertEvents(db: Db): Promise<number> {
  return (await db.selectFrom('alertEvents').select('id').execute()).length;
}
