import type { IncidentView, Severity } from '../net/rest.ts';
import { statusWords } from './status-words.ts';

const SEVERITY: Record<Severity, string> = {
  P0: 'critical',
  P1: 'high',
  P2: 'medium',
  P3: 'low',
  P4: 'informational',
};

/** `P1` on its colour; its meaning in words for those who do not see it, or hover over it. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`severity severity-${severity}`} title={`${severity}, ${SEVERITY[severity]}`}>
      {severity}
      <span className="unseen"> {SEVERITY[severity]}</span>
    </span>
  );
}

export function StatusChip({
  incident,
}: {
  readonly incident: Pick<IncidentView, 'status' | 'escalation_level'>;
}) {
  return <span className={`status status-${incident.status}`}>{statusWords(incident)}</span>;
}
