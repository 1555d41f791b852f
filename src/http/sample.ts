import { randomUUID } from 'node:crypto';

import type { Alert } from '#src/alerts/alert.ts';
import { readAlerts, type AlertSource } from '#src/alerts/source.ts';
import { findSource, sources } from '#src/alerts/sources/index.ts';
import type { Received } from '#src/engine/ingest.ts';
import type { Intake } from '#src/engine/intake.ts';
import { UserError } from '#src/errors.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';

/** A source's firing sample, through the same door as a webhook. Throws `not_found`. */
export async function sendSample(intake: Pick<Intake, 'submit'>, name: string) {
  const source = findSource(name);
  if (!source) {
    const known = sources.map((it) => it.name).join(', ');
    throw new UserError('not_found', `There is no alert source called ${name}. There are ${known}.`);
  }
  const received = freshSample(source, randomUUID());
  const [result] = await intake.submit(received);
  return {
    title: received[0]?.alert.title ?? '',
    status: result?.status ?? 'accepted',
    incident: (result?.incident ?? null) as IncidentNumber | null,
  };
}

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
