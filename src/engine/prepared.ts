import type { Alert } from '#src/alerts/alert.ts';
import { classify } from '#src/alerts/classify.ts';
import { crossKey, identity } from '#src/alerts/identity.ts';
import type { Category, IncidentId, Severity } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { eventId } from './event-id.ts';
import { groupKeyOf } from './group-key.ts';

/** An alert as a sender posted it. */
export interface Received {
  readonly alert: Alert;
  /** The sender's own words, kept beside what we read in them. */
  readonly payload: unknown;
  /** The same as the JSON it came as; left out where it has to be written anew. */
  readonly text?: string;
  /** What it came by, for what follows from it; left out where that is not told. */
  readonly trace?: string;
  /** It is no message: it fired on while it was silent, and the silence is over. */
  readonly unmuted?: Unmuted;
}

/** The silence that is over, as the timeline tells of it. */
export interface Unmuted {
  readonly mute: string;
  /** `the service checkout`. */
  readonly what: string;
}

/** What became of it. `duplicate`: this very message, or an alert that is firing already, came before. */
export interface Ingested {
  readonly eventId: string;
  readonly status: 'accepted' | 'duplicate';
  readonly duplicateOf: string | null;
  readonly incident: number | null;
  readonly incidentId: IncidentId | null;
}

/** A received alert with everything that decides where it goes. */
export interface Prepared extends Received {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly crossKey: string | null;
  readonly groupKey: string;
  /** What its sender calls it: the same alert may fire under several names, and is over when all are resolved. */
  readonly copy: string;
  readonly triage: Triage;
}

/** What the sender says, and rules where it is silent. */
export interface Triage {
  readonly severity: Severity;
  readonly category: Category;
  readonly service: string | null;
  /** Why this severity, where rules had to say; null where the sender did. */
  readonly why: string | null;
}

export function prepare(ctx: Context, received: Received): Prepared {
  const { alert } = received;
  const triage = triaged(alert);
  return {
    ...received,
    eventId: eventId(ctx.newId(), ctx.now()),
    // Of the alert as it was sent: better rules tomorrow must not make it another one.
    fingerprint: identity(alert),
    crossKey: crossKey(alert),
    groupKey: groupKeyOf({ ...alert, ...triage }, ctx.settings.groupBy),
    copy: `${alert.source}:${alert.key ?? ''}`,
    triage,
  };
}

function triaged(alert: Alert): Triage {
  const { severity, category, service } = classify(alert);
  return {
    severity: severity.value,
    category: category.value,
    service: service?.value ?? null,
    why: alert.originalSeverity === null ? severity.why : null,
  };
}
