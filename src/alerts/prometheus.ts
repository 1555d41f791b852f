/** What Alertmanager and Grafana have in common: an alert is its labels. */
import { z } from 'zod';

import type { Category } from '#src/incident/incident.ts';

import type { AlertInput } from './alert.ts';
import { DEFAULT_SEVERITY, categoryOf, environmentOf, instantOf, severityOf } from './normalise.ts';

const names = z.record(z.string(), z.string());

/** One alert of either webhook. Grafana omits what is empty, older Alertmanagers the fingerprint. */
export const LabelledAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: names,
  annotations: names.default({}),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().optional(),
});
export type LabelledAlert = z.output<typeof LabelledAlert>;

/** Everything that does not depend on which of the two sent it. */
export function fromLabels({
  status,
  labels,
  annotations,
  ...alert
}: LabelledAlert): Omit<AlertInput, 'source' | 'links'> {
  const rule = labels['alertname'] ?? labels['rulename'] ?? '';
  const original =
    labels['severity'] ?? labels['priority'] ?? labels['level'] ?? annotations['severity'] ?? null;
  const title =
    firstOf(annotations, ['summary', 'title', 'message']) ?? (rule === '' ? 'Alert without a name' : rule);
  const description = firstOf(annotations, ['description', 'message', 'text']) ?? '';
  return {
    eventId: null,
    state: status,
    eventType: 'alert',
    rule,
    title,
    description: description === title ? '' : description,
    severity: severityOf(original) ?? DEFAULT_SEVERITY,
    originalSeverity: original,
    category: categoryOf(labels['category']) ?? ofComponent(labels['component']),
    service: firstOf(labels, SERVICE_LABELS),
    environment: environmentOf(firstOf(labels, ENVIRONMENT_LABELS)),
    resource: resourceOf(labels),
    labels,
    metrics: {},
    key: alert.fingerprint ?? null,
    // While it fires Alertmanager fills endsAt with the year 1, which is no time.
    at: instantOf(status === 'firing' ? alert.startsAt : alert.endsAt),
  };
}

const SERVICE_LABELS = [
  'service',
  'service_name',
  'app',
  'application',
  'app_kubernetes_io_name',
  'deployment',
  'statefulset',
  'daemonset',
  'job',
  'component',
];
const ENVIRONMENT_LABELS = ['environment', 'env', 'deployment_environment', 'stage', 'tier'];

/** Contracts 4.3. Other components are left to the rules that read the text. */
const COMPONENTS: ReadonlyMap<string, Category> = new Map([
  ['cost', 'cost'],
  ['resilience', 'availability'],
  ['application', 'availability'],
  ['providers', 'availability'],
  ['performance', 'performance'],
  ['cache', 'performance'],
  ['resources', 'performance'],
  ['security', 'security'],
  ['compliance', 'compliance'],
]);

function ofComponent(component: string | undefined): Category | null {
  return COMPONENTS.get(component?.toLowerCase() ?? '') ?? null;
}

function resourceOf(labels: Readonly<Record<string, string>>): AlertInput['resource'] {
  const type = ['pod', 'node', 'instance', 'host', 'hostname'].find((name) => (labels[name] ?? '') !== '');
  const id = type === undefined ? undefined : labels[type];
  return type === undefined || id === undefined ? null : { type, id, name: id, metadata: {} };
}

function firstOf(texts: Readonly<Record<string, string>>, keys: readonly string[]): string | null {
  return keys.map((name) => texts[name]?.trim() ?? '').find((it) => it !== '') ?? null;
}
