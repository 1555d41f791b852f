import type { Category, Severity } from '#src/incident/incident.ts';

import type { Alert } from './alert.ts';
import { classify } from './classify.ts';
import { crossKey, identity } from './identity.ts';

/** What an alert is known by and where it goes. The same for all messages of it that say the same. */
export interface Marks {
  readonly fingerprint: string;
  readonly crossKey: string | null;
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

export function marksOf(alert: Alert): Marks {
  return {
    // Of the alert as it was sent: better rules tomorrow must not make it another one.
    fingerprint: identity(alert),
    crossKey: crossKey(alert),
    copy: `${alert.source}:${alert.key ?? ''}`,
    triage: triaged(alert),
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
