import type { Alert } from '#src/alerts/alert.ts';
import type { Deciding } from '#src/incident/decision.ts';
import type { IncidentEvent } from '#src/incident/events.ts';
import type { Incident, IncidentNumber, Status } from '#src/incident/incident.ts';
import { draft, type Opening } from '#src/incident/opening.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';

/** When the example incident opens. */
export const openedAt = new Date('2026-03-01T08:00:00Z');

export const ana: Actor = { type: 'user', id: 'ana', name: 'Ana' };
export const bo: Actor = { type: 'user', id: 'bo', name: 'Bo' };
export const monitor: Actor = { type: 'integration', id: 'alertmanager', name: 'alertmanager' };

export function by(actor: Actor, at = openedAt): Deciding {
  return { by: actor, at };
}

export function minutes(count: number, from = openedAt): Date {
  return new Date(from.getTime() + count * 60_000);
}

/** INC-1, NEW and P1, as an alert would open it; change what the test is about. */
export function incident(changes: Partial<Incident> = {}, opening: Partial<Opening> = {}): Incident {
  const { detectedAt = null, ...said } = opening;
  return {
    ...draft(
      {
        title: 'Checkout fails',
        severity: 'P1',
        category: 'availability',
        source: 'alertmanager',
        fingerprint: 'f1',
        detectedAt,
        ...said,
      },
      by(monitor),
    ),
    number: 1 as IncidentNumber,
    id: 'INC-20260301-00001',
    ...changes,
  };
}

/** The example as it looks in this status, an hour's work behind it, with Ana's name on it once taken. */
export function incidentIn(status: Status, changes: Partial<Incident> = {}): Incident {
  const isTaken = status !== 'NEW' && status !== 'ESCALATED';
  const isOver = status === 'RESOLVED' || status === 'CLOSED';
  return incident({
    status,
    assignee: isTaken ? ('ana' as PersonId) : null,
    acknowledgedAt: isTaken ? minutes(5) : null,
    escalationLevel: status === 'ESCALATED' ? 2 : 1,
    resolvedAt: isOver ? minutes(30) : null,
    closedAt: status === 'CLOSED' ? minutes(60) : null,
    ...changes,
  });
}

/** The types of events, in order. */
export function types(events: readonly Pick<IncidentEvent, 'type'>[]): string[] {
  return events.map((it) => it.type.replace('incident.', ''));
}

/** An alert of the service checkout, firing; change what the test is about. */
export function alert(changes: Partial<Alert> = {}): Alert {
  return {
    eventId: null,
    source: 'alertmanager',
    state: 'firing',
    eventType: 'alert',
    rule: 'HighErrorRate',
    title: 'Checkout answers with errors',
    description: 'More than 5 % of all answers are errors.',
    severity: 'P2',
    originalSeverity: 'warning',
    category: 'availability',
    service: 'checkout',
    environment: 'production',
    resource: null,
    labels: {},
    metrics: {},
    links: [],
    key: 'high-error-rate',
    at: null,
    ...changes,
  };
}
