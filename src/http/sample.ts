import type { Alert } from '#src/alerts/alert.ts';
import { readAlerts, type AlertSource } from '#src/alerts/source.ts';
import type { Received } from '#src/engine/ingest.ts';
import { UserError } from '#src/errors.ts';

/**
 * A source's first firing sample, as if it had come just now, and unlike any
 * that came before: its service has a name of its own, so that a fresh incident
 * opens and no old one is joined.
 */
export function freshSample(source: AlertSource, id: string): Received[] {
  for (const { payload } of source.samples) {
    const alerts = readAlerts(source, payload).filter((it) => it.state === 'firing');
    if (alerts.length > 0) {
      return alerts.map((it, index) => ({ alert: fresh(it, `${id}-${index}`), payload }));
    }
  }
  throw new UserError('conflict', `${source.title} has no sample that fires.`);
}

function fresh(alert: Alert, id: string): Alert {
  const mark = `sample ${id.slice(0, 4)}`;
  return {
    ...alert,
    eventId: `sample-${id}`,
    key: `sample-${id}`,
    service: `${alert.service ?? alert.source} (${mark})`,
    labels: { ...alert.labels, sample: id },
    at: null,
  };
}
