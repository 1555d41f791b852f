import { z } from 'zod';

import type { AlertEventRow } from '#src/db/schema.ts';
import type { Ingested } from '#src/engine/ingest.ts';
import { SEVERITIES, shortName, type Incident } from '#src/incident/incident.ts';

import { time } from './common.ts';
import { ResourceShape } from './incident.ts';

const Links = z.object({
  incident: z.url().nullable().meta({ description: "The incident's page, for people." }),
  api: z.url().nullable(),
});

const OneResult = z.object({
  status: z.enum(['accepted', 'duplicate']),
  event_id: z.uuid().nullable(),
  incident_id: z.string().nullable().meta({ description: 'Null: recorded, and opens nothing.' }),
  duplicate_of: z.uuid().nullable(),
});

/** What is answered once everything is committed: about the first alert, and about each where there are several. */
export const EventAnswer = OneResult.extend({
  message: z.string(),
  links: Links,
  results: z.array(OneResult).optional(),
}).meta({ id: 'CreateEventResponse' });

export function showIngested(ingested: readonly Ingested[], publicUrl: string): z.input<typeof EventAnswer> {
  const [first] = ingested;
  const { incident } = first ?? { incident: null };
  return {
    ...one(first),
    message: messageFor(ingested),
    links: {
      incident: incident === null ? null : `${publicUrl}/incidents/${shortName(incident)}`,
      api: first ? apiAddress(first, publicUrl) : null,
    },
    ...(ingested.length > 1 ? { results: ingested.map(one) } : null),
  };
}

function apiAddress({ incident, eventId }: Ingested, publicUrl: string): string {
  return incident === null
    ? `${publicUrl}/api/v1/events/${eventId}`
    : `${publicUrl}/api/v1/incidents/${shortName(incident)}`;
}

function one(it: Ingested | undefined): z.input<typeof OneResult> {
  return {
    status: it?.status ?? 'accepted',
    event_id: it?.eventId ?? null,
    incident_id: it?.incidentId ?? null,
    duplicate_of: it?.duplicateOf ?? null,
  };
}

function messageFor(ingested: readonly Ingested[]): string {
  const [first] = ingested;
  if (!first) return 'There was no alert in it; nothing to do.';
  const names = [...new Set(ingested.flatMap(({ incident }) => (incident === null ? [] : [incident])))];
  const about = names.length > 0 ? names.slice(0, 5).map(shortName).join(', ') : null;
  if (ingested.length > 1) {
    const repeats = ingested.filter((it) => it.status === 'duplicate').length;
    return `${ingested.length} alerts, ${repeats} of them known already${about ? `; see ${about}` : ''}.`;
  }
  if (first.status === 'duplicate') return about ? `Known already; see ${about}.` : 'Known already.';
  return about ? `Recorded; see ${about}.` : 'Recorded; it opens no incident.';
}

/** An event as it was taken in. */
export const EventShape = z
  .object({
    event_id: z.uuid(),
    external_id: z.string().nullable(),
    source: z.string(),
    state: z.enum(['firing', 'resolved', 'acknowledged', 'other']),
    timestamp: time,
    received_at: time,
    event_type: z.string(),
    category: z.string().nullable(),
    title: z.string(),
    description: z.string(),
    severity: z.string().nullable().meta({ description: 'The sender’s own word; null when it sent none.' }),
    normalized_severity: z.enum(SEVERITIES),
    resource: ResourceShape.nullable(),
    metrics: z.record(z.string(), z.number()),
    tags: z.record(z.string(), z.string()),
    fingerprint: z.string(),
    incident_id: z.string().nullable(),
    deduplicated: z.boolean(),
    duplicate_of: z.string().nullable(),
    payload: z.unknown().meta({
      description:
        'What the sender posted. Of a webhook of Alertmanager with several alerts each event has its own, the first with all that stands around them.',
    }),
  })
  .meta({ id: 'Event' });

/** What is stored of an alert; a field that an older version did not write is absent. */
const StoredAlert = z.object({
  eventType: z.string().catch(''),
  category: z.string().nullable().catch(null),
  title: z.string().catch(''),
  description: z.string().catch(''),
  originalSeverity: z.string().nullable().catch(null),
  resource: ResourceShape.nullable().catch(null),
  metrics: z.record(z.string(), z.number()).catch({}),
  labels: z.record(z.string(), z.string()).catch({}),
});

export function showEvent(row: AlertEventRow, incident: Incident | null): z.input<typeof EventShape> {
  const alert = StoredAlert.parse(row.alert);
  return {
    event_id: row.id,
    external_id: row.externalId,
    source: row.source,
    state: row.state,
    timestamp: row.at.toISOString(),
    received_at: row.receivedAt.toISOString(),
    event_type: alert.eventType,
    category: alert.category,
    title: alert.title,
    description: alert.description,
    severity: alert.originalSeverity,
    normalized_severity: row.severity,
    resource: alert.resource,
    metrics: alert.metrics,
    tags: alert.labels,
    fingerprint: row.fingerprint,
    incident_id: incident?.id ?? null,
    deduplicated: row.duplicate,
    duplicate_of: row.duplicateOf,
    payload: row.payload,
  };
}
