/** The event of contracts 1.2, which programs post and which Sentinel and Shield document as theirs. */
import { z } from 'zod';

import type { AlertInput, AlertState } from './alert.ts';
import { type Fields, firstText, text, texts } from './fields.ts';
import { linksTo } from './links.ts';
import { DEFAULT_SEVERITY, SCALES, categoryOf, environmentOf, instantOf, severityOf } from './normalise.ts';
import { readStatus, stateOf } from './status.ts';

/** Characters of a text, and of an id, at most. */
export const WORDS_MAX = 1_000_000;
export const EVENT_ID_MAX = 1000;

const words = z.string().trim().min(1, 'must not be empty').max(WORDS_MAX);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/**
 * CreateEventRequest. Required: source, timestamp, event_type, category,
 * title, description, severity. `status` and `fingerprint` are ours: `status:
 * "resolved"` ends the alert, `fingerprint` names it where the fields do not.
 */
export const CreateEvent = z.object({
  event_id: words.max(EVENT_ID_MAX).nullish(),
  source: words,
  source_version: z.string().nullish(),
  timestamp: z
    .union([z.string(), z.number()])
    .transform(instantOf)
    .refine((it) => it !== null, 'must be a time such as 2026-03-01T08:14:32Z'),
  event_type: words,
  category: words,
  title: words,
  description: z.string(),
  severity: z.union([words, z.number()]),
  status: words.nullish(),
  fingerprint: words.nullish(),
  resource: z
    .object({
      type: z.string().default('service'),
      id: scalar.default(''),
      name: scalar.default(''),
      metadata: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  metrics: z.record(z.string(), z.number()).nullish(),
  tags: z.record(z.string(), scalar).nullish(),
  labels: z.union([z.array(z.string()), z.record(z.string(), scalar)]).nullish(),
  environment: z.string().nullish(),
  correlation_id: words.nullish(),
  parent_event_id: words.nullish(),
  payload: z.record(z.string(), z.unknown()).nullish(),
});
export type CreateEvent = z.output<typeof CreateEvent>;

export function fromEvent(event: CreateEvent): AlertInput {
  const tags = event.tags ?? {};
  const original = String(event.severity);
  return {
    eventId: event.event_id ?? null,
    source: event.source,
    state: stateOfEvent(event),
    eventType: event.event_type,
    rule: firstText(tags, 'rule', 'alertname', 'rule_name') ?? '',
    title: event.title,
    description: event.description,
    severity: severityOf(event.severity, SCALES.level) ?? DEFAULT_SEVERITY,
    originalSeverity: original,
    category: categoryOf(event.category) ?? 'other',
    service: serviceOf(event),
    environment: environmentOf(event.environment ?? tags['environment'] ?? tags['env']),
    resource: resourceOf(event),
    labels: { ...tags, ...labelsOf(event) },
    metrics: event.metrics ?? {},
    links: linksOf(tags, event.payload ?? {}),
    key: event.fingerprint ?? null,
    at: event.timestamp,
  };
}

/** `status` says it; without one an event type such as `recovery` or a severity of `ok` does. */
function stateOfEvent({ status, event_type: type, severity }: CreateEvent): AlertState {
  if (typeof status === 'string') return stateOf(status) ?? 'firing';
  const said = readStatus(type);
  if (said?.sureness === 'sure') return said.state;
  return readStatus(severity)?.state === 'resolved' ? 'resolved' : 'firing';
}

function resourceOf({ resource }: CreateEvent): AlertInput['resource'] {
  if (!resource) return null;
  const { type, id, name, metadata } = resource;
  if (id === '' && name === '') return null;
  return { type, id: id === '' ? name : id, name: name === '' ? id : name, metadata: metadata ?? {} };
}

function serviceOf({ resource, tags }: CreateEvent): string | null {
  const named = resource?.type === 'service' ? (text(resource.name) ?? text(resource.id)) : null;
  return (
    named ??
    firstText(tags ?? {}, 'service', 'service_name', 'app', 'application', 'component') ??
    text(resource?.name) ??
    text(resource?.id)
  );
}

function labelsOf({
  labels,
  correlation_id: correlation,
  parent_event_id: parent,
}: CreateEvent): Record<string, string> {
  const own = Array.isArray(labels) ? Object.fromEntries(labels.map((it) => [it, 'true'])) : (labels ?? {});
  return { ...own, ...texts({ correlation_id: correlation, parent_event_id: parent }) };
}

function linksOf(tags: Fields, payload: Fields) {
  return linksTo(
    ['Runbook', payload['runbook_url'] ?? tags['runbook_url']],
    ['Dashboard', payload['dashboard_url'] ?? tags['dashboard_url']],
    ['Open at the sender', payload['url'] ?? tags['url']],
  );
}
