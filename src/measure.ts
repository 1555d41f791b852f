import { promisesOf } from './db/figures.ts';
import type { ClaimedEvent } from './db/outbox.ts';
import type { Db } from './db/schema.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/**
 * Counts what happens to incidents as it is handed on, which happens once in all processes. A process that dies
 * in that moment has not counted it; figures that must be exact are in the database.
 */
export function measuring(
  db: Db,
  metrics: Pick<Metrics, 'promises'>,
  log: Pick<Log, 'warn'>,
): (events: readonly ClaimedEvent[]) => void {
  return (events) => {
    for (const { type } of events) metrics.promises.happened(type);
    const telling = events.filter(({ type }) => TELLING.has(type));
    if (telling.length === 0) return;
    measure(db, metrics, telling).catch((error: unknown) => {
      log.warn({ err: error }, 'What was promised of incidents could not be counted');
    });
  };
}

const TELLING = new Set(['incident.acknowledged', 'incident.resolved', 'incident.sla_breached']);

async function measure(
  db: Db,
  { promises }: Pick<Metrics, 'promises'>,
  events: readonly ClaimedEvent[],
): Promise<void> {
  const found = await promisesOf(
    db,
    events.map((it) => it.incident),
  );
  const byNumber = new Map(found.map((it) => [it.number, it]));
  for (const { incident, type } of events) {
    const it = byNumber.get(incident);
    if (!it) continue;
    const { severity, sla, createdAt, acknowledgedAt, resolvedAt } = it;
    const after = (at: Date) => (at.getTime() - createdAt.getTime()) / 1000;
    if (type === 'incident.sla_breached') {
      promises.breached(sla.resolutionBreached ? 'resolution' : 'acknowledgment', severity);
    } else if (type === 'incident.acknowledged') {
      const isKept = !sla.acknowledgmentBreached;
      if (acknowledgedAt) promises.done('acknowledgment', severity, after(acknowledgedAt), isKept);
    } else if (resolvedAt) {
      promises.done('resolution', severity, after(resolvedAt), !sla.resolutionBreached);
    }
  }
}
