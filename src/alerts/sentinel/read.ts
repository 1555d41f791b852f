import type { Category, Severity } from '#src/incident/incident.ts';

import type { AlertInput } from '../alert.ts';
import { firstText, numbers, texts } from '../fields.ts';
import { labelsFrom } from '../labels.ts';
import { linksTo } from '../links.ts';
import { environmentOf, instantOf } from '../normalise.ts';
import type { AlertEvent, Anomaly, Candidate } from './schema.ts';

const SEVERITY: Readonly<Record<Anomaly['severity'], Severity>> = {
  critical: 'P0',
  high: 'P1',
  medium: 'P2',
  low: 'P3',
};

/** Contracts 4.1. An error rate is about being there at all, the rest of this list about being good. */
const CATEGORY: ReadonlyMap<string, Category> = new Map([
  ['latency_spike', 'performance'],
  ['throughput_degradation', 'performance'],
  ['error_rate_increase', 'availability'],
  ['token_usage_spike', 'performance'],
  ['cost_anomaly', 'cost'],
  ['security_threat', 'security'],
  ['input_drift', 'performance'],
  ['output_drift', 'performance'],
  ['concept_drift', 'performance'],
  ['embedding_drift', 'performance'],
  ['hallucination', 'performance'],
  ['quality_degradation', 'performance'],
]);

const QUALITY = /drift|hallucination|quality/;

type Unsigned = Omit<AlertInput, 'source'>;

export function fromAnomaly(anomaly: Anomaly): Unsigned {
  const { anomaly_type: type, service_name: service, details, context } = anomaly;
  const region = context?.region ?? null;
  return {
    eventId: anomaly.alert_id,
    state: 'firing',
    eventType: 'anomaly',
    rule: type,
    title: `${sentence(type)} in ${service}${anomaly.model ? ` (${anomaly.model})` : ''}`,
    description: describe(anomaly),
    severity: SEVERITY[anomaly.severity],
    originalSeverity: anomaly.severity,
    category: CATEGORY.get(type) ?? 'other',
    service,
    environment: environmentOf(firstText(context?.additional, 'environment', 'env')),
    resource: {
      type: 'service',
      id: service,
      name: service,
      metadata: { model: anomaly.model ?? null, region },
    },
    labels: {
      ...texts({
        model: anomaly.model,
        region,
        detection_method: anomaly.detection_method,
        trace_id: context?.trace_id,
      }),
      ...(QUALITY.test(type) ? { quality: 'true' } : {}),
    },
    metrics: {
      ...numbers(details?.additional),
      ...numbers({
        [details?.metric ?? 'value']: details?.value,
        baseline: details?.baseline,
        threshold: details?.threshold,
        deviation_sigma: details?.deviation_sigma,
        confidence: anomaly.confidence,
        sample_count: context?.sample_count,
      }),
    },
    links: linksTo(['Runbook', anomaly.runbook_url]),
    key: null,
    at: instantOf(anomaly.timestamp),
  };
}

export function fromAlertEvent(event: AlertEvent): Unsigned {
  const read = fromAnomaly(event.anomaly);
  const tags = labelsFrom(event.tags ?? []);
  return {
    ...read,
    eventId: event.alert_id,
    title: event.title.trim() === '' ? read.title : event.title,
    description: event.description.trim() === '' ? read.description : event.description,
    severity: SEVERITY[event.severity],
    originalSeverity: event.severity,
    environment: environmentOf(tags['environment']) ?? read.environment,
    at: instantOf(event.timestamp) ?? read.at,
  };
}

export function fromCandidate(candidate: Candidate): Unsigned {
  const { primary_service: service, correlation_reasoning: why } = candidate;
  return {
    eventId: candidate.incident_id,
    state: 'firing',
    eventType: 'incident_candidate',
    rule: 'correlation',
    title: candidate.title,
    description: lines(
      candidate.description,
      why && why.length > 0 ? `Why these belong together: ${[why].flat().join('; ')}` : '',
      list('Affected services', candidate.affected_services),
      list('Affected models', candidate.affected_models),
      list(
        'Suggested',
        candidate.recommended_actions?.filter((it) => typeof it === 'string'),
      ),
    ),
    severity: SEVERITY[candidate.severity],
    originalSeverity: candidate.severity,
    category: null,
    service,
    environment: null,
    resource: {
      type: 'service',
      id: service,
      name: service,
      metadata: { signals: candidate.signal_ids, services: candidate.affected_services ?? [] },
    },
    labels: {},
    metrics: numbers({ confidence: candidate.correlation_confidence, signals: candidate.signal_ids.length }),
    links: [],
    key: candidate.incident_id,
    at: instantOf(firstText(candidate, 'time_window.start')),
  };
}

function describe({ details, context, ...anomaly }: Anomaly): string {
  const measured = details?.metric
    ? `${details.metric} is ${details.value ?? 'not given'} (baseline ${details.baseline ?? 'not given'}, ` +
      `threshold ${details.threshold ?? 'not given'}).`
    : '';
  const how = anomaly.detection_method
    ? `Found by ${anomaly.detection_method}${context?.time_window ? ` over ${context.time_window}` : ''}.`
    : '';
  return lines(
    measured,
    how,
    anomaly.root_cause ? `Likely cause: ${anomaly.root_cause}` : '',
    list('Suggested', anomaly.remediation),
  );
}

function list(name: string, members: readonly unknown[] | null | undefined): string {
  return members && members.length > 0 ? `${name}: ${members.join(', ')}` : '';
}

function lines(...all: readonly string[]): string {
  return all.filter((it) => it !== '').join('\n');
}

/** `latency_spike` as `Latency spike`. */
function sentence(type: string): string {
  const words = type.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
