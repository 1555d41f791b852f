import { z } from 'zod';

import { alertCounts, type AlertCount } from '#src/db/alerts.ts';
import { roomsOfMany } from '#src/db/rooms.ts';
import type { Reader, RoomRow } from '#src/db/schema.ts';
import {
  CATEGORIES,
  ENVIRONMENTS,
  SEVERITIES,
  shortName,
  STATUSES,
  type Incident,
} from '#src/incident/incident.ts';
import { actionsFrom, type Action } from '#src/incident/lifecycle.ts';
import { metrics, timeRemaining } from '#src/incident/sla.ts';

import { iso, time } from './common.ts';

/** What may be posted to an incident: the addresses below it, in the order of its life. */
export const STEPS = [
  'acknowledge',
  'start',
  'escalate',
  'deescalate',
  'resolve',
  'close',
  'reopen',
] as const;
export type Step = (typeof STEPS)[number];

const Sla = z
  .object({
    acknowledgment_deadline: time.nullable(),
    resolution_deadline: time.nullable(),
    acknowledgment_breached: z.boolean(),
    resolution_breached: z.boolean(),
    acknowledgment_time_remaining: z
      .int()
      .nullable()
      .meta({ description: 'Seconds, negative when late; null when kept or never promised.' }),
    resolution_time_remaining: z.int().nullable(),
  })
  .meta({ id: 'SLATracking' });

const Metrics = z
  .object({ mttd: z.int(), mtta: z.int().nullable(), mttr: z.int().nullable() })
  .meta({ id: 'IncidentMetrics', description: 'Seconds to detect, acknowledge and resolve.' });

const Resolution = z
  .object({
    root_cause: z.string().nullable(),
    resolution_notes: z.string().nullable(),
    resolved_by: z.string().nullable(),
    playbook_used: z.string().nullable(),
    actions_taken: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'ResolutionInfo' });

