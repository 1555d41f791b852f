/** What the page reads of the API below /api/v1, and nothing more. Names are the API's. */

export const SEVERITIES = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Status = 'NEW' | 'ACKNOWLEDGED' | 'IN_PROGRESS' | 'ESCALATED' | 'RESOLVED' | 'CLOSED';

export interface IncidentView {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly assigned_to?: string | null;
  readonly assigned_team?: string | null;
  readonly escalation_level: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly acknowledged_at?: string | null;
  readonly resolved_at?: string | null;
  readonly sla?: SlaView | null;
  readonly rooms: readonly { readonly platform: string; readonly id: string }[];
}

interface SlaView {
  readonly acknowledgment_deadline?: string | null;
  readonly resolution_deadline?: string | null;
}

/** GET /incidents */
export interface IncidentsView {
  readonly incidents: readonly IncidentView[];
}

/** GET /incidents/{id}/timeline answers an array of these. */
export interface TimelineEntry {
  readonly id: string;
  readonly timestamp: string;
  readonly event_type: string;
  readonly description: string;
  readonly actor: {
    readonly type: 'user' | 'system' | 'integration';
    readonly id: string;
    readonly name: string;
  };
}
