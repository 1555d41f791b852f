import type { AlertFact } from '#src/cause/evidence.ts';

import type { Reader } from './schema.ts';

/** More than these tell a ranking nothing that the first of them do not. */
const ALERTS_MAX = 500;

/**
 * The alerts of an incident, the first to fire first, with the numbers and labels of the message that said that they
 * fire. `from`: what was first heard of before that fired in another incident too, so when it last began counts.
 * Where that message is no longer kept they have the labels that were kept, and no numbers.
 */
export async function alertsForCause(r: Reader, incident: number, from: Date): Promise<AlertFact[]> {
  const rows = await r
    .selectFrom('alerts')
    .leftJoin('alertEvents', 'alertEvents.id', 'alerts.firedBy')
    .select([
      'alerts.fingerprint',
      'alerts.rule',
      'alerts.title',
      'alerts.severity',
      'alerts.service',
      'alerts.labels',
      'alerts.firstAt',
      'alerts.firedAt',
      'alertEvents.alert',
    ])
    .where('alerts.incident', '=', incident)
    .orderBy('alerts.firstAt')
    .orderBy('alerts.fingerprint')
    .limit(ALERTS_MAX)
    .execute();
  return rows
    .map(({ fingerprint: id, alert, firstAt, firedAt, ...row }) => ({
      ...row,
      id,
      firstAt: firstAt >= from ? firstAt : firedAt,
      metrics: metricsIn(alert),
    }))
    .toSorted((a, b) => a.firstAt.getTime() - b.firstAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** As it was checked when it came in. */
function metricsIn(alert: object | null): AlertFact['metrics'] {
  const metrics = alert && 'metrics' in alert ? alert.metrics : null;
  if (typeof metrics !== 'object' || metrics === null) return {};
  return Object.fromEntries(
    Object.entries(metrics).filter((it): it is [string, number] => typeof it[1] === 'number'),
  );
}