export const ResourceShape = z
  .object({
    type: z.string(),
    id: z.string(),
    name: z.string(),
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ResourceInfo' });

const Room = z.object({ platform: z.string(), id: z.string(), name: z.string(), url: z.string() });

/** An incident as contracts 1.3 names its fields, and a few more. */
export const IncidentShape = z
  .object({
    id: z.string().meta({ example: 'INC-20261121-00042' }),
    number: z.int().meta({ description: 'The short number: 42 is INC-42.', example: 42 }),
    external_id: z.string().nullable(),
    fingerprint: z.string(),
    severity: z.enum(SEVERITIES),
    status: z.enum(STATUSES),
    category: z.enum(CATEGORIES),
    title: z.string(),
    description: z.string(),
    impact: z.string(),
    source: z.string(),
    source_event_id: z.string().nullable(),
    assigned_to: z.string().nullable(),
    assigned_team: z.string().nullable(),
    private: z.boolean(),
    roles: z.record(z.string(), z.string()).meta({ description: 'Who holds which role.' }),
    escalation_level: z.int(),
    created_at: time,
    updated_at: time,
    detected_at: time,
    acknowledged_at: time.nullable(),
    resolved_at: time.nullable(),
    closed_at: time.nullable(),
    sla: Sla,
    related_incidents: z.array(z.string()).meta({ description: 'Short names, such as INC-41.' }),
    parent_incident: z.string().nullable(),
    duplicate_of: z.string().nullable(),
    metrics: Metrics,
    resource: ResourceShape.nullable(),
    environment: z.enum(ENVIRONMENTS),
    tags: z.record(z.string(), z.string()),
    labels: z.array(z.string()),
    resolution: Resolution,
    metadata: z.record(z.string(), z.unknown()),
    last_update: z.string().nullable(),
    next_update_at: time.nullable(),
    post_mortem_url: z.string().nullable(),
    rooms: z.array(Room),
    alerts: z.object({
      firing: z.int(),
      total: z.int(),
      times: z.int().meta({ description: 'How often they were reported in all.' }),
    }),
    allowed_actions: z
      .array(z.enum(STEPS))
      .meta({ description: 'What can be posted to it as it now stands.' }),
  })
  .meta({ id: 'Incident' });
export type IncidentJson = z.input<typeof IncidentShape>;

/** One incident with its rooms and alerts. */
export async function showIncident(r: Reader, incident: Incident, now: Date): Promise<IncidentJson> {
  const [shown] = await showIncidents(r, [incident], now);
  if (!shown) throw new Error('an incident was not shown');
  return shown;
}

/** Any number, with two look-ups in all. */
export async function showIncidents(
  r: Reader,
  incidents: readonly Incident[],
  now: Date,
): Promise<IncidentJson[]> {
  const numbers = incidents.map((it) => it.number);
  const rooms = await roomsOfMany(r, numbers);
  const alerts = await alertCounts(r, numbers);
  return incidents.map((it) => toJson(it, rooms.get(it.number) ?? [], alerts.get(it.number), now));
}

/** The statuses' actions under the names they are posted to. */
export function stepsFrom(status: Incident['status']): Step[] {
  const posted = (action: Action): Step => (action === 'raise' ? 'escalate' : action);
  return [...new Set(actionsFrom(status).map(posted))];
}

function toJson(
  it: Incident,
  rooms: readonly RoomRow[],
  alerts: AlertCount | undefined,
  now: Date,
): IncidentJson {
  return {
    id: it.id,
    number: it.number,
    external_id: null,
    fingerprint: it.fingerprint,
    severity: it.severity,
    status: it.status,
    category: it.category,
    title: it.title,
    description: it.description,
    impact: it.impact,
    source: it.source,
    source_event_id: it.sourceEventId,
    assigned_to: it.assignee,
    assigned_team: it.team,
    private: it.isPrivate,
    roles: it.roles,
    escalation_level: it.escalationLevel,
    ...times(it),
    sla: sla(it, now),
    related_incidents: it.related.map(shortName),
    parent_incident: it.parent && shortName(it.parent),
    duplicate_of: it.duplicateOf && shortName(it.duplicateOf),
    metrics: metrics(it),
    resource: it.resource,
    environment: it.environment,
    tags: it.tags,
    labels: [...it.labels],
    resolution: resolution(it),
    metadata: {},
    last_update: it.lastUpdate,
    post_mortem_url: it.postMortemUrl,
    rooms: rooms.map(({ platform, room, name, url }) => ({ platform, id: room, name, url })),
    alerts: { firing: alerts?.firing ?? 0, total: alerts?.total ?? 0, times: alerts?.times ?? 0 },
    allowed_actions: stepsFrom(it.status),
  };
}

function times(it: Incident) {
  return {
    created_at: it.createdAt.toISOString(),
    updated_at: it.updatedAt.toISOString(),
    detected_at: it.detectedAt.toISOString(),
    acknowledged_at: iso(it.acknowledgedAt),
    resolved_at: iso(it.resolvedAt),
    closed_at: iso(it.closedAt),
    next_update_at: iso(it.nextUpdateAt),
  };
}

function sla(it: Incident, now: Date): z.input<typeof Sla> {
  const left = timeRemaining(it, now);
  return {
    acknowledgment_deadline: iso(it.sla.acknowledgmentDeadline),
    resolution_deadline: iso(it.sla.resolutionDeadline),
    acknowledgment_breached: it.sla.acknowledgmentBreached,
    resolution_breached: it.sla.resolutionBreached,
    acknowledgment_time_remaining: left.acknowledgment,
    resolution_time_remaining: left.resolution,
  };
}

function resolution({ resolution: it }: Incident): z.input<typeof Resolution> {
  return {
    root_cause: it?.rootCause ?? null,
    resolution_notes: it?.notes ?? null,
    resolved_by: it?.resolvedBy ?? null,
    playbook_used: it?.playbookUsed ?? null,
    actions_taken: [],
  };
}
