import type { IncidentView, Status } from '../net/rest.ts';

const STATUS: Record<Status, string> = {
  NEW: 'New',
  ACKNOWLEDGED: 'Acknowledged',
  IN_PROGRESS: 'In progress',
  ESCALATED: 'Escalated',
  RESOLVED: 'Resolved',
  CLOSED: 'Closed',
};

export function statusWords({
  status,
  escalation_level,
}: Pick<IncidentView, 'status' | 'escalation_level'>): string {
  return status === 'ESCALATED' ? `Escalated, level ${escalation_level}` : STATUS[status];
}
