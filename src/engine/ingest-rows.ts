import type { Alert } from '#src/alerts/alert.ts';
import type { AlertIdentity } from '#src/alerts/identity.ts';
import type { AlertEventWrite } from '#src/db/alert-events.ts';
import type { AlertWrite } from '#src/db/alerts.ts';
import type { Placed, Plan } from '#src/incident/grouping.ts';

import type { Prepared } from './prepared.ts';

type NumberOf = (place: number | null) => number | null;

export function alertEventRow(it: Prepared, placed: Placed, number: NumberOf, now: Date): AlertEventWrite {
  const { alert } = it;
  return {
    id: it.eventId,
    externalId: alert.eventId,
    source: alert.source,
    fingerprint: it.fingerprint,
    incident: number(placed.place),
    duplicate: placed.verdict === 'repeated' || placed.duplicateOf !== null,
    duplicateOf: placed.duplicateOf,
    state: alert.state,
    severity: it.triage.severity,
    alert,
    // The column takes no null; what a sender posts that is nothing stands as nothing.
    payload: it.payload ?? {},
    at: alert.at ?? now,
    receivedAt: now,
  };
}

/** One row for each alert the batch is about; the last message of it says how it looks now. */
export function alertRows(
  prepared: readonly Prepared[],
  planned: Plan,
  number: NumberOf,
  now: Date,
): AlertWrite[] {
  const rows = new Map<string, AlertWrite>();
  for (const [index, it] of prepared.entries()) {
    const placed = planned.placed[index];
    const { alert, fingerprint } = it;
    const known = planned.alerts.get(fingerprint);
    if (!known || placed?.verdict === 'recorded') continue;
    rows.set(fingerprint, {
      fingerprint,
      crossKey: it.crossKey,
      groupKey: known.groupKey,
      incident: number(known.place),
      source: alert.source,
      rule: alert.rule,
      title: alert.title,
      severity: known.severity,
      service: it.triage.service,
      environment: alert.environment ?? 'production',
      state: known.state,
      labels: alert.labels,
      about: aboutOf(alert),
      links: alert.links,
      times: (rows.get(fingerprint)?.times ?? 0) + 1,
      at: now,
      firedAt: known.firedAt,
      firedBy: known.firedBy,
      copies: known.copies,
      mutedBy: known.mutedBy,
    });
  }
  return [...rows.values()];
}

/** No more than `sameAlert` reads. */
function aboutOf({
  source,
  eventType,
  rule,
  title,
  description,
  service,
  resource,
  labels,
  key,
}: Alert): AlertIdentity {
  return { source, eventType, rule, title, description, service, resource, labels, key };
}
