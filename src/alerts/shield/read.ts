import type { Category, Severity } from '#src/incident/incident.ts';

import type { AlertInput, AlertState } from '../alert.ts';
import { type CreateEvent, fromEvent } from '../event.ts';
import { numbers, texts } from '../fields.ts';
import { environmentOf, instantOf } from '../normalise.ts';
import type { Decision, Scan, ShieldSeverity, Signals } from './schema.ts';

const SERVICE = 'llm-shield';

const SEVERITY: Readonly<Record<ShieldSeverity, Severity>> = {
  critical: 'P0',
  high: 'P1',
  medium: 'P2',
  low: 'P3',
  none: 'P4',
};

type Unsigned = Omit<AlertInput, 'source'>;

/** What all three forms come to. */
interface Finding {
  readonly type: string;
  readonly severity: ShieldSeverity;
  readonly eventId: string | null;
  readonly title: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly environment: string | null | undefined;
  readonly at: string | null;
}

/** The documented form; a severity of `none` opens nothing in it either. */
export function fromFlat(event: CreateEvent): Unsigned {
  const alert = fromEvent(event);
  return alert.originalSeverity?.trim().toLowerCase() === 'none' ? { ...alert, state: 'other' } : alert;
}

export function fromDecision(decision: Decision): Unsigned {
  const { decision_type: type, outputs, telemetry } = decision;
  const severity = outputs.severity ?? severityOfScore(outputs.risk_score ?? 0);
  const found = outputs.detected_categories ?? [];
  return toAlert({
    type,
    severity,
    eventId: `${decision.execution_ref}:${type}`,
    title: headline(type, severity, telemetry?.content_source),
    description: lines(
      `${decision.agent_id} judged it ${severity}.`,
      found.length > 0 ? `Categories: ${found.join(', ')}` : '',
      policies(decision),
    ),
    labels: {
      caller_id: telemetry?.caller_id,
      content_source: telemetry?.content_source,
      policy: policyIds(decision),
    },
    metrics: { ...outputs, confidence: decision.confidence ?? outputs.confidence },
    environment: telemetry?.environment,
    at: decision.timestamp,
  });
}

/** One alert for each signal; a message without any says that nothing was found. */
export function fromSignals(event: Signals): Unsigned[] {
  const { telemetry, signals } = event;
  const nothing: Signals['signals'][number] = { signal_type: event.event_type, severity: 'none' };
  return (signals.length > 0 ? signals : [nothing]).map(
    ({ signal_type: type, category, severity, ...measured }) =>
      toAlert({
        type,
        severity,
        eventId: `${event.execution_ref}:${type}`,
        title: headline(type, severity, telemetry?.content_source),
        description: lines(
          `${event.source_agent} judged it ${severity}.`,
          category ? `Category: ${category}` : '',
          policies(event),
        ),
        labels: {
          caller_id: telemetry?.caller_id,
          content_source: telemetry?.content_source,
          signal_category: category,
          policy: policyIds(event),
        },
        metrics: { ...measured, event_confidence: event.confidence },
        environment: telemetry?.environment,
        at: event.timestamp,
      }),
  );
}

export function fromScan(scan: Scan): Unsigned {
  const failed = scan.scannerResults
    .filter(({ isValid }) => !isValid)
    .toSorted((a, b) => b.riskScore - a.riskScore || (a.scanner < b.scanner ? -1 : 1));
  const severity = scan.isValid ? 'none' : severityOfScore(scan.riskScore);
  const type = failed[0]?.scanner ?? 'scan';
  return toAlert({
    type,
    severity,
    eventId: null,
    title: headline(type, severity, null),
    description: lines(
      `The scan judged it ${severity} (risk ${scan.riskScore}).`,
      ...failed.map(({ scanner, riskScore }) => `${scanner}: risk ${riskScore}`),
    ),
    labels: {},
    metrics: { risk_score: scan.riskScore, failed_scanners: failed.length, scan_time_ms: scan.scanTimeMs },
    environment: null,
    at: null,
  });
}

function toAlert(finding: Finding): Unsigned {
  const { type, severity } = finding;
  const state: AlertState = severity === 'none' ? 'other' : 'firing';
  return {
    eventId: finding.eventId,
    state,
    eventType: eventTypeOf(type),
    rule: type,
    title: finding.title,
    description: finding.description,
    severity: SEVERITY[severity],
    originalSeverity: severity,
    category: categoryOf(type),
    service: SERVICE,
    environment: environmentOf(finding.environment),
    resource: null,
    labels: texts(finding.labels),
    metrics: numbers(finding.metrics),
    links: [],
    key: null,
    at: instantOf(finding.at),
  };
}

/** Shield's own steps: from 0.9 critical, 0.7 high, 0.4 medium, anything above 0 low. */
function severityOfScore(score: number): ShieldSeverity {
  if (score >= 0.9) return 'critical';
  if (score >= 0.7) return 'high';
  if (score >= 0.4) return 'medium';
  return score > 0 ? 'low' : 'none';
}

/** The documented event types for what Shield's code calls by many names (contracts 4.2). */
const EVENT_TYPES: readonly (readonly [RegExp, string])[] = [
  [/prompt_?injection|jailbreak/i, 'prompt_injection'],
  [/secret|pii|credential|redaction|leak|anonymi[sz]e|sensitive/i, 'data_leakage'],
  [/abuse|privilege/i, 'privilege_escalation'],
];

function eventTypeOf(type: string): string {
  return EVENT_TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? 'policy_violation';
}

function categoryOf(type: string): Category {
  return /moderation|toxicity|validation|safety|ban/i.test(type) ? 'compliance' : 'security';
}

function headline(type: string, severity: ShieldSeverity, where: string | null | undefined): string {
  const words = type.replace(/_detection$/, '').replaceAll('_', ' ');
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  const place = where ? ` in ${where.replaceAll('_', ' ')}` : '';
  return severity === 'none' ? `${name}: nothing found${place}` : `${name}${place}`;
}

interface Judged {
  readonly constraints_applied: Decision['constraints_applied'];
}

function policyIds({ constraints_applied: applied }: Judged): string[] {
  return applied.map(({ policy_id: id }) => id).toSorted();
}

function policies(judged: Judged): string {
  const ids = policyIds(judged);
  return ids.length > 0 ? `Policies applied: ${ids.join(', ')}` : '';
}

function lines(...all: readonly string[]): string {
  return all.filter((it) => it !== '').join('\n');
}
